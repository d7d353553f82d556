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

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * The conditions that a row of a table has to meet. Names are quoted, operators come from
 * a fixed list, and values are parameters, whose type the server takes from the column. A
 * column is compared as its type does, whatever the session's search path.
 *
 * @param all the conditions, none for all rows
 */
record Conditions(List<Condition> all) {

	static final Conditions NONE = new Conditions(List.of());

	/** A part of an index that begins with the column is read with these only. */
	private static final Set<String> BOUNDS = Set.of("=", "<", "<=", ">", ">=", "in");

	Conditions {
		all = List.copyOf(all);
	}

	/**
	 * Those that bound the part of an index that is read.
	 * @param column the first column of the index
	 */
	Conditions bounding(String column) {
		return new Conditions(this.all.stream()
			.filter((condition) -> condition.column().equals(column) && BOUNDS.contains(condition.operator()))
			.toList());
	}

	/** Each as SQL, to be joined by AND. */
	List<String> sql(ColumnOperators operators) {
		return this.all.stream().map(operators::compare).toList();
	}

	/** The values, in the order of their parameters. */
	List<String> values() {
		return this.all.stream().flatMap((condition) -> condition.values().stream()).toList();
	}

	/** Without their values, which are data. */
	List<String> describe() {
		return this.all.stream().map(Condition::toString).toList();
	}

	/**
	 * Check the conditions.
	 * @param connection a connection whose session reads rows
	 * @param described the table, with the columns that the stream contains
	 * @return the conditions with their values in the form in which the server writes
	 * them, so that each chunk is read with the same ones
	 * @throws CdcException if the stream has no such column, or the server cannot compare
	 */
	Conditions check(Connection connection, BackfillTable described) throws SQLException {
		requireSent(described);
		TableId table = described.table();
		ColumnOperators operators = ColumnOperators.read(connection, table);
		List<Condition> checked = new ArrayList<>();
		for (Condition condition : this.all) {
			String type = String.valueOf(operators.type(condition.column()));
			List<String> values = new ArrayList<>();
			for (String value : condition.values()) {
				values.add(read(connection, condition, type, value));
			}
			Condition read = new Condition(condition.column(), condition.operator(), values);
			compare(connection, table, read, operators.compare(read), type);
			checked.add(read);
		}
		return new Conditions(checked);
	}

	/**
	 * A column that the stream leaves out is confidential, and which rows meet a
	 * condition would tell its values.
	 * @throws CdcException if there is no such column in the stream
	 */
	void requireSent(BackfillTable table) {
		List<String> sent = table.columns().stream().map(TableColumn::name).toList();
		for (Condition condition : this.all) {
			if (!sent.contains(condition.column())) {
				throw new CdcException("The stream of table " + LogSafe.of(table.table().toString())
						+ " has no column '" + LogSafe.of(condition.column())
						+ "', so no rows can be chosen by it. Use the exact name of one of "
						+ LogSafe.of(String.join(", ", sent)) + ".");
			}
		}
	}

	/** The size of their text, which is stored. */
	int bytes() {
		return this.all.stream()
			.flatMap((condition) -> Stream.concat(Stream.of(condition.column(), condition.operator()),
					condition.values().stream()))
			.mapToInt((text) -> text.getBytes(StandardCharsets.UTF_8).length)
			.sum();
	}

	/** The server's message may contain the value, so it is dropped. */
	private static String read(Connection connection, Condition condition, String type, String value)
			throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT CAST(CAST(?::text AS " + type + ") AS text)")) {
			statement.setString(1, value);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return String.valueOf(row.getString(1));
			}
		}
		catch (SQLException ex) {
			rethrowIfUnavailable(ex);
			throw new CdcException("A value of the condition on column '" + LogSafe.of(condition.column())
					+ "' cannot be read as its type " + LogSafe.of(type) + ", so no rows can be chosen by it. Give a "
					+ "value of this type.");
		}
	}

	private static void compare(Connection connection, TableId table, Condition condition, String sql, String type)
			throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT FROM " + SqlQuoting.table(table) + " WHERE " + sql + " LIMIT 0")) {
			int parameter = 1;
			for (String value : condition.values()) {
				statement.setString(parameter++, value);
			}
			statement.executeQuery().close();
		}
		catch (SQLException ex) {
			rethrowIfUnavailable(ex);
			throw new CdcException("The server cannot compare column '" + LogSafe.of(condition.column()) + "' of type "
					+ LogSafe.of(type) + " by the operator '" + condition.operator() + "' (SQL state "
					+ ex.getSQLState() + "). Use another column or operator.");
		}
	}

	private static void rethrowIfUnavailable(SQLException ex) throws SQLException {
		String state = String.valueOf(ex.getSQLState());
		if (state.startsWith("08") || state.startsWith("53") || state.startsWith("57")) {
			throw ex;
		}
	}

	/** Contains no value. */
	@Override
	public String toString() {
		return this.all.stream().map(Condition::toString).collect(Collectors.joining(" and "));
	}

}
