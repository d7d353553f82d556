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
 * A change of a row or table, or a logical message. Rows have a type of the application.
 *
 * @param operation the operation
 * @param table the table, {@code null} for a logical message
 * @param key the row's key, {@code null} if the table has none or the event has no row
 * @param before the row before an update or delete, as far as the table's replica
 * identity makes PostgreSQL send it
 * @param after the row after the change, {@code null} for a delete
 * @param message the message, {@code null} unless the operation is
 * {@link Operation#MESSAGE}
 * @param lsn the LSN of the change; for a snapshot, the LSN at which the row was read
 * @param position the event's position, which stays the same when the event is delivered
 * again; {@code null} for a row that a snapshot read
 * @param commitTime the time at which the transaction committed; for a snapshot, the time
 * at which the row was read
 * @param <T> the type of the rows
 * @since 0.1.0
 */
public record ChangeEvent<T>(Operation operation, @Nullable TableId table, @Nullable RowKey key, @Nullable T before,
		@Nullable T after, @Nullable LogicalMessage message, Lsn lsn, @Nullable EventPosition position,
		@Nullable Instant commitTime) {

	/**
	 * Return the row after the change, or the deleted row.
	 * @return the row, {@code null} for an event without a row
	 */
	public @Nullable T row() {
		return (this.operation == Operation.DELETE) ? this.before : this.after;
	}

	/**
	 * Return the transaction of the change.
	 * @return the transaction's id, {@code null} for a row that a snapshot read and for a
	 * message outside of a transaction
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

	/** Contains operation, table and LSN only, because rows may be confidential. */
	@Override
	public String toString() {
		return "ChangeEvent[" + this.operation + ((this.table != null) ? " " + this.table : "") + " at " + this.lsn
				+ "]";
	}

}
