/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.cdcspring.internal.row;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A change in the stream: an event for listeners. The decoder reads what every listener
 * needs. {@link #before(RowMapper)} and {@link #after(RowMapper)} map the rows on demand.
 */
public interface Change {

	Operation operation();

	/**
	 * Return the table.
	 * @return the table, {@code null} for a logical message
	 */
	@Nullable TableId table();

	@Nullable LogicalMessage message();

	Lsn lsn();

	/**
	 * Return the position, which identifies an event of the stream. It does not identify
	 * a row that a snapshot read, because its ordinal counts the rows of that snapshot.
	 * As soon as the stored offset is greater than
	 * {@link EventPosition#previousCommitLsn()}, the event's transaction is completely
	 * processed and is not sent again.
	 * @return the position
	 */
	EventPosition position();

	@Nullable Long transactionId();

	@Nullable Instant commitTime();

	boolean snapshot();

	/**
	 * Return the only listener that receives the event.
	 * @return the id of the listener, {@code null} if all that subscribe to the event do
	 */
	default @Nullable String listener() {
		return null;
	}

	/**
	 * Return the key of the row.
	 * @return the key, {@code null} if the table or the event has none
	 */
	@Nullable RowKey key();

	/**
	 * Return the ordering key. Events with equal ordering keys are delivered in the order
	 * of the stream. The key consists of table and row key; it is the table if the row
	 * has no key, and the prefix of a logical message.
	 * @return an object with {@code equals} and {@code hashCode}
	 */
	Object orderingKey();

	/**
	 * Return the ordering key that the row had before its key changed.
	 * @return the former ordering key, {@code null} if the key did not change
	 */
	default @Nullable Object previousOrderingKey() {
		return null;
	}

	/**
	 * Return the keys of the rows that the event changes: the former and the new one.
	 * Unlike ordering keys, two of them are equal only if the server's texts are.
	 * @return the keys, none if the event has no key or a key with NULL
	 */
	default List<ExactKey> exactKeys() {
		return List.of();
	}

	/**
	 * Return whether the server has sent only a part of the row's key, so that the event
	 * may belong to another key than the one that it carries.
	 * @return {@code true} if a part of the key is unknown
	 */
	default boolean hasIncompleteKey() {
		return false;
	}

	/**
	 * Return whether the event keeps its order relative to all other events. That applies
	 * to {@code TRUNCATE}, to the first event after a change of the table's columns, to
	 * an event that may belong to another key than the one that it carries, and to a
	 * logical message that is part of a transaction.
	 * @return {@code true} if no later event may be delivered before this one
	 */
	default boolean isBarrier() {
		return operation() == Operation.TRUNCATE || (operation() == Operation.MESSAGE && transactionId() != null);
	}

	/**
	 * Return the event of a row as one that keeps its order relative to all other events.
	 * @return the event
	 */
	default Change asBarrier() {
		throw new IllegalStateException(this + " is not the event of a row");
	}

	/**
	 * Return the estimated size in memory.
	 * @return the size in bytes
	 */
	default long size() {
		return RecordSize.ENVELOPE;
	}

	/**
	 * Return whether the value of a column changed. The answer is also {@code true} for
	 * an event that is not an update, for an update without the previous row, and for an
	 * update from a time at which the table lacked one of the columns.
	 * @param columns the columns
	 * @return {@code true} if one of them changed
	 */
	boolean changed(Collection<String> columns);

	/**
	 * Map the previous row.
	 * @param mapper the mapper
	 * @param <T> the type of the mapped row
	 * @return the previous row, {@code null} if the event has none
	 * @throws RowMappingException if the row cannot be mapped
	 */
	<T> @Nullable T before(RowMapper<T> mapper);

	/**
	 * Map the new row.
	 * @param mapper the mapper
	 * @param <T> the type of the mapped row
	 * @return the new row, {@code null} if the event has none
	 * @throws RowMappingException if the row cannot be mapped
	 */
	<T> @Nullable T after(RowMapper<T> mapper);

	/**
	 * Return the complete event, its rows included, as JSON for
	 * {@link RecordDecoder#fromJson(String)}. The JSON contains the application's data:
	 * it may be stored in the application's database, and must never be logged.
	 * @return the JSON
	 */
	String toJson();

}
