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

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * One change of the stream, decoded as far as every listener needs it; its rows are bound
 * on demand, once for each type that a listener asks for.
 *
 */
public interface Change {

	Operation operation();

	/** The table, {@code null} for a logical message. */
	@Nullable TableId table();

	@Nullable LogicalMessage message();

	Lsn lsn();

	/**
	 * The position, which identifies an event of the stream. It does not identify a row
	 * that a snapshot read: its ordinal counts the rows of that snapshot. Once the stored
	 * offset is beyond {@link EventPosition#previousCommitLsn}, the event's transaction
	 * is handled whole and is not sent again.
	 */
	EventPosition position();

	@Nullable Long transactionId();

	@Nullable Instant commitTime();

	boolean snapshot();

	/** The row's key, {@code null} where there is none. */
	@Nullable RowKey key();

	/**
	 * Return the ordering key. Events with equal ordering keys are delivered in the order
	 * of the stream. The key consists of table and row key; it is the table if the row
	 * has no key, and the prefix of a logical message.
	 * @return an object with {@code equals} and {@code hashCode}
	 */
	default Object orderingKey() {
		LogicalMessage message = message();
		return (message != null) ? message.prefix() : new TableAndKey(table(), key());
	}

	/**
	 * Return the ordering key that the row had before its key changed.
	 * @return the former ordering key, {@code null} if the key did not change
	 */
	default @Nullable Object previousOrderingKey() {
		return null;
	}

	/**
	 * Whether the order to everything else matters: of a truncated table, of the first
	 * event after its columns changed, and of a message that is part of a transaction.
	 */
	default boolean isBarrier() {
		return operation() == Operation.TRUNCATE || (operation() == Operation.MESSAGE && transactionId() != null);
	}

	/** About how many bytes of memory it takes. */
	default long size() {
		return RecordSize.ENVELOPE;
	}

	/**
	 * Whether one of the columns has another value than before. An event that is not an
	 * update counts as changed, and so does an update whose row before was not sent.
	 */
	boolean changed(Collection<String> columns);

	/** The row before as the binder's type, {@code null} where there is none. */
	<T> @Nullable T before(RowMapper<T> mapper);

	/** The row after as the binder's type, {@code null} where there is none. */
	<T> @Nullable T after(RowMapper<T> mapper);

	/**
	 * A table and a key.
	 *
	 * @param table the table
	 * @param key the key
	 */
	record TableAndKey(@Nullable TableId table, @Nullable RowKey key) {

	}

	/**
	 * The whole event as text, its rows included, which {@link RecordDecoder#read} makes
	 * an equal change of. It is the application's data: for its own database, never for a
	 * log.
	 */
	String toJson();

}
