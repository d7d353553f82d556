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
import java.util.Map;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The origin of an event in the WAL or in a snapshot.
 *
 * @param lsn the LSN of the change; {@link Lsn#ZERO} if a backfill read the row, because
 * it then has no position in the WAL
 * @param transactionId the transaction, {@code null} in a snapshot
 * @param commitMicros the commit time in microseconds since 1970
 * @param snapshot whether a snapshot read the row
 * @param ordinal the position among the transaction's events with the same LSN
 * @param previousCommit the commit LSN of the previous complete transaction, 0 if unknown
 * @param listener the only listener that receives the event, {@code null} for all
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-create-events">Debezium:
 * the source block of an event</a>
 */
record EventSource(Lsn lsn, @Nullable Long transactionId, @Nullable Long commitMicros, boolean snapshot, int ordinal,
		long previousCommit, @Nullable String listener) {

	/** Debezium has no such field. */
	static final String LISTENER = "listener";

	EventPosition position() {
		return new EventPosition((this.previousCommit != 0) ? new Lsn(this.previousCommit) : this.lsn,
				(this.transactionId != null) ? this.transactionId : 0, this.lsn, this.ordinal);
	}

	@Nullable Instant commitTime() {
		return (this.commitMicros != null) ? Instant.ofEpochSecond(Math.floorDiv(this.commitMicros, 1_000_000L),
				Math.floorMod(this.commitMicros, 1_000_000L) * 1_000) : null;
	}

	/**
	 * The fields of Debezium's {@code source} block.
	 *
	 * @param listener the field that only the block of a row that was read has
	 */
	record Fields(Schema schema, Field schemaName, Field table, Field lsn, Field transactionId, Field micros,
			Field snapshot, @Nullable Field listener) {

		static Fields of(Schema schema) {
			return new Fields(schema, schema.field("schema"), schema.field("table"), schema.field("lsn"),
					schema.field("txId"), schema.field("ts_us"), schema.field("snapshot"), schema.field(LISTENER));
		}

		EventSource decode(Struct source, @Nullable Map<String, ?> offset, EventNumbers numbers) {
			Lsn lsn = (source.get(this.lsn) instanceof Long value) ? new Lsn(value) : Lsn.ZERO;
			// "false", or the position of the row in the snapshot, such as "first"
			Object snapshot = source.get(this.snapshot);
			boolean fromSnapshot = snapshot != null && !snapshot.equals("false");
			Long transactionId = fromSnapshot ? null : (Long) source.get(this.transactionId);
			return new EventSource(lsn, transactionId, (Long) source.get(this.micros), fromSnapshot,
					numbers.number(source, lsn.value(), transactionId),
					(offset != null && offset.get("lsn_commit") instanceof Long previous) ? previous : 0,
					(this.listener != null) ? (String) source.get(this.listener) : null);
		}

	}

}
