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
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Failures of server and connection: what does not pass ends the engine and says what to
 * do, and what passes is retried.
 */
class ServerFailureIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static TestPostgres server;

	private TestDatabase admin;

	private String role;

	@BeforeAll
	static void startServer() throws Exception {
		server = TestPostgres.start(Map.of());
		TestDatabase database = server.createDatabase();
		Path hba = Path.of(Objects.requireNonNull(database.queryForText("SHOW hba_file")));
		Files.writeString(hba, "host all postgres all trust\nhost all all all scram-sha-256\n"
				+ "local all all trust\nhost replication all all scram-sha-256\n");
		database.execute("SELECT pg_reload_conf()");
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.close();
	}

	@BeforeEach
	void prepare() {
		this.admin = server.createDatabase();
		this.role = this.admin.name() + "_role";
		this.admin.execute("CREATE ROLE " + this.role + " LOGIN REPLICATION PASSWORD 'right'",
				"GRANT CREATE ON DATABASE " + this.admin.name() + " TO " + this.role,
				"GRANT ALL ON SCHEMA public TO " + this.role, "CREATE TABLE numbers (id int PRIMARY KEY)",
				"ALTER TABLE numbers OWNER TO " + this.role);
	}

	@AfterEach
	void allowConnections() {
		this.admin.execute("ALTER ROLE " + this.role + " CONNECTION LIMIT -1 PASSWORD 'right'");
	}

	private TestDatabase database(String password) {
		return new TestDatabase(this.admin.host(), this.admin.port(), this.admin.name(), this.role, password);
	}

	@ParameterizedTest
	@CsvSource({ "'', 08004", "wrong, 28P01" })
	void doesNotStartWithoutTheRightPassword(String password, String state) {
		assertThatThrownBy(() -> TestApplication.start(database(password), Numbers.class).close())
			.satisfies((ex) -> assertThat(startFailure(ex)).contains("unless cdc.connection."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "ALTER ROLE $role PASSWORD 'other' | ALTER ROLE $role PASSWORD 'right' | 28P01",
					"ALTER ROLE $role NOLOGIN | ALTER ROLE $role LOGIN | 28000",
					"ALTER ROLE $role CONNECTION LIMIT 0 | ALTER ROLE $role CONNECTION LIMIT -1 | 53300",
					"REVOKE CONNECT ON DATABASE $db FROM PUBLIC | GRANT CONNECT ON DATABASE $db TO PUBLIC | 42501",
					"ALTER DATABASE $db ALLOW_CONNECTIONS false | ALTER DATABASE $db ALLOW_CONNECTIONS true | 55000" })
	void retriesOnAReconnect(String breaks, String heals, String state) {
		TestDatabase other = server.createDatabase();
		try (TestApplication application = TestApplication.start(database("right"), Numbers.class,
				"cdc.offset.store=memory", "cdc.heartbeat.interval=100ms")) {
			await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
			other.execute(sql(breaks),
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
							+ this.admin.name() + "'");
			await().atMost(LONG)
				.untilAsserted(() -> assertThat(application.engine().status().failure()).contains("SQLSTATE " + state));
			assertThat(application.engine().status().state()).isEqualTo(EngineState.BACKING_OFF);
			assertThat(health(application)).isEqualTo(Status.DOWN);
			other.execute(sql(heals));
			this.admin.execute("INSERT INTO numbers VALUES (1)");
			await().atMost(LONG).until(() -> application.bean(Numbers.class).ids.contains(1));
		}
	}

	@Test
	void retriesTheFirstStartWhileTheServerLacksConnections() {
		this.admin.execute("ALTER ROLE " + this.role + " CONNECTION LIMIT 0");
		try (TestApplication application = TestApplication.start(database("right"), Numbers.class,
				"cdc.offset.store=memory")) {
			assertThat(application.engine().status().state()).isEqualTo(EngineState.BACKING_OFF);
			assertThat(application.engine().status().failure()).contains("SQLSTATE 53300");
			this.admin.execute("ALTER ROLE " + this.role + " CONNECTION LIMIT -1");
			await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
		}
	}

	@Test
	void aStoreThatCannotBeUsedHidesNoOtherRefusal() {
		this.admin.execute("REVOKE ALL ON SCHEMA public FROM " + this.role,
				"REVOKE CREATE ON SCHEMA public FROM PUBLIC", "GRANT USAGE ON SCHEMA public TO " + this.role);
		assertThatThrownBy(() -> TestApplication.start(database("right"), Numbers.class).close())
			.satisfies((ex) -> assertThat(startFailure(ex)).contains("permission denied for schema public",
					"CREATE TABLE IF NOT EXISTS \"public\".\"cdc_offset\""));
		this.admin.execute("DROP TABLE numbers");
		assertThatThrownBy(() -> TestApplication.start(database("right"), Numbers.class).close()).rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class,
					(ex) -> assertThat(ex.violations()).extracting((violation) -> violation.rule())
						.contains("unknown-table"));
	}

	@Test
	void doesNotStartWithAStoreInAnotherProduct() {
		assertThatThrownBy(() -> TestApplication
			.start(database("right"), OtherProduct.class, "cdc.connection.url=" + this.admin.jdbcUrl(),
					"cdc.connection.username=" + this.role, "cdc.connection.password=right", "cdc.offset.store=jdbc")
			.close())
			.satisfies((ex) -> assertThat(startFailure(ex)).contains(
					"cdc.offset.store=jdbc needs PostgreSQL, and the DataSource is H2. Set cdc.offset.store=file."));
	}

	@ParameterizedTest
	@CsvSource({ "verify-ca, other", "verify-full, server", "verify-ca, missing" })
	void doesNotStartWithoutATrustedCertificate(String mode, String trusted, @TempDir Path directory) throws Exception {
		assumeThat(isOpenSslAvailable()).as("The program openssl creates the certificates").isTrue();
		Path data = Path.of(Objects.requireNonNull(this.admin.queryForText("SHOW data_directory")));
		certificate(data.resolve("server"), "elsewhere");
		certificate(directory.resolve("other"), "localhost");
		Files.copy(data.resolve("server.crt"), directory.resolve("server.crt"));
		this.admin.execute("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
		await().until(() -> "on".equals(this.admin.queryForText("SHOW ssl")));
		try {
			assertThatThrownBy(() -> TestApplication
				.start(database("right"), Numbers.class, "cdc.connection.url=" + this.admin.jdbcUrl(),
						"cdc.connection.username=" + this.role, "cdc.connection.password=right",
						"cdc.connection.driver-properties.sslmode=" + mode,
						"cdc.connection.driver-properties.sslrootcert=" + directory.resolve(trusted + ".crt"))
				.close())
				.satisfies((ex) -> assertThat(startFailure(ex))
					.contains("Check sslmode, the trusted certificates, and the host name"));
		}
		finally {
			this.admin.execute("ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()");
		}
	}

	@Test
	void failsForGoodAtADamagedRecord() throws Exception {
		try (TestPostgres damaged = TestPostgres.start(Map.of("full_page_writes", "off"))) {
			TestDatabase database = damaged.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			try (TestApplication application = TestApplication.run(database, Numbers.class,
					"cdc.snapshot.mode=no_data")) {
				database.execute("INSERT INTO numbers VALUES (1)");
				await().until(() -> application.bean(Numbers.class).ids.contains(1));
			}
			String file = database.queryForText("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
			long from = offset(database);
			database.execute("INSERT INTO numbers SELECT generate_series(2, 500)");
			long to = offset(database);
			assertThat(to).isGreaterThan(from);
			database.execute("CREATE TABLE later (id int)", "CHECKPOINT");
			Path wal = Path.of(Objects.requireNonNull(database.queryForText("SHOW data_directory")), "pg_wal",
					Objects.requireNonNull(file));
			damaged.stop();
			damage(wal, (from + to) / 2);
			damaged.startAgain();
			try (TestApplication application = TestApplication.start(database, Numbers.class)) {
				await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.FAILED);
				assertThat(application.engine().status().failure()).contains("SQLSTATE XX000",
						"Fail over to a standby whose WAL is intact");
				assertThat(health(application)).isEqualTo(Status.DOWN);
			}
		}
	}

	private static long offset(TestDatabase database) {
		return Long.parseLong(Objects.requireNonNull(
				database.queryForText("SELECT file_offset FROM pg_walfile_name_offset(pg_current_wal_insert_lsn())")));
	}

	private static void damage(Path wal, long offset) throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
			file.seek(offset);
			file.write("damaged on purpose, so that a checksum of a record is wrong".getBytes());
		}
	}

	private static boolean isOpenSslAvailable() {
		try {
			return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException | InterruptedException ex) {
			return false;
		}
	}

	private static void certificate(Path name, String host) throws Exception {
		Files.deleteIfExists(name.resolveSibling(name.getFileName() + ".key"));
		assertThat(new ProcessBuilder(List.of("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
				"-subj", "/CN=" + host, "-keyout", name + ".key", "-out", name + ".crt"))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor()).isZero();
		assertThat(new ProcessBuilder("sh", "-c",
				"chmod 600 " + name + ".key && chown --reference=" + name.getParent() + " " + name + ".*")
			.start()
			.waitFor()).isZero();
	}

	private static String startFailure(Throwable thrown) {
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof CdcException) {
				return String.valueOf(cause.getMessage());
			}
		}
		throw new AssertionError("Not a failure of the starter", thrown);
	}

	private String sql(String statement) {
		return statement.strip().replace("$role", this.role).replace("$db", this.admin.name());
	}

	private static Status health(TestApplication application) {
		return Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health()).getStatus();
	}

	static class OtherProduct extends Numbers {

		@Bean
		@Primary
		DataSource otherProduct() {
			return new H2(new DriverManagerDataSource(
					"jdbc:postgresql://localhost:" + server.port() + "/postgres?user=postgres"));
		}

	}

	/** Answers as H2 does to the starter's SQL. */
	private static final class H2 extends DelegatingDataSource {

		private H2(DataSource dataSource) {
			super(dataSource);
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(H2.class.getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						if (method.getName().equals("prepareStatement") || method.getName().equals("createStatement")) {
							throw new SQLException("Function \"TO_REGCLASS\" not found", "90022");
						}
						try {
							Object result = method.invoke(connection, arguments);
							return (result instanceof DatabaseMetaData metaData) ? named(metaData) : result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

		private static Object named(DatabaseMetaData metaData) {
			return Proxy.newProxyInstance(H2.class.getClassLoader(), new Class<?>[] { DatabaseMetaData.class },
					(proxy, method, arguments) -> method.getName().equals("getDatabaseProductName") ? "H2"
							: method.invoke(metaData, arguments));
		}

	}

}
