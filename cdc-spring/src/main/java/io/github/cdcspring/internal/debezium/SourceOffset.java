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

	private static final String TRANSACTION = "txId";

	private static final String SNAPSHOT = "snapshot";

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
		return new SourceOffset(new Lsn(committed), atTransactionEnd(offset, committed));
	}

	/**
	 * The transaction that the offset is the end of, {@code null} if it is of a snapshot.
	 */
	@Nullable Long transactionId() {
		return (!isSnapshot(this.offset) && this.offset.get(TRANSACTION) instanceof Long id) ? id : null;
	}

	/** Whether a row of Debezium's snapshot has the offset. */
	static boolean isSnapshot(Map<String, ?> offset) {
		return offset.get(SNAPSHOT) != null;
	}

	/**
	 * An offset inside a transaction makes Debezium search the WAL for it at the next
	 * start, and that search loses events (dbz#76, dbz#1554). An offset at the end of a
	 * transaction does not: everything after it is delivered again.
	 */
	static Map<String, ?> atTransactionEnd(Map<String, ?> offset, Long committed) {
		Map<String, Object> adjusted = new HashMap<>(offset);
		adjusted.put(LSN, committed);
		adjusted.remove(LSN_PROCESSED);
		adjusted.remove(MESSAGE_TYPE);
		return adjusted;
	}

}
