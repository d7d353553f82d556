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

import java.util.HashMap;
import java.util.Map;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the size of Debezium's records in memory. Only one thread at a time may use
 * an instance.
 */
public final class RecordSize {

	/** A record without its rows: envelope, source block and offset. */
	static final int ENVELOPE = 1_500;

	private final Map<String, Rows> byTopic = new HashMap<>();

	private @Nullable Rows last;

	/**
	 * Estimate the size of a record.
	 * @param record the record
	 * @return the size in bytes
	 */
	public long of(SourceRecord record) {
		if (!(record.value() instanceof Struct envelope)) {
			return ENVELOPE;
		}
		Rows rows = this.last;
		if (rows == null || rows.schema != envelope.schema()) {
			rows = this.byTopic.get(record.topic());
			if (rows == null || rows.schema != envelope.schema()) {
				rows = Rows.of(envelope.schema());
				this.byTopic.put(record.topic(), rows);
			}
			this.last = rows;
		}
		return ENVELOPE + rows.size(envelope);
	}

	private record Rows(Schema schema, Field[] fields, RowSize[] sizes) {

		static Rows of(Schema envelope) {
			Field[] fields = envelope.fields()
				.stream()
				.filter((field) -> field.schema().type() == Schema.Type.STRUCT && !field.name().equals("source"))
				.toArray(Field[]::new);
			RowSize[] sizes = new RowSize[fields.length];
			for (int i = 0; i < fields.length; i++) {
				sizes[i] = RowSize.of(fields[i].schema());
			}
			return new Rows(envelope, fields, sizes);
		}

		long size(Struct envelope) {
			long size = 0;
			for (int i = 0; i < this.fields.length; i++) {
				size += this.sizes[i].of(RowValues.of((Struct) envelope.get(this.fields[i])));
			}
			return size;
		}

	}

}
