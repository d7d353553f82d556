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

import java.util.Comparator;
import java.util.Objects;

/**
 * The position of an event in the stream, which identifies the event: it stays the same
 * each time the event is delivered, and no other event has it. An idempotent listener
 * stores the position together with its work, and ignores an event whose position it
 * finds stored.
 * <p>
 * Delivery is at-least-once: after a restart or a failover, PostgreSQL sends transactions
 * again that were not acknowledged. It sends each one completely, with the same
 * transaction id, LSNs and order. {@link #equals}, {@link #hashCode} and
 * {@link #toString} use transaction id, LSN and ordinal only. The LSN alone is not
 * unique: the rows of a {@code COPY} or {@code INSERT} can share an LSN, and so can the
 * two events that an update of a primary key becomes. If a failover loses transactions,
 * the new primary may use their ids and LSNs again.
 * <p>
 * Positions are ordered as the stream: transactions by their commits, and the events of a
 * transaction by LSN and ordinal. A row that a snapshot read has no position, because the
 * next snapshot reads it again; its key identifies it.
 *
 * @param previousCommitLsn the LSN at which the previous transaction ended. It is the
 * event's own LSN in the first transaction of a slot. It determines the order of
 * transactions, but does not identify the event: it may change if the engine skips WAL
 * before the transaction
 * @param transactionId the transaction's id, 0 for a message outside of a transaction
 * @param lsn the LSN of the change
 * @param ordinal the number of the event among those with the same transaction and LSN,
 * starting at 0
 * @since 0.1.0
 * @see <a href=
 * "https://www.postgresql.org/docs/current/logicaldecoding-explanation.html">PostgreSQL:
 * logical decoding concepts</a>
 */
public record EventPosition(Lsn previousCommitLsn, long transactionId, Lsn lsn,
		long ordinal) implements Comparable<EventPosition> {

	private static final Comparator<EventPosition> STREAM_ORDER = Comparator.comparing(EventPosition::previousCommitLsn)
		.thenComparing(EventPosition::lsn)
		.thenComparingLong(EventPosition::ordinal)
		.thenComparingLong(EventPosition::transactionId);

	@Override
	public int compareTo(EventPosition other) {
		return equals(other) ? 0 : STREAM_ORDER.compare(this, other);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof EventPosition that && this.transactionId == that.transactionId
				&& this.lsn.equals(that.lsn) && this.ordinal == that.ordinal;
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.transactionId, this.lsn, this.ordinal);
	}

	/**
	 * Return transaction id, LSN and ordinal, such as {@code 742:0/16B3748:0}. The text
	 * identifies the event, so it is suitable for a column with a unique constraint.
	 */
	@Override
	public String toString() {
		return this.transactionId + ":" + this.lsn + ":" + this.ordinal;
	}

}
