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

import java.util.Map;

import io.github.cdcspring.Lsn;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Gives each record the offset of the last transaction end before it, for a Kafka Connect
 * worker that stores the offset of any record.
 */
public final class TransactionEndOffsets {

	private @Nullable SourceOffset last;

	/**
	 * Create the offsets.
	 * @param stored the offset that the stream starts from, {@code null} if there is none
	 */
	public TransactionEndOffsets(@Nullable Map<String, ?> stored) {
		this.last = (stored != null && stored.get(SourceOffset.LSN) instanceof Number lsn)
				? new SourceOffset(new Lsn(lsn.longValue()), atTransactionEnd(stored)) : null;
	}

	/**
	 * Whether the stream can start from an offset. Without the end of a transaction,
	 * Debezium takes the last event for one.
	 */
	public static boolean isUsable(Map<String, ?> stored) {
		return SourceOffset.isSnapshot(stored) || stored.get(SourceOffset.LSN_COMMIT) != null;
	}

	/**
	 * Move an offset inside a transaction to the end of the transaction before.
	 * @param stored an offset, also of Debezium's own connector
	 * @return the offset; one of a snapshot as it is
	 */
	public static Map<String, ?> atTransactionEnd(Map<String, ?> stored) {
		return (!SourceOffset.isSnapshot(stored) && stored.get(SourceOffset.LSN_COMMIT) instanceof Number committed)
				? SourceOffset.atTransactionEnd(stored, committed.longValue()) : stored;
	}

	/**
	 * Return the next record with its offset. Before the first end of a transaction that
	 * is the offset from which the stream started. A record without an offset makes Kafka
	 * Connect store none.
	 * @param event the record that Debezium created
	 */
	public SourceRecord applyTo(SourceRecord event) {
		if (event.sourceOffset() == null) {
			return event;
		}
		SourceOffset offset = SourceOffset.of(event, this.last);
		if (offset != null) {
			this.last = offset;
		}
		return new SourceRecord(event.sourcePartition(), (this.last != null) ? this.last.offset() : null, event.topic(),
				event.kafkaPartition(), event.keySchema(), event.key(), event.valueSchema(), event.value(),
				event.timestamp(), event.headers());
	}

}
