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
 * Where an event comes from.
 *
 * @param lsn where the change stands in the log; {@link Lsn#ZERO} of a row that an
 * incremental snapshot read, which stands nowhere
 * @param transactionId the transaction, {@code null} in a snapshot
 * @param commitMicros when the transaction committed, in microseconds since 1970
 * @param snapshot whether a snapshot read the row
 * @param ordinal the place among the transaction's events with that LSN
 * @param previousCommit the end of the last whole transaction before, 0 if unknown
 */
record EventSource(Lsn lsn, @Nullable Long transactionId, @Nullable Long commitMicros, boolean snapshot, int ordinal,
		long previousCommit) {

	EventPosition position() {
		return new EventPosition((this.previousCommit != 0) ? new Lsn(this.previousCommit) : this.lsn,
				(this.transactionId != null) ? this.transactionId : 0, this.lsn, this.ordinal);
	}

	@Nullable Instant commitTime() {
		return (this.commitMicros != null) ? Instant.ofEpochSecond(Math.floorDiv(this.commitMicros, 1_000_000L),
				Math.floorMod(this.commitMicros, 1_000_000L) * 1_000) : null;
	}

	/**
	 * Where things stand in Debezium's {@code source} block.
	 */
	record Fields(Schema schema, Field schemaName, Field table, Field lsn, Field transactionId, Field micros,
			Field snapshot) {

		static Fields of(Schema schema) {
			return new Fields(schema, schema.field("schema"), schema.field("table"), schema.field("lsn"),
					schema.field("txId"), schema.field("ts_us"), schema.field("snapshot"));
		}

		EventSource read(Struct source, @Nullable Map<String, ?> offset, Ordinals ordinals) {
			Lsn lsn = (source.get(this.lsn) instanceof Long value) ? new Lsn(value) : Lsn.ZERO;
			// "false", and otherwise which row of the snapshot it is
			Object snapshot = source.get(this.snapshot);
			boolean read = snapshot != null && !snapshot.equals("false");
			Long transactionId = read ? null : (Long) source.get(this.transactionId);
			return new EventSource(lsn, transactionId, (Long) source.get(this.micros), read,
					ordinals.next(lsn.value(), transactionId),
					(offset != null && offset.get("lsn_commit") instanceof Long previous) ? previous : 0);
		}

	}

}
