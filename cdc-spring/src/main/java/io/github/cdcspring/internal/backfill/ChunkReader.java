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
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ReadEvents;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table in chunks, each in a transaction of its own. The rows come in the order
 * of the primary key, or else in the order in which they are stored.
 */
final class ChunkReader {

	private static final Pattern PLANNED_ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

	/** The rows of a table of this size are counted in milliseconds. */
	private static final long MAX_COUNTED_BYTES = 1 << 20;

	/** A table that is not partitioned has no partition tree. */
	private static final String SIZE = """
			SELECT relkind = 'p', pg_catalog.pg_table_size(oid) + coalesce((
			  SELECT sum(pg_catalog.pg_table_size(relid))
			  FROM pg_catalog.pg_partition_tree(pg_class.oid) WHERE relid <> pg_class.oid), 0)
			FROM pg_catalog.pg_class WHERE oid = ?::text::regclass""";

	private static final String STORED_ORDER = "ctid";

	/** With conditions on other columns than the key, a chunk ends after so many rows. */
	private static final int SCANNED_FOR_A_ROW = 10;

	/** A chunk ends early at so many characters. */
	private static final long MAX_CHARACTERS = 8 << 20;

	/** Rows without a key do not make way for changes, so not too many come together. */
	private static final int MAX_TOGETHER = 1_000;

	/** A row may be large, so few are fetched until their size is known. */
	private static final int FIRST_FETCH = 4;

	private static final int SECOND_FETCH = 64;

	/**
	 * Rows must come in the order in which they are stored. If row-level security hides
	 * some, reading fails. The lock comes before the snapshot, so that the table stays as
	 * it is described.
	 */
	private static final String BEGIN = """
			SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
			SET LOCAL synchronize_seqscans = off;
			SET LOCAL max_parallel_workers_per_gather = 0;
			SET LOCAL row_security = off;
			LOCK TABLE ONLY %s IN ACCESS SHARE MODE""";

	/**
	 * An asynchronous commit is visible before its WAL is written, so the position is the
	 * end of what is inserted.
	 */
	private static final String READ_AT = "SELECT txid_current_snapshot()::text, pg_current_wal_insert_lsn()::text, "
			+ "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

	private final String publication;

	private final BiPredicate<TableId, String> included;

	private final @Nullable String listener;

	private final Conditions where;

	private final ReadingTurns turns;

	private @Nullable BackfillTable described;

	private @Nullable ReadEvents events;

	/** Whether no row of the table, as it is described, was delivered yet. */
	private boolean unfamiliar;

	ChunkReader(String publication, BiPredicate<TableId, String> included, @Nullable String listener, Conditions where,
			ReadingTurns turns) {
		this.publication = publication;
		this.included = included;
		this.listener = listener;
		this.where = where;
		this.turns = turns;
	}

	/**
	 * Read a chunk of a range.
	 * @param after the row after which it begins, {@code null} for the first one
	 * @param limit how many rows at most; without a primary key, about how many
	 */
	Chunk read(Connection connection, TableId table, KeyRange range, @Nullable BackfillPosition after, int limit)
			throws SQLException, InterruptedException {
		return read(connection, table, (described, rows) -> {
			if (range.isOutOf(described.order())) {
				throw altered(table);
			}
			return described.primaryKey() ? byKey(connection, described, after, range.end(), limit, rows)
					: byPlace(connection, described, after, limit, rows);
		});
	}

	/**
	 * Read the chunk that follows one which is not handled yet.
	 * @param after the last row of that chunk
	 * @return the chunk, {@code null} if the table was altered since that chunk was read
	 */
	@Nullable Chunk readAhead(Connection connection, TableId table, KeyRange range, @Nullable BackfillPosition after, int limit)
			throws SQLException, InterruptedException {
		BackfillTable former = this.described;
		try {
			Chunk chunk = read(connection, table, range, after, limit);
			return Objects.equals(this.described, former) ? chunk : null;
		}
		finally {
			if (!Objects.equals(this.described, former)) {
				// No other event may be delivered together with the rows of the next
				// chunk
				this.described = null;
			}
		}
	}

	/**
	 * Whether a table is to be read by ranges of its key. If few rows meet the
	 * conditions, one chunk of them may take as long as the whole table.
	 */
	boolean readsRanges() {
		return !this.where.all().isEmpty();
	}

	/**
	 * Find the next range of a table. That reads the index of the primary key only. A
	 * table without primary key is one range.
	 * @param after the row after which it begins, {@code null} for the first one
	 * @param size how many rows it shall have
	 */
	KeyRange range(Connection connection, TableId table, @Nullable BackfillPosition after, int size)
			throws SQLException, InterruptedException {
		return inTransaction(connection, table, () -> {
			BackfillTable described = describe(connection, table);
			if (!described.primaryKey()) {
				return KeyRange.after(after);
			}
			BackfillPosition from = from(described, after);
			return KeyRange.part(described.order(), from, end(connection, described, from, size));
		});
	}

	private @Nullable BackfillPosition end(Connection connection, BackfillTable table, @Nullable BackfillPosition after,
			int size) throws SQLException {
		String key = identifiers(table.key().stream());
		Conditions bounds = this.where.bounding(table.key().get(0).name());
		List<String> conditions = new ArrayList<>();
		KeyComparison comparison = new KeyComparison(table);
		if (after != null) {
			conditions.add(comparison.follows());
		}
		conditions.addAll(sql(connection, table.table(), bounds));
		long rows = bounds.equals(this.where) ? size : (long) size * SCANNED_FOR_A_ROW;
		try (PreparedStatement statement = connection.prepareStatement("SELECT " + key + from(table) + where(conditions)
				+ " ORDER BY " + key + " OFFSET " + (rows - 1) + " LIMIT 1")) {
			int parameter = bind(statement, 1,
					(after != null) ? comparison.valuesToCompare(after.values()) : List.of());
			bind(statement, parameter, bounds.values());
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				List<String> values = new ArrayList<>();
				for (int i = 1; i <= table.key().size(); i++) {
					values.add(row.getString(i));
				}
				return new BackfillPosition(table.order(), values);
			}
		}
	}

	private static CdcException altered(TableId table) {
		return new CdcException("Table " + LogSafe.of(table.toString()) + " was altered while its rows were "
				+ "read, so they are read again. Check the table if that happens repeatedly.");
	}

	/**
	 * Read rows again.
	 * @param keys their keys, as the last chunk has them
	 */
	Chunk read(Connection connection, TableId table, List<List<String>> keys)
			throws SQLException, InterruptedException {
		BackfillTable former = this.described;
		return read(connection, table, (described, rows) -> {
			if (!described.equals(former)) {
				throw altered(table);
			}
			return again(connection, described, keys, rows);
		});
	}

	private Chunk read(Connection connection, TableId table, Query query) throws SQLException, InterruptedException {
		return inTransaction(connection, table, () -> readInTransaction(connection, table, query));
	}

	/** A reader that waits for a lock does not keep the others from their turns. */
	private <T> T inTransaction(Connection connection, TableId table, ReadingTurns.Reading<T> reading)
			throws SQLException, InterruptedException {
		connection.setAutoCommit(false);
		try {
			execute(connection, BEGIN.formatted(SqlQuoting.table(table)));
			T result = this.turns.read(reading);
			connection.commit();
			return result;
		}
		catch (SQLException | RuntimeException | InterruptedException ex) {
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

	private Chunk readInTransaction(Connection connection, TableId table, Query query) throws SQLException {
		Rows rows;
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(READ_AT)) {
			row.next();
			rows = new Rows(TransactionSnapshot.parse(row.getString(1)), Lsn.parse(row.getString(2)), row.getLong(3));
		}
		BackfillTable described = describe(connection, table);
		if (described.columns().isEmpty()) {
			throw new CdcException("Table " + table + " has no column that the stream contains.");
		}
		if (described.filtered()) {
			throw new CdcException(BackfillRequest.filtered(table.toString()));
		}
		return query.read(described, rows);
	}

	private BackfillTable describe(Connection connection, TableId table) throws SQLException {
		BackfillTable now = BackfillTable.read(connection, table, this.publication, this.included);
		if (!now.equals(this.described)) {
			this.described = now;
			this.events = new ReadEvents(table, now.columns(), now.key(), this.listener);
			this.unfamiliar = true;
		}
		this.where.requireSent(now);
		return now;
	}

	/**
	 * Return about how many rows a table has. The rows of a small one are counted: for a
	 * table that was never analyzed, the server plans with ten pages at least. For others
	 * it is the number that the server plans with.
	 * @return the number, {@code null} if the server does not tell
	 */
	static @Nullable Long estimate(Connection connection, TableId table, Conditions where) throws SQLException {
		try (PreparedStatement size = connection.prepareStatement(SIZE)) {
			size.setString(1, SqlQuoting.table(table));
			try (ResultSet row = size.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				String rows = from(table, row.getBoolean(1)) + where(sql(connection, table, where));
				return (row.getLong(2) <= MAX_COUNTED_BYTES) ? counted(connection, rows, where)
						: planned(connection, rows, where);
			}
		}
	}

	private static Long counted(Connection connection, String rows, Conditions where) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT count(*)" + rows)) {
			bind(statement, 1, where.values());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getLong(1);
			}
		}
	}

	private static @Nullable Long planned(Connection connection, String rows, Conditions where) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("EXPLAIN (FORMAT JSON) SELECT" + rows)) {
			bind(statement, 1, where.values());
			try (ResultSet row = statement.executeQuery()) {
				Matcher planned = PLANNED_ROWS.matcher(row.next() ? row.getString(1) : "");
				return planned.find() ? Long.valueOf(planned.group(1)) : null;
			}
		}
	}

	/** Rows of the last chunk were delivered. */
	void delivered() {
		this.unfamiliar = false;
	}

	private List<String> form(BackfillTable table) {
		return table.identified() ? events().keyForm() : List.of();
	}

	private ReadEvents events() {
		ReadEvents events = this.events;
		if (events == null) {
			throw new IllegalStateException("No table is described");
		}
		return events;
	}

	private String columns() {
		return identifiers(events().columns().stream());
	}

	private static String identifiers(Stream<TableColumn> columns) {
		return columns.map((column) -> SqlQuoting.identifier(column.name())).collect(Collectors.joining(", "));
	}

	/** The rows of inheriting tables are not in the stream of a table. */
	private static String from(BackfillTable table) {
		return from(table.table(), table.partitioned());
	}

	private static String from(TableId table, boolean partitioned) {
		return " FROM " + (partitioned ? "" : "ONLY ") + SqlQuoting.table(table);
	}

	/** In another order, another set of rows would follow. */
	private static @Nullable BackfillPosition from(BackfillTable table, @Nullable BackfillPosition after) {
		return (after != null && after.columns().equals(table.order()) && after.values().size() == table.key().size())
				? after : null;
	}

	private static String where(List<String> conditions) {
		return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
	}

	/** The conditions after another one. */
	private String and(Connection connection, BackfillTable table) throws SQLException {
		return sql(connection, table.table(), this.where).stream()
			.map((condition) -> " AND " + condition)
			.collect(Collectors.joining());
	}

	private static List<String> sql(Connection connection, TableId table, Conditions where) throws SQLException {
		return where.all().isEmpty() ? List.of() : where.sql(ColumnOperators.read(connection, table));
	}

	private static int bind(PreparedStatement statement, int first, List<String> values) throws SQLException {
		int parameter = first;
		for (String value : values) {
			statement.setString(parameter++, value);
		}
		return parameter;
	}

	private Chunk byKey(Connection connection, BackfillTable table, @Nullable BackfillPosition after,
			@Nullable BackfillPosition to, int limit, Rows rows) throws SQLException {
		BackfillPosition from = from(table, after);
		KeyComparison comparison = new KeyComparison(table);
		List<String> conditions = new ArrayList<>();
		if (from != null) {
			conditions.add(comparison.follows());
		}
		if (to != null) {
			conditions.add(comparison.doesNotFollow());
		}
		conditions.addAll(sql(connection, table.table(), this.where));
		try (PreparedStatement statement = connection.prepareStatement("SELECT " + columns() + from(table)
				+ where(conditions) + " ORDER BY " + identifiers(table.key().stream()) + " LIMIT " + limit)) {
			int parameter = bind(statement, 1, (from != null) ? comparison.valuesToCompare(from.values()) : List.of());
			parameter = bind(statement, parameter, (to != null) ? comparison.valuesToCompare(to.values()) : List.of());
			bind(statement, parameter, this.where.values());
			boolean all = rows.read(statement, table, MAX_CHARACTERS);
			List<List<String>> keys = rows.keys();
			BackfillPosition end = keys.isEmpty() ? from
					: new BackfillPosition(table.order(), keys.get(keys.size() - 1));
			boolean last = all && rows.texts.size() < limit
					|| to != null && !keys.isEmpty() && keys.get(keys.size() - 1).equals(to.values());
			return new Chunk(rows.snapshot, rows.changes(), keys, form(table), this.unfamiliar, false, end,
					from == null, last);
		}
	}

	private Chunk again(Connection connection, BackfillTable table, List<List<String>> keys, Rows rows)
			throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT " + columns() + (table.primaryKey() ? "" : ", ctid") + from(table) + " WHERE "
					+ new KeyComparison(table).isOneOf(keys.size()) + and(connection, table))) {
			int parameter = 1;
			for (List<String> each : keys) {
				parameter = bind(statement, parameter, each);
			}
			bind(statement, parameter, this.where.values());
			rows.read(statement, table, Long.MAX_VALUE);
			return new Chunk(rows.snapshot, rows.changes(), rows.keys(), form(table),
					this.unfamiliar || !table.primaryKey(), true, null, false, true);
		}
	}

	/**
	 * The position consists of the place of the last row, the number of blocks that the
	 * table had when the first chunk was read, and the file in which they are. Rows
	 * behind them come from the stream. A rewrite of the table moves all rows to another
	 * file, so the first one is read again.
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
		boolean begun = after != null && after.columns().equals(names) && after.values().size() == 3
				&& after.values().get(2).equals(size.file);
		String place = (begun && after != null) ? after.values().get(0) : "(0,0)";
		long blocks = (begun && after != null) ? Long.parseLong(after.values().get(1)) : size.blocks;
		long block = Long.parseLong(place.substring(1, place.indexOf(',')));
		int together = table.identified() ? limit : Math.min(limit, MAX_TOGETHER);
		long end = Math.min(blocks, block + Math.max(1, together / size.rowsPerBlock));
		try (PreparedStatement statement = connection.prepareStatement("SELECT " + columns() + ", ctid" + from(table)
				+ " WHERE ctid > '" + place + "' AND ctid < '(" + end + ",0)'" + and(connection, table))) {
			bind(statement, 1, this.where.values());
			boolean all = rows.read(statement, table, MAX_CHARACTERS);
			String reached = all ? "(" + end + ",0)" : rows.lastPlace();
			// Without a key, all events of the table have one order
			return new Chunk(rows.snapshot, rows.changes(), rows.keys(), form(table),
					this.unfamiliar || !table.key().isEmpty(), false,
					new BackfillPosition(names, List.of(reached, String.valueOf(blocks), size.file)), !begun,
					all && end >= blocks);
		}
	}

	private static Size size(Connection connection, BackfillTable table) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("""
				SELECT pg_relation_size(c.oid) / current_setting('block_size')::int,
					CASE WHEN c.relpages > 0 AND c.reltuples > 0 THEN ceil(c.reltuples / c.relpages) ELSE 100 END,
					pg_relation_filenode(c.oid)::text
				FROM pg_catalog.pg_class c WHERE c.oid = ?::text::regclass""")) {
			statement.setString(1, SqlQuoting.table(table.table()));
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return new Size(row.getLong(1), Math.max(1, row.getInt(2)), row.getString(3));
			}
		}
	}

	private record Size(long blocks, int rowsPerBlock, String file) {

	}

	/**
	 * Reads rows in a transaction.
	 */
	@FunctionalInterface
	private interface Query {

		Chunk read(BackfillTable table, Rows rows) throws SQLException;

	}

	/**
	 * The rows of a chunk.
	 */
	private final class Rows {

		private final TransactionSnapshot snapshot;

		private final Lsn readAt;

		/** Boxed once for all rows. */
		private final Long micros;

		private final List<@Nullable String[]> texts = new ArrayList<>();

		private Rows(TransactionSnapshot snapshot, Lsn readAt, Long micros) {
			this.snapshot = snapshot;
			this.readAt = readAt;
			this.micros = micros;
		}

		/**
		 * Read rows until they take too much memory.
		 * @return whether all were read
		 */
		boolean read(PreparedStatement statement, BackfillTable table, long limit) throws SQLException {
			int width = events().columns().size() + (table.primaryKey() ? 0 : 1);
			statement.setFetchSize(FIRST_FETCH);
			long characters = 0;
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					if (characters >= limit) {
						return false;
					}
					@Nullable String[] row = new String[width];
					for (int i = 0; i < width; i++) {
						String text = rows.getString(i + 1);
						row[i] = text;
						characters += (text != null) ? text.length() : 0;
					}
					this.texts.add(row);
					int size = this.texts.size();
					if (size == FIRST_FETCH || size == SECOND_FETCH) {
						rows.setFetchSize((int) Math.max(1,
								Math.min(1_000, MAX_CHARACTERS * size / 4 / Math.max(1, characters))));
					}
				}
			}
			return true;
		}

		/** The keys. One that contains NULL is not read again. */
		List<List<String>> keys() {
			ReadEvents events = ChunkReader.this.events();
			List<List<String>> keys = new ArrayList<>(this.texts.size());
			this.texts.forEach((row) -> keys.add(events.key(row)));
			return keys;
		}

		String lastPlace() {
			@Nullable String[] last = this.texts.get(this.texts.size() - 1);
			return String.valueOf(last[last.length - 1]);
		}

		/** Create the events. */
		List<Change> changes() {
			ReadEvents events = ChunkReader.this.events();
			List<Change> changes = new ArrayList<>(this.texts.size());
			this.texts.forEach((row) -> changes.add(events.create(row, this.readAt, this.micros)));
			return changes;
		}

	}

}
