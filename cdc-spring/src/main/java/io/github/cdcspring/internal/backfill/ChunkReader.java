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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ReadEvents;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table in chunks, each in a transaction of its own. The rows come in the order
 * of the primary key, or else in the order in which they are stored.
 */
final class ChunkReader {

	private static final String STORED_ORDER = "ctid";

	/** A chunk ends early at so many characters. */
	private static final long MAX_CHARACTERS = 8 << 20;

	private static final int FIRST_FETCH = 32;

	/**
	 * TID range scans came with this version. Before, each row is looked up by its place.
	 */
	private static final int RANGE_SCANS_SINCE = 14;

	/** The greatest number of rows in a block of any size. */
	private static final int MAX_ROWS_PER_BLOCK = 1_200;

	private static final String READ_AT = "SELECT txid_current_snapshot()::text, pg_current_wal_lsn()::text, "
			+ "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

	private final String publication;

	private final BiPredicate<TableId, String> included;

	private @Nullable BackfillTable described;

	private @Nullable ReadEvents events;

	/** Whether no chunk of the table, as it is described, was delivered yet. */
	private boolean unfamiliar;

	ChunkReader(String publication, BiPredicate<TableId, String> included) {
		this.publication = publication;
		this.included = included;
	}

	/**
	 * Read the next chunk.
	 * @param after the row after which it begins, {@code null} for the first one
	 * @param limit how many rows at most; without a primary key, about how many
	 */
	Chunk read(Connection connection, TableId table, @Nullable BackfillPosition after, int limit) throws SQLException {
		connection.setAutoCommit(false);
		try {
			execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
			execute(connection, "SET LOCAL lock_timeout = '10s'");
			// Before the snapshot, so that the table stays as it is described
			execute(connection, "LOCK TABLE ONLY " + SqlQuoting.table(table) + " IN ACCESS SHARE MODE");
			Chunk chunk = readInTransaction(connection, table, after, limit);
			connection.commit();
			return chunk;
		}
		catch (SQLException | RuntimeException ex) {
			connection.rollback();
			throw ex;
		}
		finally {
			connection.setAutoCommit(true);
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private Chunk readInTransaction(Connection connection, TableId table, @Nullable BackfillPosition after, int limit)
			throws SQLException {
		Rows rows;
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(READ_AT)) {
			row.next();
			rows = new Rows(TransactionSnapshot.parse(row.getString(1)), Lsn.parse(row.getString(2)), row.getLong(3));
		}
		BackfillTable described = describe(connection, table);
		if (described.columns().isEmpty()) {
			throw new CdcException("Table " + table + " has no column that the stream contains.");
		}
		return described.primaryKey() ? byKey(connection, described, after, limit, rows)
				: byPlace(connection, described, after, limit, rows);
	}

	private BackfillTable describe(Connection connection, TableId table) throws SQLException {
		BackfillTable now = BackfillTable.read(connection, table, this.publication, this.included);
		if (!now.equals(this.described)) {
			this.described = now;
			this.events = new ReadEvents(table, now.columns(), now.key());
			this.unfamiliar = true;
		}
		return now;
	}

	/** The last chunk was delivered. */
	void delivered() {
		this.unfamiliar = false;
	}

	private static String columns(BackfillTable table) {
		return Stream.concat(table.columns().stream(), table.key().stream())
			.map((column) -> SqlQuoting.identifier(column.name()))
			.collect(Collectors.joining(", "));
	}

	/** The rows of inheriting tables are not in the stream of a table. */
	private static String from(BackfillTable table) {
		return " FROM " + (table.partitioned() ? "" : "ONLY ") + SqlQuoting.table(table.table());
	}

	private Chunk byKey(Connection connection, BackfillTable table, @Nullable BackfillPosition after, int limit,
			Rows rows) throws SQLException {
		List<String> names = table.key().stream().map(TableColumn::name).toList();
		String key = names.stream().map(SqlQuoting::identifier).collect(Collectors.joining(", "));
		BackfillPosition from = (after != null && after.columns().equals(names)) ? after : null;
		String condition = (from != null)
				? " WHERE (" + key + ") > (" + String.join(", ", Collections.nCopies(names.size(), "?")) + ")" : "";
		try (PreparedStatement statement = connection.prepareStatement(
				"SELECT " + columns(table) + from(table) + condition + " ORDER BY " + key + " LIMIT " + limit)) {
			for (int i = 0; from != null && i < names.size(); i++) {
				statement.setString(i + 1, from.values().get(i));
			}
			boolean all = rows.read(statement, table);
			List<String> last = rows.lastKey();
			return new Chunk(rows.snapshot, rows.events(this.unfamiliar),
					(last != null) ? new BackfillPosition(names, last) : start(names, from),
					all && rows.texts.size() < limit);
		}
	}

	private static BackfillPosition start(List<String> names, @Nullable BackfillPosition from) {
		return (from != null) ? from : new BackfillPosition(names, List.of());
	}

	/**
	 * The position consists of the place of the last row, and the number of blocks that
	 * the table had when the first chunk was read. Rows behind them come from the stream.
	 */
	private Chunk byPlace(Connection connection, BackfillTable table, @Nullable BackfillPosition after, int limit,
			Rows rows) throws SQLException {
		if (table.partitioned()) {
			throw new CdcException(
					"Table " + table.table() + " is partitioned and has no primary key, so its rows have "
							+ "no order in which they can be read. Add a primary key.");
		}
		List<String> names = List.of(STORED_ORDER);
		Size size = size(connection, table);
		boolean begun = after != null && after.columns().equals(names);
		String place = (begun && after != null) ? after.values().get(0) : "(0,0)";
		long blocks = (begun && after != null) ? Long.parseLong(after.values().get(1)) : size.blocks;
		long block = Long.parseLong(place.substring(1, place.indexOf(',')));
		long end = Math.min(blocks, block + Math.max(1, limit / size.rowsPerBlock));
		try (PreparedStatement statement = connection.prepareStatement("SELECT " + columns(table) + ", ctid"
				+ from(table) + " WHERE ctid > '" + place + "' AND " + before(block, end, connection))) {
			boolean all = rows.read(statement, table);
			String reached = all ? "(" + end + ",0)" : rows.lastPlace();
			return new Chunk(rows.snapshot, rows.events(true),
					new BackfillPosition(names, List.of(reached, String.valueOf(blocks))), all && end >= blocks);
		}
	}

	private static String before(long block, long end, Connection connection) throws SQLException {
		if (connection.getMetaData().getDatabaseMajorVersion() >= RANGE_SCANS_SINCE) {
			return "ctid < '(" + end + ",0)'";
		}
		return "ctid = ANY (ARRAY(SELECT ('(' || b || ',' || r || ')')::tid FROM generate_series(" + block
				+ "::bigint, " + (end - 1) + ") b CROSS JOIN generate_series(1, " + MAX_ROWS_PER_BLOCK + ") r))";
	}

	private static Size size(Connection connection, BackfillTable table) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("""
				SELECT pg_relation_size(c.oid) / current_setting('block_size')::int,
					CASE WHEN c.relpages > 0 AND c.reltuples > 0 THEN ceil(c.reltuples / c.relpages) ELSE 100 END
				FROM pg_catalog.pg_class c WHERE c.oid = ?::text::regclass""")) {
			statement.setString(1, SqlQuoting.table(table.table()));
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return new Size(row.getLong(1), Math.max(1, row.getInt(2)));
			}
		}
	}

	private record Size(long blocks, int rowsPerBlock) {

	}

	/**
	 * The rows of a chunk.
	 */
	private final class Rows {

		private final TransactionSnapshot snapshot;

		private final Lsn readAt;

		private final long micros;

		private final List<@Nullable String[]> texts = new ArrayList<>();

		private int columns;

		private Rows(TransactionSnapshot snapshot, Lsn readAt, long micros) {
			this.snapshot = snapshot;
			this.readAt = readAt;
			this.micros = micros;
		}

		/**
		 * Read rows until they take too much memory.
		 * @return whether all were read
		 */
		boolean read(PreparedStatement statement, BackfillTable table) throws SQLException {
			int width = table.columns().size() + table.key().size() + (table.primaryKey() ? 0 : 1);
			this.columns = table.columns().size();
			statement.setFetchSize(FIRST_FETCH);
			long characters = 0;
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					if (characters >= MAX_CHARACTERS) {
						return false;
					}
					@Nullable String[] row = new String[width];
					for (int i = 0; i < width; i++) {
						String text = rows.getString(i + 1);
						row[i] = text;
						characters += (text != null) ? text.length() : 0;
					}
					this.texts.add(row);
					if (this.texts.size() == FIRST_FETCH) {
						rows.setFetchSize((int) Math.max(1,
								Math.min(1_000, MAX_CHARACTERS * FIRST_FETCH / 4 / Math.max(1, characters))));
					}
				}
			}
			return true;
		}

		@Nullable List<String> lastKey() {
			if (this.texts.isEmpty()) {
				return null;
			}
			@Nullable String[] last = this.texts.get(this.texts.size() - 1);
			List<String> key = new ArrayList<>();
			for (int i = this.columns; i < last.length; i++) {
				key.add(String.valueOf(last[i]));
			}
			return key;
		}

		String lastPlace() {
			@Nullable String[] last = this.texts.get(this.texts.size() - 1);
			return String.valueOf(last[last.length - 1]);
		}

		/**
		 * Create the events.
		 * @param barriers whether no other event may be delivered together with them, as
		 * their keys may have another form than those in the stream
		 */
		List<Change> events(boolean barriers) {
			ReadEvents events = ChunkReader.this.events;
			if (events == null) {
				throw new IllegalStateException("No table is described");
			}
			List<Change> changes = new ArrayList<>(this.texts.size());
			for (int i = 0; i < this.texts.size(); i++) {
				boolean outer = i == 0 || i == this.texts.size() - 1;
				changes.add(events.create(this.texts.get(i), this.readAt, this.micros, barriers && outer));
			}
			return changes;
		}

	}

}
