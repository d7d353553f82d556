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

package io.github.cdcspring.benchmarks.contestant;

import java.util.List;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's engine with a consumer that only counts and acknowledges.
 */
final class BareEngine implements Receiver {

	@Override
	public void receive(Task task, Sink sink) throws Exception {
		try (DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine
			.create(ChangeEventFormat.of(Connect.class))
			.using(EngineProperties.of(task))
			.notifying(new EmptyConsumer(sink))
			.build()) {
			engine.run();
		}
		throw new IllegalStateException("Debezium's engine stopped unexpectedly. See the process' log.");
	}

	private static final class EmptyConsumer implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {

		private final Sink sink;

		private @Nullable String topic;

		private @Nullable String table;

		EmptyConsumer(Sink sink) {
			this.sink = sink;
		}

		@Override
		public void handleBatch(List<RecordChangeEvent<SourceRecord>> records,
				RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
			int events = 0;
			for (RecordChangeEvent<SourceRecord> record : records) {
				String table = tableOf(record.record().topic());
				if (table == null) {
					// A heartbeat
					committer.markProcessed(record);
					continue;
				}
				if (table.equals(Rows.MARKER)) {
					this.sink.events(events);
					events = 0;
					this.sink.marker();
				}
				else if (table.equals(Rows.PING)) {
					ping(record.record());
				}
				else {
					events++;
				}
				committer.markProcessed(record);
			}
			this.sink.events(events);
			committer.markBatchFinished();
		}

		private void ping(SourceRecord record) {
			Struct event = (Struct) record.value();
			if (!event.getString("op").equals("c")) {
				// A row that a snapshot reads again is late by intention
				return;
			}
			Struct row = event.getStruct("after");
			this.sink.ping(row.getInt32("phase"), row.getInt64("due"));
		}

		/** Debezium uses the same String object for all records of a table. */
		private @Nullable String tableOf(String topic) {
			if (topic != this.topic) {
				this.topic = topic;
				String prefix = EngineProperties.PREFIX + ".public.";
				this.table = topic.startsWith(prefix) ? topic.substring(prefix.length()) : null;
			}
			return this.table;
		}

	}

}
