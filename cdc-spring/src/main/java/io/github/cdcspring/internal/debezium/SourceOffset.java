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
 * A place in the stream that may be stored: the end of a transaction, or a row of a
 * snapshot.
 *
 * @param lsn the end of the last whole transaction
 * @param offset what Debezium needs to go on from there
 */
record SourceOffset(Lsn lsn, Map<String, ?> offset) {

	private static final String LSN = "lsn";

	private static final String LSN_COMMIT = "lsn_commit";

	private static final String LSN_PROCESSED = "lsn_proc";

	private static final String MESSAGE_TYPE = "messageType";

	private static final String SNAPSHOT = "snapshot";

	/** Present while an incremental snapshot goes on. */
	static final String INCREMENTAL_SNAPSHOT = "incremental_snapshot_collections";

	/**
	 * The position that an event reports.
	 * @param event the event
	 * @param last the position reported before, {@code null} if none was
	 * @return the position, {@code null} if the event reports none, or none beyond the
	 * last
	 */
	static @Nullable SourceOffset of(SourceRecord event, @Nullable SourceOffset last) {
		Map<String, ?> offset = event.sourceOffset();
		if (isSnapshot(offset)) {
			return (offset.get(LSN) instanceof Long lsn) ? new SourceOffset(new Lsn(lsn), offset) : null;
		}
		if (!(offset.get(LSN_COMMIT) instanceof Long committed)) {
			return null;
		}
		if (last != null && last.lsn.value() == committed && !isSnapshot(last.offset)
				&& !offset.containsKey(INCREMENTAL_SNAPSHOT)) {
			return null;
		}
		return new SourceOffset(new Lsn(committed), atTransactionEnd(offset, committed));
	}

	/** An incremental snapshot goes on beside the stream, and so do its offsets. */
	private static boolean isSnapshot(Map<String, ?> offset) {
		Object snapshot = offset.get(SNAPSHOT);
		return snapshot != null && !"INCREMENTAL".equals(snapshot);
	}

	/**
	 * An offset with a position inside a transaction makes Debezium search the log for it
	 * at the next start, and the search loses events (dbz#76, dbz#1554). One that stands
	 * at the end of a transaction does not: what follows is sent again from there.
	 */
	private static Map<String, ?> atTransactionEnd(Map<String, ?> offset, Long committed) {
		Map<String, Object> adjusted = new HashMap<>(offset);
		adjusted.put(LSN, committed);
		adjusted.remove(LSN_PROCESSED);
		adjusted.remove(MESSAGE_TYPE);
		return adjusted;
	}

}
