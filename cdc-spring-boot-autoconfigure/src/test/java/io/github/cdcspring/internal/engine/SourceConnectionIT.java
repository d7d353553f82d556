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

package io.github.cdcspring.internal.engine;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.cdcspring.autoconfigure.CdcConnectionDetails;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The forms of a URL, and credentials that change, on a server that asks for passwords.
 */
@PostgresTest
class SourceConnectionIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static final String ROLE = "us+er%2F/?&=#:@ \u00fc";

	private static final String PASSWORD = "p+w%41/?&=#:@ \u00fc";

	private static @Nullable TestPostgres server;

	private TestDatabase database = server().database("postgres");

	@BeforeAll
	static void startServer(@TempDir Path directory) throws IOException {
		Path rules = Files.writeString(directory.resolve("hba.conf"), """
				local all all trust
				host all postgres all trust
				host all all all scram-sha-256
				""");
		server = TestPostgres.start(Map.of("hba_file", rules.toString(), "listen_addresses", "127.0.0.1,::1"));
		server.database("postgres")
			.execute("CREATE ROLE \"" + ROLE + "\" LOGIN REPLICATION PASSWORD '" + PASSWORD + "'",
					"CREATE ROLE rotated LOGIN REPLICATION PASSWORD 'first'");
	}

	@AfterAll
	static void stopServer() throws Exception {
		server().close();
	}

	private static TestPostgres server() {
		TestPostgres started = server;
		if (started == null) {
			throw new IllegalStateException("The server is not started");
		}
		return started;
	}

	@BeforeEach
	void createTable() {
		this.database = server().createDatabase();
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)",
				"GRANT " + this.database.applicationRole() + " TO \"" + ROLE + "\", rotated");
	}

	static Stream<String> urls() {
		int unused = 1;
		String credentials = "user=" + encoded(ROLE) + "&password=" + encoded(PASSWORD);
		return Stream.of("//localhost:{port}/{db}?" + credentials, "//127.0.0.1:{port}/{db}?" + credentials,
				"//[::1]:{port}/{db}?" + credentials,
				"//localhost:" + unused + ",localhost:{port}/{db}?targetServerType=primary&" + credentials,
				"//localhost:" + unused + ",[::1]:{port},localhost:" + unused + "/{db}?" + credentials,
				"//localhost:{port}/{db}?currentSchema=other,public&options=-c%20work_mem=8MB&ApplicationName=mine&"
						+ "tcpKeepAlive=false&socketTimeout=30&reWriteBatchedInserts=true&" + credentials,
				"//localhost:{port}/{db}?sslmode=prefer&gssEncMode=disable&loginTimeout=20&" + credentials);
	}

	@ParameterizedTest
	@MethodSource("urls")
	void receivesOverEachFormOfUrl(String url) {
		receives("jdbc:postgresql:"
				+ url.replace("{port}", String.valueOf(server().port())).replace("{db}", this.database.name()));
	}

	@Test
	void receivesOverTheDefaultPort() throws IOException {
		// The same test of another build may use the port
		try (TcpProxy proxy = await().ignoreExceptions()
			.until(() -> TcpProxy.on(5432, "127.0.0.1", server().port()), Objects::nonNull)) {
			receives("jdbc:postgresql://127.0.0.1/" + this.database.name() + "?user=" + encoded(ROLE) + "&password="
					+ encoded(PASSWORD));
		}
	}

	private void receives(String url) {
		try (TestApplication application = TestApplication.run(this.database, Numbers.class,
				"cdc.connection.url=" + url)) {
			this.database.execute("INSERT INTO numbers VALUES (1)");
			Numbers numbers = application.bean(Numbers.class);
			await().atMost(LONG).untilAsserted(() -> assertThat(numbers.ids).containsExactly(1));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sh op-\u00fc", "a&b=c", "it's", "$1\\2", "x#y@z:1,2" })
	void receivesFromADatabaseWithAnyName(String name) {
		String role = this.database.applicationRole();
		this.database.execute("CREATE DATABASE \"" + name + "\" OWNER " + role);
		TestDatabase database = server().database(name);
		try (Application application = new Application(database, role)) {
			application.receives();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a%41", "a+b", "a/b", "a?b" })
	void refusesADatabaseThatDebeziumCannotConnectTo(String name) {
		String url = "jdbc:postgresql://localhost:" + server().port() + "/" + encoded(name) + "?user=x&password=y";
		assertThatThrownBy(
				() -> TestApplication.start(this.database, Numbers.class, "cdc.connection.url=" + url).close())
			.hasStackTraceContaining("The database is named '" + name + "'");
	}

	@Test
	void saysThatTheSearchPathIsNotUsed() {
		this.database.execute("CREATE SCHEMA sales", "ALTER TABLE numbers SET SCHEMA sales");
		String url = "jdbc:postgresql://localhost:" + server().port() + "/" + this.database.name()
				+ "?currentSchema=sales&user=" + encoded(ROLE) + "&password=" + encoded(PASSWORD);
		assertThatThrownBy(
				() -> TestApplication.start(this.database, Numbers.class, "cdc.connection.url=" + url).close())
			.hasStackTraceContaining("although the search_path of the connection is 'sales'");
	}

	@Test
	void asksForCredentialsAtEachConnection() {
		Rotated.password = "first";
		try (TestApplication application = TestApplication.run(this.database, Rotated.class,
				"test.url=" + this.database.jdbcUrl())) {
			Numbers numbers = application.bean(Numbers.class);
			this.database.execute("INSERT INTO numbers VALUES (1)");
			await().atMost(LONG).until(() -> numbers.ids.equals(List.of(1)));
			this.database.execute("ALTER ROLE rotated PASSWORD 'second'");
			Rotated.password = "second";
			this.database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'");
			this.database.execute("INSERT INTO numbers VALUES (2)");
			await().atMost(LONG).until(() -> numbers.ids.contains(2));
			await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
		}
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	/**
	 * An application on a database whose name needs encoding in a URL.
	 */
	private record Application(TestDatabase database, TestApplication application) implements AutoCloseable {

		private Application(TestDatabase database, String role) {
			this(database, start(database, role));
		}

		private static TestApplication start(TestDatabase database, String role) {
			TestDatabase encoded = new TestDatabase("localhost", database.port(),
					encoded(database.name()).replace("+", "%20"), database.user(), database.password());
			encoded.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "ALTER TABLE numbers OWNER TO " + role);
			return TestApplication.run(encoded, Numbers.class, "spring.datasource.username=" + role,
					"cdc.slot.name=slot" + Math.abs(encoded.hashCode()), "cdc.publication.create=true");
		}

		private void receives() {
			this.application.engine();
			Numbers numbers = this.application.bean(Numbers.class);
			new TestDatabase("localhost", this.database.port(), encoded(this.database.name()).replace("+", "%20"),
					this.database.user(), this.database.password())
				.execute("INSERT INTO numbers VALUES (1)");
			await().atMost(LONG).untilAsserted(() -> assertThat(numbers.ids).containsExactly(1));
		}

		@Override
		public void close() {
			this.application.close();
		}

	}

	@Import(Numbers.class)
	static class Rotated {

		private static volatile String password = "";

		@Bean
		CdcConnectionDetails connectionDetails(Environment environment) {
			return new CdcConnectionDetails() {

				@Override
				public String getJdbcUrl() {
					return environment.getRequiredProperty("test.url");
				}

				@Override
				public String getUsername() {
					return "rotated";
				}

				@Override
				public String getPassword() {
					return password;
				}

			};
		}

	}

}
