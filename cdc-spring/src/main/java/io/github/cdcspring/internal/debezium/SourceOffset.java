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

package io.github.cdcspring.internal.debezium;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Lsn;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * An offset that may be stored: the end of a transaction, or a row of a snapshot.
 *
 * @param lsn the end of the last complete transaction
 * @param offset what Debezium needs to resume from there
 */
record SourceOffset(Lsn lsn, Map<String, ?> offset) {

	static final String LSN = "lsn";

	static final String LSN_COMMIT = "lsn_commit";

	private static final String LSN_PROCESSED = "lsn_proc";

	private static final String MESSAGE_TYPE = "messageType";

	static final String TRANSACTION = "txId";

	static final String SNAPSHOT = "snapshot";

	private static final Set<String> SNAPSHOT_COMPLETED = Set.of("last_snapshot_record", "snapshot_completed");

	/**
	 * Rows that Debezium reads while it streams, so their offset is one of the stream.
	 */
	private static final Set<String> READ_WHILE_STREAMING = Set.of("BLOCKING", "INCREMENTAL");

	/** Debezium's place in a transaction, and its counts of the events before. */
	static final String TRANSACTION_METADATA = "transaction_";

	/**
	 * Return the offset of an event.
	 * @param event the event
	 * @param last the offset of an earlier event, {@code null} if there was none
	 * @return the offset, {@code null} if the event has none, or none beyond the last
	 */
	static @Nullable SourceOffset of(SourceRecord event, @Nullable SourceOffset last) {
		Map<String, ?> offset = event.sourceOffset();
		if (isSnapshot(offset)) {
			return (offset.get(LSN) instanceof Long lsn) ? new SourceOffset(new Lsn(lsn), offset) : null;
		}
		if (!(offset.get(LSN_COMMIT) instanceof Long committed)) {
			return null;
		}
		if (last != null && last.lsn.value() == committed && !isSnapshot(last.offset)) {
			return null;
		}
		Map<String, Object> adjusted = new HashMap<>(atTransactionEnd(offset, committed));
		if (offset.get(SNAPSHOT) != null) {
			// The transaction that has read the row, which commits nothing
			adjusted.remove(TRANSACTION);
		}
		return new SourceOffset(new Lsn(committed), adjusted);
	}

	/**
	 * The transaction that the offset is the end of, {@code null} if it is of a snapshot.
	 */
	@Nullable Long transactionId() {
		return (!isSnapshot(this.offset) && this.offset.get(TRANSACTION) instanceof Long id) ? id : null;
	}

	/** Whether a row of Debezium's initial snapshot has the offset. */
	static boolean isSnapshot(Map<String, ?> offset) {
		Object snapshot = offset.get(SNAPSHOT);
		return snapshot != null && !READ_WHILE_STREAMING.contains(snapshot.toString());
	}

	/** Whether a row of an initial snapshot that is not complete has the offset. */
	static boolean isSnapshotUnfinished(Map<String, ?> offset) {
		return isSnapshot(offset)
				&& SNAPSHOT_COMPLETED.stream().noneMatch((name) -> Boolean.TRUE.equals(offset.get(name)));
	}

	/**
	 * An offset inside a transaction makes Debezium search the WAL for it at the next
	 * start, and that search loses events (dbz#76, dbz#1554). An offset at the end of a
	 * transaction does not: everything after it is delivered again.
	 */
	static Map<String, ?> atTransactionEnd(Map<String, ?> offset, Long committed) {
		Map<String, Object> adjusted = outsideTransaction(offset);
		adjusted.put(LSN, committed);
		return adjusted;
	}

	/**
	 * An offset of the stream without the place in a transaction. From there, the server
	 * sends each transaction as a whole that ends later.
	 */
	static Map<String, Object> outsideTransaction(Map<String, ?> offset) {
		Map<String, Object> adjusted = new HashMap<>(offset);
		adjusted.keySet().removeIf((name) -> name.startsWith(TRANSACTION_METADATA));
		adjusted.keySet().removeAll(SNAPSHOT_COMPLETED);
		adjusted.remove(SNAPSHOT);
		adjusted.remove(LSN_PROCESSED);
		adjusted.remove(MESSAGE_TYPE);
		return adjusted;
	}

}
