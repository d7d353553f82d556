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

package io.github.cdcspring.testsupport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import org.apache.kafka.connect.source.SourceRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's engine without the starter, as its documentation shows it: the control of
 * tests that show what the starter prevents.
 */
public final class BareEngine implements AutoCloseable {

	private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;

	private final CountDownLatch polling = new CountDownLatch(1);

	private final CountDownLatch ended = new CountDownLatch(1);

	private volatile @Nullable Throwable error;

	private BareEngine(Properties properties, Consumer<SourceRecord> consumer) {
		this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
			.using(properties)
			.using((success, message, error) -> {
				this.error = error;
				this.ended.countDown();
			})
			.using(new DebeziumEngine.ConnectorCallback() {

				@Override
				public void pollingStarted() {
					BareEngine.this.polling.countDown();
				}

			})
			.notifying((records, committer) -> {
				for (RecordChangeEvent<SourceRecord> event : records) {
					consumer.accept(event.record());
					committer.markProcessed(event);
				}
				committer.markBatchFinished();
			})
			.build();
		new Thread(this.engine, "bare-engine").start();
	}

	/**
	 * Start an engine with a file of offsets, and wait until it streams or has ended.
	 */
	public static BareEngine start(TestDatabase database, Path offsets, Map<String, String> further,
			Consumer<SourceRecord> consumer) {
		BareEngine engine = launch(database, offsets, further, consumer);
		String slot = further.getOrDefault("slot.name", database.name());
		Awaitility.await().until(() -> engine.hasEnded() || database.isStreaming(slot));
		return engine;
	}

	/**
	 * Start an engine with a file of offsets, without waiting.
	 */
	public static BareEngine launch(TestDatabase database, Path offsets, Map<String, String> further,
			Consumer<SourceRecord> consumer) {
		Properties properties = new Properties();
		properties.setProperty("name", "bare");
		properties.setProperty("topic.prefix", "bare_" + database.name());
		properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
		properties.setProperty("plugin.name", "pgoutput");
		properties.setProperty("database.hostname", database.host());
		properties.setProperty("database.port", String.valueOf(database.port()));
		properties.setProperty("database.user", database.user());
		properties.setProperty("database.password", database.password());
		properties.setProperty("database.dbname", database.name());
		properties.setProperty("slot.name", database.name());
		properties.setProperty("publication.name", database.name());
		properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
		properties.setProperty("offset.storage.file.filename", offsets.toString());
		properties.setProperty("offset.flush.interval.ms", "0");
		properties.setProperty("poll.interval.ms", "10");
		properties.putAll(further);
		return new BareEngine(properties, consumer);
	}

	public boolean hasEnded() {
		return this.ended.getCount() == 0;
	}

	public @Nullable Throwable error() {
		return this.error;
	}

	/**
	 * Wait until the engine ends by itself.
	 */
	public void awaitEnd() {
		Awaitility.await("end of the engine").until(this::hasEnded);
	}

	@Override
	public void close() throws IOException {
		Awaitility.await("start of the engine").until(() -> this.polling.getCount() == 0 || hasEnded());
		if (!hasEnded()) {
			this.engine.close();
		}
		awaitEnd();
	}

}
