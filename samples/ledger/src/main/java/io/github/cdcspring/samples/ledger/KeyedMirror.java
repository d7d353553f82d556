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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import org.jspecify.annotations.Nullable;

/**
 * The mirror of a table with a primary key. Every event is applied, old ones too: order
 * is what delivery promises, and the mirror must show where it does not hold. Beside each
 * row stands the LSN last applied to it, the highest one ever, and the run that did it. A
 * deleted row stays as a marked one, for its LSNs.
 * <p>
 * An instance that receives from Kafka gets changes again while it runs, when the
 * connector is restarted. Then every delivered change is kept, and the changes of a key
 * have to arrive in order when they arrive for the first time.
 *
 * @param <T> the type of a row
 */
class KeyedMirror<T> {

	private final Mirror mirror;

	private final String table;

	private final Predicate<T> neverCommitted;

	private final String select;

	private final String upsert;

	private final List<MirrorColumn<Entry<T>>> columns;

	KeyedMirror(Mirror mirror, String table, String key, List<MirrorColumn<T>> columns, Predicate<T> neverCommitted) {
		this.mirror = mirror;
		this.table = table;
		this.neverCommitted = neverCommitted;
		this.columns = withBookkeeping(key, columns);
		this.select = "SELECT %s, ledger_lsn, ledger_high, ledger_run FROM %s WHERE %s = ANY (?)".formatted(key, table,
				key);
		this.upsert = "INSERT INTO %s (%s) SELECT * FROM unnest(%s) ON CONFLICT (%s) DO UPDATE SET %s".formatted(table,
				MirrorColumn.names(this.columns), MirrorColumn.arrays(this.columns), key,
				this.columns.stream()
					.skip(1)
					.map((column) -> column.name() + " = EXCLUDED." + column.name())
					.collect(Collectors.joining(", ")));
	}

	private static <T> List<MirrorColumn<Entry<T>>> withBookkeeping(String key, List<MirrorColumn<T>> columns) {
		List<MirrorColumn<Entry<T>>> all = new ArrayList<>();
		all.add(new MirrorColumn<>(key, "int4", (entry) -> entry.key));
		for (MirrorColumn<T> column : columns) {
			all.add(new MirrorColumn<>(column.name(), column.type(),
					(entry) -> (entry.row != null) ? column.value().apply(entry.row) : null));
		}
		all.add(new MirrorColumn<>("ledger_lsn", "int8", (entry) -> entry.lsn));
		all.add(new MirrorColumn<>("ledger_high", "int8", (entry) -> entry.high));
		all.add(new MirrorColumn<>("ledger_run", "int4", (entry) -> entry.run));
		all.add(new MirrorColumn<>("ledger_deleted", "bool", (entry) -> entry.row == null));
		return List.copyOf(all);
	}

	void apply(List<ChangeEvent<T>> events) {
		if (events.stream().anyMatch(ChangeEvent::snapshot)) {
			this.mirror.beginSnapshot(this.table);
		}
		this.mirror.inTransaction(this.table, (connection) -> apply(connection, events));
	}

	private Tally apply(Connection connection, List<ChangeEvent<T>> events) throws SQLException {
		Map<Integer, Entry<T>> entries = read(connection, events.stream().map(KeyedMirror::key).toList());
		FirstDeliveries first = this.mirror.shared() ? FirstDeliveries.record(connection, this.table, events) : null;
		int read = 0;
		int duplicates = 0;
		int backwards = 0;
		int rolledBack = 0;
		for (ChangeEvent<T> event : events) {
			Entry<T> entry = entries.computeIfAbsent(key(event), Entry::new);
			// A row read by a snapshot carries the snapshot's LSN: a transaction still
			// open
			// then has written its rows before
			long lsn = event.snapshot() ? read(entry) : event.lsn().value();
			read += event.snapshot() ? 1 : 0;
			if (first != null && !event.snapshot()) {
				boolean again = !first.remove(entry.key, lsn);
				duplicates += again ? 1 : 0;
				backwards += (!again && lsn < entry.high) ? 1 : 0;
			}
			else {
				duplicates += (lsn <= entry.high) ? 1 : 0;
				backwards += (lsn < entry.lsn && entry.run == this.mirror.run()) ? 1 : 0;
			}
			T row = (event.operation() != Operation.DELETE) ? event.after() : null;
			rolledBack += (row != null && this.neverCommitted.test(row)) ? 1 : 0;
			entry.apply(row, lsn, this.mirror.run());
		}
		write(connection, entries.values());
		return new Tally(events.size(), read, duplicates, backwards, rolledBack);
	}

	/**
	 * A backfill reads a row as the changes before have left it. Its own LSN tells only
	 * when it was read, so it takes that of the last change. A row of a backfill
	 * therefore never counts as backwards: that it is not older is seen when the mirror
	 * is compared.
	 */
	private long read(Entry<T> entry) {
		return this.mirror.backfill() ? Math.max(0, entry.lsn) : 0;
	}

	static int key(ChangeEvent<?> event) {
		RowKey key = event.key();
		if (key == null || !(key.single() instanceof Integer value)) {
			throw new IllegalStateException(event + " has no integer as its key");
		}
		return value;
	}

	private Map<Integer, Entry<T>> read(Connection connection, List<Integer> keys) throws SQLException {
		Map<Integer, Entry<T>> entries = new LinkedHashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(this.select)) {
			statement.setArray(1, connection.createArrayOf("int4", keys.stream().distinct().toArray()));
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) {
					Entry<T> entry = new Entry<>(result.getInt(1));
					entry.lsn = result.getLong(2);
					entry.high = result.getLong(3);
					entry.run = result.getInt(4);
					entries.put(entry.key, entry);
				}
			}
		}
		return entries;
	}

	private void write(Connection connection, Collection<Entry<T>> entries) throws SQLException {
		List<Entry<T>> rows = List.copyOf(entries);
		try (PreparedStatement statement = connection.prepareStatement(this.upsert)) {
			for (int i = 0; i < this.columns.size(); i++) {
				this.columns.get(i).bind(connection, statement, i + 1, rows);
			}
			statement.executeUpdate();
		}
	}

	/** A row of the mirror while a batch is applied to it. */
	private static final class Entry<T> {

		private final int key;

		private @Nullable T row;

		private long lsn = -1;

		private long high = -1;

		private int run;

		private Entry(int key) {
			this.key = key;
		}

		private void apply(@Nullable T row, long lsn, int run) {
			this.row = row;
			this.lsn = lsn;
			this.high = Math.max(this.high, lsn);
			this.run = run;
		}

	}

}
