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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;

import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How the server treats the statements of a connection.
 */
@PostgresTest
class SourceDatabaseTests {

	@Test
	void serverGivesAStatementUpBeforeTheClientDoes(TestDatabase database) throws SQLException {
		SourceDatabase source = new SourceDatabase(new TestEngine().on(database).settings(), Duration.ofSeconds(5));
		assertThat(statementTimeout(source)).isEqualTo("4500ms");
		assertThat(statementTimeout(source.forRows())).isEqualTo("4500ms");
	}

	/** Its machine is gone, and a standby was promoted. */
	@Test
	void hostThatDropsWhatItIsSentDoesNotKeepFromTheNextOne(TestDatabase database) throws Exception {
		try (TcpProxy lost = TcpProxy.to(database.host(), database.port())) {
			lost.drop();
			assertThat(reaches(database, lost)).isTrue();
		}
	}

	/** A packet that is lost is sent again after a second. */
	@Test
	void hostThatDropsWhatItIsSentLeavesTimeForOneThatIsSlow(TestDatabase database) throws Exception {
		try (TcpProxy lost = TcpProxy.to(database.host(), database.port());
				TcpProxy slow = TcpProxy.to(database.host(), database.port())) {
			lost.drop();
			slow.drop();
			SourceDatabase source = new SourceDatabase(new TestEngine().on(slow.through(database))
				.reachedAt("localhost:" + lost.port() + ",localhost", Map.of())
				.settings(), Duration.ofSeconds(4));
			FutureTask<Integer> reached = new FutureTask<>(() -> reachedPort(source));
			new Thread(reached).start();
			await().until(() -> reached.isDone() || slow.isAsked());
			slow.restore();
			assertThat(reached.get()).isEqualTo(slow.port());
		}
	}

	@Test
	void hostThatAcceptsAndDoesNotAnswerDoesNotKeepFromTheNextOne(TestDatabase database) throws Exception {
		try (TcpProxy hanging = TcpProxy.to(database.host(), database.port())) {
			hanging.accept(false);
			assertThat(reaches(database, hanging)).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "primary, false", "any, true" })
	void hostThatWasThePrimaryComesFirstIfThatIsWanted(String wanted, boolean returns, TestDatabase database)
			throws Exception {
		try (TcpProxy first = TcpProxy.to(database.host(), database.port())) {
			SourceDatabase source = new SourceDatabase(new TestEngine().on(database)
				.reachedAt("localhost:" + first.port() + "," + database.host(), Map.of("targetServerType", wanted))
				.settings(), Duration.ofSeconds(4));
			assertThat(reachedPort(source)).isEqualTo(first.port());
			first.drop();
			assertThat(reachedPort(source)).isEqualTo(database.port());
			first.restore();
			assertThat(reachedPort(source)).isEqualTo(returns ? first.port() : database.port());
		}
	}

	@Test
	void theProbeForAPrimaryTellsTheStartWhichHostItHasReached(TestDatabase database) throws Exception {
		try (TcpProxy first = TcpProxy.to(database.host(), database.port())) {
			SourceDatabase source = new SourceDatabase(new TestEngine().on(database)
				.reachedAt("localhost:" + first.port() + "," + database.host(), Map.of("targetServerType", "primary"))
				.settings(), Duration.ofSeconds(4));
			assertThat(reachedPort(source)).isEqualTo(first.port());
			first.drop();
			assertThat(reachedPort(source.within(Duration.ofSeconds(2)))).isEqualTo(database.port());
			first.restore();
			assertThat(reachedPort(source)).isEqualTo(database.port());
		}
	}

	private static int reachedPort(SourceDatabase source) throws SQLException {
		SourceDatabase.Reached reached = source.open();
		reached.connection().close();
		return reached.endpoint().details().port();
	}

	private static boolean reaches(TestDatabase database, TcpProxy first) throws SQLException {
		String hosts = "localhost:" + first.port() + "," + database.host();
		SourceDatabase source = new SourceDatabase(new TestEngine().on(database).reachedAt(hosts, Map.of()).settings(),
				Duration.ofSeconds(4));
		try (Connection connection = source.connect()) {
			return connection.isValid(0);
		}
	}

	private static String statementTimeout(SourceDatabase source) throws SQLException {
		try (Connection connection = source.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SHOW statement_timeout")) {
			row.next();
			return row.getString(1);
		}
	}

}
