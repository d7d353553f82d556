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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfillProgress;
import io.github.cdcspring.internal.backfill.BackfillRequest;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.startup.RelationChange;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;

/**
 * Decides which existing rows of tables are read that were not captured before, or not
 * all the time. Only listeners that receive {@code READ} events get them.
 */
final class NewTables {

	private final EngineSettings settings;

	private final List<ListenerEndpoint> listeners;

	private final EngineLog log;

	NewTables(EngineSettings settings, List<ListenerEndpoint> listeners, EngineLog log) {
		this.settings = settings;
		this.listeners = listeners;
		this.log = log;
	}

	/**
	 * The tables that were not captured, or not all the time, up to the stored offset,
	 * and whose existing rows are delivered.
	 * @param published the tables that this start adds to the publication
	 * @param captured the tables that are captured now
	 */
	Set<TableId> toRead(RelationComparison comparison, Set<TableId> published, Set<TableId> captured,
			Connection connection) throws SQLException {
		Set<TableId> read = new TreeSet<>();
		SnapshotMode mode = this.settings.snapshotMode();
		if (!this.settings.backfill().newTables() || mode.endsAfterSnapshot() || mode == SnapshotMode.ALWAYS) {
			return read;
		}
		for (TableId table : changed(comparison, published)) {
			if (captured.contains(table) && isReceived(table) && isReadable(table, connection)) {
				read.add(table);
			}
		}
		return read;
	}

	private static Set<TableId> changed(RelationComparison comparison, Set<TableId> published) {
		Set<TableId> tables = new TreeSet<>(published);
		comparison.added().forEach((relation) -> tables.add(relation.table()));
		for (RelationChange change : comparison.changes()) {
			CapturedRelation now = change.now();
			if (now != null) {
				tables.add(now.table());
			}
		}
		return tables;
	}

	/** Whether a listener receives the existing rows of a table. */
	boolean isReceived(TableId table) {
		return this.listeners.stream().anyMatch((listener) -> listener.matches(Operation.READ, table));
	}

	private boolean isReadable(TableId table, Connection connection) throws SQLException {
		try {
			new BackfillRequest(Set.of(table)).check(connection, this.settings.publication().name());
			return true;
		}
		catch (CdcException ex) {
			this.log.notReadable(table, String.valueOf(ex.getMessage()));
			return false;
		}
	}

	/**
	 * Add tables to those that are to be read. What was read of another table of the same
	 * name does not count.
	 */
	static OffsetJson add(Set<TableId> tables, OffsetJson offset) {
		if (tables.isEmpty()) {
			return offset;
		}
		List<BackfillProgress> backfill = new ArrayList<>(offset.backfill());
		backfill.removeIf((progress) -> tables.contains(progress.table()));
		Instant now = Instant.now();
		tables.forEach((table) -> backfill.add(BackfillProgress.none(table, null, now)));
		return offset.with(backfill);
	}

}
