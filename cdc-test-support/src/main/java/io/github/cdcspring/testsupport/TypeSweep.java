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

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A table with a column of each type of a server's catalogue, whose rows contain
 * {@link EdgeValues}. Each row is read by a snapshot and by the stream. What arrives is
 * given back to the server, which must print it like the row.
 */
public final class TypeSweep {

	/** All types that a column can have, except for the rows of tables. */
	private static final String TYPES = "SELECT format('%I.%I', n.nspname, t.typname), t.typname, t.typdelim, "
			+ "element.typname, t.typinput = 'array_in'::regproc "
			+ "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
			+ "LEFT JOIN pg_type element ON element.oid = t.typelem AND t.typinput = 'array_in'::regproc "
			+ "WHERE t.typtype IN ('b', 'd', 'e', 'm', 'r', 'c') AND t.typisdefined "
			+ "AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c') "
			+ "AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = element.typrelid AND c.relkind <> 'c') "
			+ "AND element.typtype IS DISTINCT FROM 'p' AND t.typname NOT LIKE 'pg\\_toast%' ORDER BY t.oid";

	private static final String[] OWN_TYPES = { "CREATE TYPE mood AS ENUM ('sad', 'a,b', 'NULL', '\"x\\', '')",
			"CREATE TYPE nothing AS ENUM ()", "CREATE TYPE old_hstore AS ENUM ('a')", "CREATE DOMAIN feeling AS mood",
			"CREATE DOMAIN amount AS numeric(10,2)", "CREATE DOMAIN flag AS bit(1)", "CREATE DOMAIN tags AS text[]",
			"CREATE TYPE address AS (street text, number int)",
			"CREATE TYPE span AS RANGE (subtype = interval, multirange_type_name = spans)", "CREATE TYPE colon",
			"CREATE FUNCTION colon_in(cstring) RETURNS colon LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
			"CREATE FUNCTION colon_out(colon) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
			"CREATE TYPE colon (INPUT = colon_in, OUTPUT = colon_out, INTERNALLENGTH = VARIABLE, "
					+ "ALIGNMENT = int4, STORAGE = extended, DELIMITER = ':', CATEGORY = 'A')",
			"CREATE DOMAIN colon_domain AS colon",
			"CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'",
			"CREATE OPERATOR <+> (LEFTARG = int, RIGHTARG = int, FUNCTION = plus)", "CREATE COLLATION plain FROM \"C\"",
			"CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple)",
			"CREATE TEXT SEARCH CONFIGURATION phrases (COPY = simple)" };

	/** Settings in which the starter reads values. */
	private static final String[] OWN_SESSION = { "SET bytea_output = hex", "SET IntervalStyle = postgres",
			"SET DateStyle = 'ISO'", "SET TimeZone = 'UTC'", "SET extra_float_digits = 3",
			"SET search_path = pg_catalog" };

	/** The value types of the library, whose text the server reads. */
	private static final Set<String> LIBRARY_TYPES = Set.of("io.github.cdcspring.Lsn",
			"io.github.cdcspring.PostgresInterval");

	/** The table that the source has to capture, snapshot included. */
	public static final String TABLE = "public.sweep";

	private final TestDatabase database;

	private final Function<TestDatabase, RowSource> source;

	private final List<Type> types = new ArrayList<>();

	private final List<String> differences = new ArrayList<>();

	private int values;

	/**
	 * Create a sweep.
	 * @param source starts a source of the rows of {@link #TABLE}
	 */
	public TypeSweep(TestDatabase database, Function<TestDatabase, RowSource> source) {
		this.database = database;
		this.source = source;
	}

	/**
	 * Sweep all types.
	 * @param hostile settings of the database
	 * @param schema the schema of the extensions
	 * @param extensions extensions to create
	 * @return what differs from the server's text
	 */
	public List<String> run(List<String> hostile, String schema, List<String> extensions) throws Exception {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			statement.execute("CREATE SCHEMA IF NOT EXISTS " + schema);
			for (String extension : extensions) {
				statement.execute("CREATE EXTENSION IF NOT EXISTS \"" + extension + "\" SCHEMA " + schema + " CASCADE");
			}
			for (String sql : OWN_TYPES) {
				statement.execute(sql);
			}
			readTypes(statement);
			int rows = insert(statement);
			for (String setting : hostile) {
				statement.execute("ALTER DATABASE " + this.database.name() + " SET " + setting);
			}
			for (String sql : OWN_SESSION) {
				statement.execute(sql);
			}
			receive(connection, statement, rows);
		}
		return this.differences;
	}

	public int values() {
		return this.values;
	}

	public int types() {
		return this.types.size();
	}

	private void readTypes(Statement statement) throws SQLException {
		ResultSet results = statement.executeQuery(TYPES);
		while (results.next()) {
			String name = results.getString(2);
			String element = results.getBoolean(5) ? results.getString(4) : null;
			List<String> values = EdgeValues.of((element != null) ? element : name);
			if (values == null) {
				this.differences.add("no values are known for type " + name);
				continue;
			}
			this.types.add(new Type("c" + this.types.size(), results.getString(1), element != null,
					results.getString(3).charAt(0), values));
		}
	}

	/** Each row has one value of each type, or NULL. */
	private int insert(Statement statement) throws SQLException {
		statement.execute("CREATE TABLE " + TABLE + " (id int PRIMARY KEY, "
				+ this.types.stream().map((type) -> type.column + " " + type.name).collect(Collectors.joining(", "))
				+ ")");
		int rows = this.types.stream().mapToInt((type) -> type.expressions().size()).max().orElseThrow();
		for (int row = 0; row < rows; row++) {
			StringBuilder sql = new StringBuilder("INSERT INTO " + TABLE + " VALUES (" + row);
			for (Type type : this.types) {
				List<String> expressions = type.expressions();
				sql.append(", ").append((row < expressions.size()) ? expressions.get(row) : "NULL");
			}
			statement.execute(sql.append(")").toString());
		}
		return rows;
	}

	private void receive(Connection connection, Statement statement, int rows) throws Exception {
		try (RowSource source = this.source.apply(this.database)) {
			statement.execute("INSERT INTO " + TABLE + " SELECT id + 1000, "
					+ this.types.stream().map(Type::column).collect(Collectors.joining(", ")) + " FROM " + TABLE);
			for (RowSource.Row row : source.rows(2 * rows)) {
				compare(connection, row.values(), row.snapshot() ? "snapshot" : "stream");
			}
		}
	}

	private void compare(Connection connection, Map<String, @Nullable Object> row, String way) throws SQLException {
		Map<String, String> expected = expected(connection, (int) Objects.requireNonNull(row.get("id")));
		Map<Type, String> literals = new LinkedHashMap<>();
		for (Type type : this.types) {
			Object value = row.get(type.column);
			String text = expected.get(type.column);
			if (value == null || text == null) {
				if (value != null || text != null) {
					differ(way, type, text, value);
				}
				continue;
			}
			this.values++;
			if (value instanceof String) {
				if (!value.equals(text)) {
					differ(way, type, text, value);
				}
				continue;
			}
			literals.put(type, type.print(value));
		}
		readBack(connection, literals, expected, way);
	}

	private Map<String, String> expected(Connection connection, int id) throws SQLException {
		String columns = this.types.stream().map(Type::expected).collect(Collectors.joining(", "));
		try (Statement statement = connection.createStatement();
				ResultSet results = statement
					.executeQuery("SELECT " + columns + " FROM " + TABLE + " WHERE id = " + id)) {
			results.next();
			Map<String, String> expected = new LinkedHashMap<>();
			for (int i = 0; i < this.types.size(); i++) {
				expected.put(this.types.get(i).column, results.getString(i + 1));
			}
			return expected;
		}
	}

	private void readBack(Connection connection, Map<Type, String> literals, Map<String, String> expected, String way)
			throws SQLException {
		String sql = "SELECT " + literals.keySet()
			.stream()
			.map((type) -> "format('%s', CAST(? AS " + type.name + "))")
			.collect(Collectors.joining(", "));
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			int parameter = 1;
			for (String literal : literals.values()) {
				statement.setObject(parameter++, literal, java.sql.Types.OTHER);
			}
			ResultSet results = statement.executeQuery();
			results.next();
			int column = 1;
			for (Map.Entry<Type, String> literal : literals.entrySet()) {
				String actual = results.getString(column++);
				String text = expected.get(literal.getKey().column);
				if (!Objects.equals(actual, text)) {
					differ(way, literal.getKey(), text, actual);
				}
			}
		}
	}

	private void differ(String way, Type type, @Nullable String expected, @Nullable Object actual) {
		this.differences
			.add(way + " of " + type.name + ": the server has " + expected + ", but " + actual + " arrived");
	}

	private record Type(String column, String name, boolean array, char delimiter, List<String> values) {

		/** For an array: all values and NULL, none, two dimensions. */
		List<String> expressions() {
			if (!this.array) {
				return this.values.stream().map((value) -> quote(value) + "::" + this.name).toList();
			}
			List<String> expressions = new ArrayList<>();
			expressions.add("'{}'::" + this.name);
			if (!this.values.isEmpty()) {
				List<@Nullable Object> all = new ArrayList<>(this.values);
				all.add(null);
				expressions.add(quote(array(all)) + "::" + this.name);
				expressions.add(quote(array(List.of(this.values, this.values))) + "::" + this.name);
			}
			return expressions;
		}

		private static String quote(String value) {
			return "E'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
		}

		private String array(List<? extends @Nullable Object> elements) {
			return elements.stream()
				.map((element) -> (element instanceof List<?> list) ? array(list)
						: (element != null) ? quoted(printScalar(element)) : "NULL")
				.collect(Collectors.joining(String.valueOf(this.delimiter), "{", "}"));
		}

		private static String quoted(String element) {
			return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
		}

		/** The server's text. */
		String expected() {
			return "CASE WHEN num_nonnulls(" + this.column + ") > 0 THEN format('%s', " + this.column + ") END";
		}

		String print(Object value) {
			return (value instanceof List<?> list) ? array(list) : printScalar(value);
		}

		/** The text that the server reads. */
		private String printScalar(Object value) {
			if (value instanceof Boolean bit && !this.name.endsWith("bool")) {
				return bit ? "1" : "0";
			}
			if (value instanceof BigDecimal number) {
				return number.toPlainString();
			}
			if (value instanceof byte[] bytes) {
				return "\\x" + HexFormat.of().formatHex(bytes);
			}
			if (value instanceof LocalDate date) {
				return date.equals(LocalDate.MAX) ? "infinity"
						: date.equals(LocalDate.MIN) ? "-infinity" : era(date(date), date);
			}
			if (value instanceof LocalDateTime dateTime) {
				return dateTime.equals(LocalDateTime.MAX) ? "infinity" : dateTime.equals(LocalDateTime.MIN)
						? "-infinity"
						: era(date(dateTime.toLocalDate()) + " " + dateTime.toLocalTime(), dateTime.toLocalDate());
			}
			if (value instanceof Instant instant) {
				if (instant.equals(Instant.MAX) || instant.equals(Instant.MIN)) {
					return instant.equals(Instant.MAX) ? "infinity" : "-infinity";
				}
				LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
				return era(date(utc.toLocalDate()) + " " + utc.toLocalTime() + "+00", utc.toLocalDate());
			}
			if (value instanceof LocalTime time) {
				return time.equals(LocalTime.MAX) ? "24:00" : time.toString();
			}
			if (value instanceof OffsetTime time) {
				return (time.toLocalTime().equals(LocalTime.MAX) ? "24:00"
						: time.format(DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS")))
						+ time.format(DateTimeFormatter.ofPattern("xxxxx"));
			}
			if (value instanceof Map<?, ?> map) {
				return map.entrySet()
					.stream()
					.map((entry) -> quoted((String) entry.getKey()) + "=>"
							+ ((entry.getValue() != null) ? quoted((String) entry.getValue()) : "NULL"))
					.collect(Collectors.joining(", "));
			}
			if (value instanceof String || value instanceof Number || value instanceof Boolean || value instanceof UUID
					|| LIBRARY_TYPES.contains(value.getClass().getName())) {
				return value.toString();
			}
			throw new AssertionError("unexpected natural type " + value.getClass());
		}

		private static String date(LocalDate date) {
			int year = (date.getYear() > 0) ? date.getYear() : 1 - date.getYear();
			return "%04d-%02d-%02d".formatted(year, date.getMonthValue(), date.getDayOfMonth());
		}

		private static String era(String text, LocalDate date) {
			return (date.getYear() > 0) ? text : text + " BC";
		}

	}

}
