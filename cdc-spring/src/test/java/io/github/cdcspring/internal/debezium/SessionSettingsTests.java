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

package io.github.cdcspring.internal.debezium;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.debezium.jdbc.JdbcConfiguration;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class SessionSettingsTests {

	@ParameterizedTest
	@CsvSource({ "false, 14, idle_session_timeout", "false, 17, transaction_timeout", "true, 14, idle_session_timeout",
			"true, 17, transaction_timeout" })
	void timeoutsOfNewerServersDoNotEndSessions(boolean replication, int since, String setting, TestDatabase database)
			throws SQLException {
		Assumptions.assumeTrue(Integer.parseInt(database.queryForText("SHOW server_version_num")) / 10_000 >= since);
		database.execute("ALTER DATABASE " + database.name() + " SET " + setting + " = '10min'");
		try (Connection connection = new TextConnectionFactory().connect(configuration(database, replication));
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SHOW " + setting)) {
			row.next();
			assertThat(row.getString(1)).isEqualTo("0");
		}
	}

	@ParameterizedTest
	@CsvSource({ "false, statement_timeout", "false, lock_timeout", "false, idle_in_transaction_session_timeout",
			"true, statement_timeout", "true, lock_timeout", "true, idle_in_transaction_session_timeout" })
	void timeoutsOfTheRoleDoNotEndStatements(boolean replication, String setting, TestDatabase database)
			throws SQLException {
		database.execute("ALTER DATABASE " + database.name() + " SET " + setting + " = '10min'");
		try (Connection connection = new TextConnectionFactory().connect(JdbcConfiguration
			.adapt(configuration(database, replication).edit().with("options", SessionSettings.options(null)).build()));
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SHOW " + setting)) {
			row.next();
			assertThat(row.getString(1)).isEqualTo("0");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void namesAreWrittenWithTheirSchemaWhateverTheSearchPath(boolean replication, TestDatabase database)
			throws SQLException {
		database.execute("ALTER DATABASE " + database.name() + " SET search_path = public");
		JdbcConfiguration configuration = JdbcConfiguration.adapt(configuration(database, replication).edit()
			.with("options", SessionSettings.options("-c search_path=public"))
			.with("currentSchema", "public")
			.build());
		assertThat(searchPath(configuration)).isEqualTo("pg_catalog");
	}

	/** Kafka Connect's heartbeat may run a statement of the user's own. */
	@Test
	void resetSessionHasTheSearchPathOfTheUser(TestDatabase database) throws SQLException {
		database.execute("CREATE SCHEMA own", "CREATE TABLE own.beats (id int)");
		JdbcConfiguration configuration = JdbcConfiguration
			.adapt(configuration(database, false).edit().with("currentSchema", "own").build());
		try (Connection connection = new TextConnectionFactory().connect(configuration);
				Statement statement = connection.createStatement()) {
			statement.execute("RESET search_path; INSERT INTO beats VALUES (1)");
		}
		assertThat(database.queryForText("SELECT count(*) FROM own.beats")).isEqualTo("1");
	}

	private static String searchPath(JdbcConfiguration configuration) throws SQLException {
		try (Connection connection = new TextConnectionFactory().connect(configuration);
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SHOW search_path")) {
			row.next();
			return row.getString(1);
		}
	}

	private static JdbcConfiguration configuration(TestDatabase database, boolean replication) {
		JdbcConfiguration.Builder builder = JdbcConfiguration.create()
			.withHostname(database.host())
			.withPort(database.port())
			.withDatabase(database.name())
			.withUser(database.user())
			.withPassword(database.password());
		return (replication ? builder.with("replication", "database")
			.with("preferQueryMode", "simple")
			.with("assumeMinServerVersion", "10") : builder).build();
	}

}
