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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.github.cdcspring.internal.debezium.ColumnConverter;
import io.github.cdcspring.testsupport.RowSource;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.awaitility.Awaitility.await;

/**
 * Receives the records of all tables of a database from a Debezium engine with the
 * starter's connector and the properties of {@link ColumnConverter}.
 */
final class EngineRecords implements RowSource {

	private final BlockingQueue<SourceRecord> records = new LinkedBlockingQueue<>();

	private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

	private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	/**
	 * Start the engine and wait until it streams.
	 */
	EngineRecords(TestDatabase database, Map<String, String> settings) {
		Properties properties = new Properties();
		properties.putAll(Map.ofEntries(Map.entry("name", database.name()), Map.entry("topic.prefix", "test"),
				Map.entry("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore"),
				Map.entry("plugin.name", "pgoutput"), Map.entry("slot.name", database.name()),
				Map.entry("poll.interval.ms", "10"), Map.entry("database.hostname", database.host()),
				Map.entry("database.port", String.valueOf(database.port())),
				Map.entry("database.user", database.user()), Map.entry("database.password", database.password()),
				Map.entry("database.dbname", database.name())));
		properties.putAll(ColumnConverter.debeziumProperties());
		properties.putAll(settings);
		this.engine = DebeziumEngine.create(Connect.class)
			.using(properties)
			.using((success, message, error) -> this.failure
				.set(message + ((error != null) ? ": " + error + " / " + chain(error) : "")))
			.notifying((event) -> this.records.add(event.value()))
			.build();
		this.executor.execute(this.engine);
		await().until(() -> {
			checkRunning();
			return database.isStreaming(database.name());
		});
	}

	/**
	 * Wait for the next records.
	 */
	List<SourceRecord> take(int count) {
		List<SourceRecord> taken = new ArrayList<>();
		while (taken.size() < count) {
			try {
				SourceRecord record = this.records.poll(2, TimeUnit.MINUTES);
				if (record == null) {
					checkRunning();
					throw new AssertionError("Only " + taken.size() + " of " + count + " records arrived: " + taken);
				}
				taken.add(record);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return taken;
	}

	/**
	 * Wait for the next changes. Records that are not changes are skipped.
	 */
	List<Change> changes(RecordDecoder decoder, int count) {
		List<Change> changes = new ArrayList<>();
		while (changes.size() < count) {
			Change change = decoder.decode(take(1).get(0));
			if (change != null) {
				changes.add(change);
			}
		}
		return changes;
	}

	@Override
	public List<Row> rows(int count) {
		return rows(changes(new RecordDecoder("cdc-heartbeat", (table) -> false), count));
	}

	/**
	 * Map the new rows of changes.
	 */
	static List<Row> rows(List<Change> changes) {
		RowMapper<Map<String, Object>> mapper = new RowMappers(new DefaultConversionService(), null)
			.mapperFor(new ParameterizedTypeReference<Map<String, Object>>() {
			}.getType());
		return changes.stream().map((change) -> new Row(change.after(mapper), change.snapshot())).toList();
	}

	private static String chain(Throwable error) {
		return Stream.iterate(error.getCause(), Objects::nonNull, Throwable::getCause)
			.map(Throwable::toString)
			.collect(Collectors.joining(" / "));
	}

	/**
	 * Wait until the engine fails.
	 */
	String failure() {
		return await().until(this.failure::get, Objects::nonNull);
	}

	private void checkRunning() {
		if (this.failure.get() != null) {
			throw new AssertionError("The engine failed: " + this.failure.get());
		}
	}

	@Override
	public void close() throws Exception {
		if (this.failure.get() == null) {
			try {
				this.engine.close();
			}
			catch (IllegalStateException ex) {
				// It has ended meanwhile
				await().until(() -> this.failure.get() != null);
			}
		}
		this.executor.shutdown();
	}

}
