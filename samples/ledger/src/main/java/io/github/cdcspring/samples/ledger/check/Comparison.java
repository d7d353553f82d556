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

package io.github.cdcspring.samples.ledger.check;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * Compares source and mirror row by row, as the source is now: walks both in one order
 * and looks at every column that the source has. A table without a key is compared as a
 * multiset.
 */
class Comparison {

	private static final int FETCH_SIZE = 10_000;

	private final DataSource source;

	private final DataSource mirror;

	Comparison(DataSource source, DataSource mirror) {
		this.source = source;
		this.mirror = mirror;
	}

	List<Difference> compareAll() throws SQLException {
		List<Difference> differences = new ArrayList<>();
		for (LedgerTable table : LedgerTable.ALL) {
			differences.add(compare(table));
		}
		return differences;
	}

	Difference compare(LedgerTable table) throws SQLException {
		String columns = columns(table);
		try (Rows expected = new Rows(this.source, table, columns, table.name());
				Rows actual = new Rows(this.mirror, table, columns, table.inMirror())) {
			long missing = 0;
			long surplus = 0;
			long altered = 0;
			Row left = expected.next();
			Row right = actual.next();
			while (left != null || right != null) {
				int order = order(left, right);
				missing += (order < 0) ? 1 : 0;
				surplus += (order > 0) ? 1 : 0;
				altered += (order != 0 || Objects.equals(left, right)) ? 0 : 1;
				left = (order <= 0) ? expected.next() : left;
				right = (order >= 0) ? actual.next() : right;
			}
			return new Difference(table, expected.count, actual.count, missing, surplus, altered);
		}
	}

	/** What has ended stands behind everything. */
	private static int order(@Nullable Row left, @Nullable Row right) {
		if (left == null || right == null) {
			return (left != null) ? -1 : 1;
		}
		return left.compareTo(right);
	}

	/** All columns of the source's table, so that none can be forgotten here. */
	private String columns(LedgerTable table) throws SQLException {
		try (Connection connection = this.source.getConnection();
				PreparedStatement statement = connection
					.prepareStatement("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = ?::regclass "
							+ "AND attnum > 0 AND NOT attisdropped ORDER BY attnum")) {
			statement.setString(1, table.name());
			List<String> columns = new ArrayList<>();
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) {
					columns.add(result.getString(1));
				}
			}
			return columns.stream().collect(Collectors.joining(", "));
		}
	}

	/**
	 * A row.
	 *
	 * @param key its key, 0 where the table has none
	 * @param text all of its columns
	 * @param keyed whether the key alone orders it, and not the text: byte by byte then,
	 * as collation "C" does
	 */
	private record Row(long key, String text, boolean keyed) implements Comparable<Row> {

		@Override
		public int compareTo(Row other) {
			return this.keyed ? Long.compare(this.key, other.key)
					: Arrays.compareUnsigned(bytes(this.text), bytes(other.text));
		}

		private static byte[] bytes(String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}

	}

	/** The rows of one table in order, streamed. */
	private static final class Rows implements AutoCloseable {

		private final boolean keyed;

		private final Connection connection;

		private final Statement statement;

		private final ResultSet result;

		private long count;

		private Rows(DataSource database, LedgerTable table, String columns, String from) throws SQLException {
			this.keyed = table.key() != null;
			String sql = "SELECT %s, ROW(%s)::text FROM %s ORDER BY %s".formatted(
					this.keyed ? table.key() + "::bigint" : "0", columns, from,
					this.keyed ? table.key() : "ROW(" + columns + ")::text COLLATE \"C\"");
			this.connection = database.getConnection();
			try {
				// With auto-commit the driver would read all rows at once
				this.connection.setAutoCommit(false);
				this.statement = this.connection.createStatement();
				this.statement.setFetchSize(FETCH_SIZE);
				this.result = this.statement.executeQuery(sql);
			}
			catch (SQLException ex) {
				this.connection.close();
				throw ex;
			}
		}

		private @Nullable Row next() throws SQLException {
			if (!this.result.next()) {
				return null;
			}
			this.count++;
			return new Row(this.result.getLong(1), this.result.getString(2), this.keyed);
		}

		@Override
		public void close() throws SQLException {
			this.connection.rollback();
			this.connection.close();
		}

	}

}
