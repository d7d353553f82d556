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

package io.github.cdcspring.samples.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.ColumnConverter;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.RowMappers;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.FileOffsetBackingStore;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * A control: the same mirror by Debezium's engine alone, as its documentation shows it,
 * in place of the starter ({@code cdc.enabled=false}). Rows become objects by the
 * starter's own classes, so that nothing else is different.
 */
@Component
@ConditionalOnBooleanProperty("ledger.bare")
class BareEngine implements SmartLifecycle {

	private static final String NAME = "ledger_bare";

	private final RowMappers mappers = new RowMappers(ApplicationConversionService.getSharedInstance(), null);

	private final RecordDecoder decoder = new RecordDecoder("", (table) -> false);

	private final MirrorListeners listeners;

	private final Properties properties;

	private final CountDownLatch ended = new CountDownLatch(1);

	private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;

	private volatile boolean running;

	BareEngine(MirrorListeners listeners, JdbcConnectionDetails connection,
			@Value("${cdc.offset.file.path:offset}") Path offsets) {
		this.listeners = listeners;
		this.properties = properties(connection, offsets);
		this.engine = engine();
	}

	private static Properties properties(JdbcConnectionDetails connection, Path offsets) {
		String[] url = connection.getJdbcUrl().replaceFirst(".*//", "").split("[:/?]");
		Properties properties = new Properties();
		properties.putAll(ColumnConverter.debeziumProperties());
		properties.setProperty("name", NAME);
		properties.setProperty("topic.prefix", NAME);
		properties.setProperty("slot.name", NAME);
		properties.setProperty("publication.name", NAME);
		properties.setProperty("publication.autocreate.mode", "filtered");
		properties.setProperty("plugin.name", "pgoutput");
		properties.setProperty("table.include.list", "public\\.pgbench_.*,public\\.ledger_extra");
		properties.setProperty("database.hostname", url[0]);
		properties.setProperty("database.port", url[1]);
		properties.setProperty("database.dbname", url[2]);
		properties.setProperty("database.user", String.valueOf(connection.getUsername()));
		properties.setProperty("database.password", String.valueOf(connection.getPassword()));
		properties.setProperty("tombstones.on.delete", "false");
		properties.setProperty("offset.storage", FileOffsetBackingStore.class.getName());
		properties.setProperty("offset.storage.file.filename", offsets + "-bare");
		properties.setProperty("offset.flush.interval.ms", "1000");
		return properties;
	}

	private DebeziumEngine<RecordChangeEvent<SourceRecord>> engine() {
		return DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
			.using(this.properties)
			.using((success, message, error) -> this.ended.countDown())
			.notifying(this::apply)
			.build();
	}

	private void apply(List<RecordChangeEvent<SourceRecord>> records,
			RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
		Map<TableId, List<Change>> byTable = new LinkedHashMap<>();
		for (RecordChangeEvent<SourceRecord> record : records) {
			Change change = this.decoder.decode(record.record());
			if (change != null && change.table() != null) {
				byTable.computeIfAbsent(change.table(), (table) -> new ArrayList<>()).add(change);
			}
		}
		byTable.forEach(this::apply);
		for (RecordChangeEvent<SourceRecord> record : records) {
			committer.markProcessed(record);
		}
		committer.markBatchFinished();
	}

	private void apply(TableId table, List<Change> changes) {
		switch (table.name()) {
			case "pgbench_accounts" -> this.listeners.accounts(events(changes, Account.class));
			case "pgbench_branches" -> this.listeners.branches(events(changes, Branch.class));
			case "pgbench_tellers" -> this.listeners.tellers(events(changes, Teller.class));
			case "pgbench_history" -> this.listeners.history(events(changes, HistoryEntry.class));
			case "ledger_extra" -> this.listeners.extra(events(changes, ExtraEntry.class));
			default -> throw new IllegalStateException("There is no mirror of " + table);
		}
	}

	private <T> List<ChangeEvent<T>> events(List<Change> changes, Class<T> type) {
		RowMapper<T> mapper = this.mappers.mapperFor(type);
		List<ChangeEvent<T>> events = new ArrayList<>(changes.size());
		for (Change change : changes) {
			events.add(new ChangeEvent<>(change.operation(), change.table(), change.key(), null, change.after(mapper),
					null, change.lsn(), change.snapshot() ? null : change.position(), change.commitTime()));
		}
		return events;
	}

	@Override
	public void start() {
		this.running = true;
		new Thread(this.engine, "bare-engine").start();
	}

	@Override
	public void stop() {
		try {
			this.engine.close();
			this.ended.await();
		}
		catch (IOException | IllegalStateException ex) {
			// It has ended by itself
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
