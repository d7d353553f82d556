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
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * A table of the starter: how it is created, and what its errors mean.
 *
 * @param name its name
 * @param use what it is, such as {@code offset table}
 * @param columns its columns and constraints as SQL
 * @param rights what a role needs on it, such as {@code SELECT, INSERT}
 * @param setting the setting that makes the table be used, with its value
 * @param otherwise what to do where the database is not PostgreSQL, a sentence
 * @param exception makes the exception from message and cause
 */
public record TableDefinition(TableName name, String use, String columns, String rights, String setting,
		String otherwise, BiFunction<String, Throwable, ? extends StoreException> exception) {

	/**
	 * The statement that creates it.
	 * @return the statement, without a semicolon
	 */
	public String create() {
		return "CREATE TABLE IF NOT EXISTS " + this.name.quoted() + " (" + this.columns + ")";
	}

	/**
	 * What an error means and what cures it.
	 * @param action 'read', 'write' or 'create'
	 * @param ex the error
	 * @param connection where it happened, to name product and user
	 */
	StoreException failure(String action, SQLException ex, Connection connection) {
		String state = (ex.getSQLState() != null) ? ex.getSQLState() : "";
		if (state.startsWith("08")) {
			return unreachable(action, ex);
		}
		String product = product(connection);
		if (!product.isEmpty() && !product.toLowerCase(Locale.ROOT).contains("postgresql")) {
			return failure("Cannot %s %s: %s needs PostgreSQL, and the DataSource is %s. %s".formatted(action, this,
					this.setting, product, this.otherwise), ex);
		}
		return failure("Cannot %s %s: %s (SQLSTATE %s). %s".formatted(action, this, firstLine(ex), state,
				cure(action, state, connection)), ex);
	}

	StoreException unreachable(String action, Exception ex) {
		return failure(("Cannot %s %s: the database cannot be reached: %s. "
				+ "Check that it runs and that the pool has a free connection.")
			.formatted(action, this, firstLine(ex)), ex);
	}

	private StoreException failure(String message, Exception cause) {
		return this.exception.apply(message, cause);
	}

	private String cure(String action, String state, Connection connection) {
		return switch (state) {
			case "42P01" ->
				"The table does not exist. Allow the starter to create it, or run: " + createSchema() + create() + ";";
			case "3F000" -> "The schema does not exist. Run: " + ((this.name.schema() != null) ? createSchema().strip()
					: "ALTER ROLE " + user(connection) + " SET search_path = public;");
			case "42501" -> "The role lacks a right. Run: " + grants(action, user(connection));
			case "42703", "42804",
					"42P10" ->
				"The table is not one of this starter. Name another one, or run: " + "ALTER TABLE " + this.name.quoted()
						+ " RENAME TO " + SqlQuoting.identifier(shortened(this.name.name()) + "_old") + "; " + create()
						+ ";";
			case "57014" -> "It took too long. See in pg_locks and pg_stat_activity who holds table " + this.name + ".";
			case "25006" -> "The transaction is read-only. Save positions on the primary, outside of "
					+ "@Transactional(readOnly = true).";
			case "53100" -> "The server's disk is full. Free space there.";
			default -> "See the server's log.";
		};
	}

	private String createSchema() {
		return (this.name.schema() != null)
				? "CREATE SCHEMA IF NOT EXISTS " + SqlQuoting.identifier(this.name.schema()) + "; " : "";
	}

	private String grants(String action, String user) {
		String use = ((this.name.schema() != null)
				? "GRANT USAGE ON SCHEMA " + SqlQuoting.identifier(this.name.schema()) + " TO " + user + "; " : "")
				+ "GRANT " + this.rights + " ON " + this.name.quoted() + " TO " + user + ";";
		return action.equals("create") ? create() + "; " + use : use;
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

	// The lines after the first can carry the row
	private static String firstLine(Exception ex) {
		Throwable root = ex;
		while (root.getCause() instanceof SQLException cause) {
			root = cause;
		}
		String message = String.valueOf(root.getMessage());
		return message.lines().findFirst().orElse(message);
	}

	/** What it is, and its name. */
	@Override
	public String toString() {
		return this.use + " " + this.name;
	}

}
