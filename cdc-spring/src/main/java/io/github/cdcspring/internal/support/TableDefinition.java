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

package io.github.cdcspring.internal.support;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A table of the starter: how it is created, and what its errors mean.
 *
 * @param name its name
 * @param use what it is, such as {@code offset table}
 * @param script the script that creates it
 * @param privileges what a role needs on it, such as {@code SELECT, INSERT}
 * @param setting the setting that makes the starter use the table, with its value
 * @param alternative what to do if the database is not PostgreSQL, a sentence
 * @param exception creates the exception from message and cause
 */
public record TableDefinition(TableName name, String use, TableScript script, String privileges, String setting,
		String alternative, BiFunction<String, Throwable, ? extends StoreException> exception) {

	/** The table is missing, or its schema, or a privilege. */
	private static final Set<String> SETUP = Set.of(SqlState.UNDEFINED_TABLE, SqlState.UNDEFINED_SCHEMA,
			SqlState.INSUFFICIENT_PRIVILEGE);

	/**
	 * Return the statement that creates the table, without a semicolon.
	 */
	String create() {
		return this.script.statement(this.name);
	}

	/**
	 * Explain an error.
	 * @param action 'read', 'write' or 'create'
	 * @param ex the error
	 * @param connection the connection, which knows product and user
	 * @return the exception, with what to do
	 */
	StoreException failure(String action, SQLException ex, Connection connection) {
		String state = (ex.getSQLState() != null) ? ex.getSQLState() : "";
		if (SqlState.isConnectionException(state)) {
			return unreachable(action, ex);
		}
		String product = product(connection);
		if (!product.isEmpty() && !product.toLowerCase(Locale.ROOT).contains("postgresql")) {
			return failure("Cannot %s %s: %s needs PostgreSQL, and the DataSource is %s. %s".formatted(action, this,
					this.setting, product, this.alternative), new UnsupportedDatabaseException(product, ex));
		}
		String problem = "Cannot %s %s: %s (SQLSTATE %s).".formatted(action, this, firstLine(ex), state);
		if (SETUP.contains(state)) {
			TableSetupException setup = setup(problem, ex, connection);
			return failure(problem + " " + solution(state, setup), setup);
		}
		return failure(problem + " " + solution(state), ex);
	}

	/** What a superuser can change. */
	private TableSetupException setup(String problem, SQLException ex, Connection connection) {
		try {
			TablePlace place = TablePlace.find(this.name, connection);
			return new TableSetupException(problem, statements(place, user(connection)), place.database(), ex);
		}
		catch (SQLException unreadable) {
			// The transaction has failed
			String state = String.valueOf(ex.getSQLState());
			String create = state.equals(SqlState.INSUFFICIENT_PRIVILEGE) ? "" : create() + "; ";
			return new TableSetupException(problem, List.of(create + "GRANT " + this.privileges + " ON "
					+ this.name.quoted() + " TO " + user(connection) + ";"), "", ex);
		}
	}

	/**
	 * The statements that let a role use the table.
	 */
	private List<String> statements(TablePlace place, String user) {
		List<String> statements = new ArrayList<>();
		String schema = (this.name.schema() != null) ? this.name.schema() : place.schema();
		if (schema == null) {
			schema = "public";
			statements.add("ALTER ROLE " + user + " SET search_path = " + schema + ";");
		}
		else if (place.schema() == null) {
			statements.add("CREATE SCHEMA IF NOT EXISTS " + SqlQuoting.identifier(schema) + ";");
		}
		TableName table = new TableName(schema, this.name.name());
		if (!place.present()) {
			statements.add(this.script.statement(table) + ";");
		}
		if (!place.usable()) {
			statements.add("GRANT USAGE ON SCHEMA " + SqlQuoting.identifier(schema) + " TO " + user + ";");
		}
		statements.add("GRANT " + this.privileges + " ON " + table.quoted() + " TO " + user + ";");
		return statements;
	}

	private static String solution(String state, TableSetupException setup) {
		String statements = "run: " + String.join(" ", setup.statements());
		return switch (state) {
			case SqlState.UNDEFINED_TABLE ->
				"The table does not exist. Allow the starter to create it, or " + statements;
			case SqlState.UNDEFINED_SCHEMA -> "The schema does not exist. As a superuser, " + statements;
			default -> "The role lacks a privilege. As a superuser, " + statements;
		};
	}

	StoreException unreachable(String action, Exception ex) {
		return failure(("Cannot %s %s: the database cannot be reached: %s. "
				+ "Check that it runs and that the pool has a free connection.")
			.formatted(action, this, firstLine(ex)), ex);
	}

	private StoreException failure(String message, Exception cause) {
		return this.exception.apply(message, cause);
	}

	private String solution(String state) {
		return switch (state) {
			case SqlState.UNDEFINED_COLUMN, SqlState.DATATYPE_MISMATCH, SqlState.INVALID_COLUMN_REFERENCE ->
				"The table has other columns than the starter needs. Configure another name, or run: " + "ALTER TABLE "
						+ this.name.quoted() + " RENAME TO "
						+ SqlQuoting.identifier(shortened(this.name.name()) + "_old") + "; " + create() + ";";
			case SqlState.QUERY_CANCELED ->
				"The statement took too long. See in pg_locks and pg_stat_activity which session locks table "
						+ this.name + ".";
			case SqlState.READ_ONLY_TRANSACTION ->
				"The transaction is read-only. Write on the primary, outside of @Transactional(readOnly = true).";
			case SqlState.DISK_FULL -> "The server's disk is full. Free space on it.";
			default -> "See the server's log.";
		};
	}

	private static String shortened(String name) {
		return (name.length() > 15) ? name.substring(0, 15) : name;
	}

	private static String user(Connection connection) {
		try {
			return SqlQuoting.identifier(connection.getMetaData().getUserName());
		}
		catch (SQLException ex) {
			return "CURRENT_USER";
		}
	}

	private static String product(Connection connection) {
		try {
			return connection.getMetaData().getDatabaseProductName();
		}
		catch (SQLException ex) {
			return "";
		}
	}

	// Later lines may contain a row
	private static String firstLine(Exception ex) {
		Throwable root = ex;
		while (root.getCause() instanceof SQLException cause) {
			root = cause;
		}
		String message = String.valueOf(root.getMessage());
		return message.lines().findFirst().orElse(message);
	}

	/** The use and the name. */
	@Override
	public String toString() {
		return this.use + " " + this.name;
	}

}
