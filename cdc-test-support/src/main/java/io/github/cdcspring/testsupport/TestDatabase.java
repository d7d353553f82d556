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

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of a test server, and the statements that tests run in it.
 *
 * @param host the server's host
 * @param port the server's port
 * @param name the database, which also serves as a unique slot name
 * @param user a superuser, unless a test takes another role
 * @param password the user's password
 */
public record TestDatabase(String host, int port, String name, String user, String password) {

	/**
	 * The role of an application, which is no superuser: the user if it is none, and
	 * otherwise the least-privilege role of the documentation, with the same password.
	 */
	public String applicationRole() {
		return this.user.equals(EmbeddedPostgresServer.USER) ? ApplicationRole.of(this.name) : this.user;
	}

	/**
	 * The same database, as an application uses it.
	 */
	public TestDatabase asApplication() {
		return new TestDatabase(this.host, this.port, this.name, applicationRole(), this.password);
	}

	/**
	 * Let the application's role own the database and all that is created in it, as the
	 * comfortable role of the documentation: it may create and alter its publication,
	 * create tables in the schema {@code public}, and write to all tables.
	 */
	public void grantOwnership() {
		if (!isOwnedByApplication()) {
			ApplicationRole.ownDatabase(this);
		}
	}

	/**
	 * Let listeners of the application write to tables that are not the starter's.
	 */
	public void grantWriting(String... tables) {
		execute("GRANT SELECT, INSERT, UPDATE, DELETE ON " + String.join(", ", tables) + " TO " + applicationRole(),
				"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + applicationRole());
	}

	/**
	 * Publish tables as the documentation lets an administrator do it, unless the
	 * publication exists.
	 * @param publication the name of the publication
	 * @param tables the quoted names of the tables
	 */
	public void publish(String publication, String tables) {
		if (queryForTexts("SELECT pubname FROM pg_publication WHERE pubname = '" + publication + "'").isEmpty()) {
			execute(ApplicationRole.createPublication(this, '"' + publication + '"', tables));
		}
	}

	/**
	 * Whether the application's role owns the database.
	 */
	public boolean isOwnedByApplication() {
		return applicationRole()
			.equals(queryForText("SELECT datdba::regrole::text FROM pg_database WHERE datname = '" + this.name + "'"));
	}

	public String jdbcUrl() {
		return "jdbc:postgresql://" + this.host + ":" + this.port + "/" + this.name;
	}

	public DataSource dataSource() {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(jdbcUrl());
		dataSource.setUser(this.user);
		dataSource.setPassword(this.password);
		return dataSource;
	}

	public Connection connect() throws SQLException {
		return dataSource().getConnection();
	}

	/**
	 * Run statements, each in a transaction of its own.
	 */
	public void execute(String... statements) {
		TestConnections.call(this, (connection) -> {
			try (Statement statement = connection.createStatement()) {
				for (String sql : statements) {
					statement.execute(sql);
				}
				return statements;
			}
		});
		if (Arrays.stream(statements).anyMatch((sql) -> sql.startsWith("ALTER DATABASE"))) {
			// Its settings hold for new connections
			TestConnections.close(this);
		}
	}

	/**
	 * Run statements in one transaction.
	 */
	public void inTransaction(String... statements) {
		TestConnections.call(this, (connection) -> {
			try (Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				for (String sql : statements) {
					statement.execute(sql);
				}
				connection.commit();
				connection.setAutoCommit(true);
				return statements;
			}
		});
	}

	/**
	 * The first column of the first row as text.
	 */
	public @Nullable String queryForText(String sql) {
		List<@Nullable String> column = queryForTexts(sql);
		return column.isEmpty() ? null : column.get(0);
	}

	/**
	 * The first column of all rows as text.
	 */
	public List<@Nullable String> queryForTexts(String sql) {
		return TestConnections.call(this, (connection) -> {
			try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
				List<@Nullable String> column = new ArrayList<>();
				while (result.next()) {
					column.add(result.getString(1));
				}
				return column;
			}
		});
	}

	/**
	 * Return whether the server sends changes from a slot. A slot is active before that,
	 * while it is created; snapshots are read in between.
	 */
	public boolean isStreaming(String slot) {
		return "streaming".equals(queryForText("SELECT state FROM pg_stat_replication "
				+ "JOIN pg_replication_slots ON active_pid = pid WHERE slot_name = '" + slot + "'"));
	}

	/**
	 * Wait until no process receives from a slot. The server's process ends a moment
	 * after its client has closed the connection.
	 */
	public void awaitFree(String slot) {
		Awaitility.await()
			.until(() -> "0".equals(queryForText(
					"SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '" + slot + "'")));
	}

	/**
	 * Drop the database and its replication slots.
	 */
	void drop() {
		TestConnections.close(this);
		TestDatabase server = new TestDatabase(this.host, this.port, "postgres", this.user, this.password);
		server.queryForTexts(
				"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND database = '"
						+ this.name + "'");
		server.execute("DROP DATABASE IF EXISTS " + this.name + " WITH (FORCE)",
				"DROP ROLE IF EXISTS " + ApplicationRole.of(this.name));
	}

}
