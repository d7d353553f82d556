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

package io.github.cdcspring;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One change, with its rows as the application's own type.
 *
 * @param operation what happened
 * @param table the table, {@code null} for a logical message
 * @param key the row's key, {@code null} where the table has none or the event has no row
 * @param before the row before the change: of an update or delete, and only as far as the
 * table's replica identity makes the server send it
 * @param after the row after the change, {@code null} for a delete
 * @param message the message, {@code null} unless the operation is
 * {@link Operation#MESSAGE}
 * @param lsn the LSN of the change; of a snapshot, the LSN at which the row was read
 * @param position the event's position, which stays the same when the event is sent
 * again; {@code null} for a row that a snapshot read
 * @param commitTime when the transaction committed; of a snapshot, when the row was read
 * @param <T> the type that rows are bound to
 * @since 0.1.0
 */
public record ChangeEvent<T>(Operation operation, @Nullable TableId table, @Nullable RowKey key, @Nullable T before,
		@Nullable T after, @Nullable LogicalMessage message, Lsn lsn, @Nullable EventPosition position,
		@Nullable Instant commitTime) {

	/**
	 * The row that the event is about: as it is now, or of a delete as it was.
	 * @return the row, {@code null} for an event without one
	 */
	public @Nullable T row() {
		return (this.operation == Operation.DELETE) ? this.before : this.after;
	}

	/**
	 * The transaction that made the change.
	 * @return its id, {@code null} for a row that a snapshot read and for a message
	 * outside of any transaction
	 */
	public @Nullable Long transactionId() {
		return (this.position != null && this.position.transactionId() != 0) ? this.position.transactionId() : null;
	}

	/**
	 * Whether a snapshot read the row.
	 * @return {@code true} if the operation is {@link Operation#READ}
	 */
	public boolean snapshot() {
		return this.operation == Operation.READ;
	}

	/** Operation, table and LSN: a row's data may be confidential. */
	@Override
	public String toString() {
		return "ChangeEvent[" + this.operation + ((this.table != null) ? " " + this.table : "") + " at " + this.lsn
				+ "]";
	}

}
