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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Certificates of server and client, on a server that takes the engine's roles over TLS
 * only: what does not fit is refused by name, and what is replaced is used.
 */
@DisabledIfSystemProperty(named = "cdc.test.postgres", matches = "container",
		disabledReason = "places certificates in the data directory of the server")
class TlsIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static final String TLS = "Check sslmode, the trusted certificates, and the host name";

	@TempDir
	private static Path directory;

	private static @Nullable TestPostgres server;

	private TestDatabase database = server().database("postgres");

	@BeforeAll
	static void startServer() throws Exception {
		assumeThat(openssl("version")).as("The program openssl creates the certificates").isTrue();
		for (String authority : List.of("ca", "other")) {
			assertThat(openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
					"/CN=" + authority, "-keyout", authority + ".key", "-out", authority + ".crt"))
				.isTrue();
		}
		certificate("server", "localhost", "ca");
		certificate("elsewhere", "elsewhere", "ca");
		certificate("replaced", "localhost", "other");
		certificate("client", "with_certificate", "ca");
		certificate("stranger", "with_certificate", "other");
		Path rules = Files.writeString(directory.resolve("hba.conf"), """
				local all all trust
				host all postgres,+applications all trust
				hostssl all with_certificate all cert
				hostssl all without_certificate all trust
				""");
		server = TestPostgres.start(Map.of("hba_file", rules.toString()));
		TestDatabase admin = server().database("postgres");
		admin.execute("CREATE ROLE applications", "CREATE ROLE with_certificate LOGIN REPLICATION",
				"CREATE ROLE without_certificate LOGIN REPLICATION");
		Path data = data(admin);
		Files.copy(directory.resolve("ca.crt"), data.resolve("ca.crt"));
		use("server", admin);
		admin.execute("ALTER SYSTEM SET ssl_ca_file = 'ca.crt'", "ALTER SYSTEM SET ssl = on",
				"SELECT pg_reload_conf()");
		await().until(() -> "on".equals(admin.queryForText("SHOW ssl")));
	}

	@AfterAll
	static void stopServer() throws Exception {
		if (server != null) {
			server.close();
		}
	}

	private static TestPostgres server() {
		return Objects.requireNonNull(server);
	}

	@BeforeEach
	void prepare() throws Exception {
		this.database = server().createDatabase();
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)",
				"GRANT SELECT ON numbers TO with_certificate, without_certificate",
				"GRANT applications TO " + this.database.applicationRole());
		use("server", this.database);
		Files.copy(directory.resolve("ca.crt"), directory.resolve("trusted.crt"), StandardCopyOption.REPLACE_EXISTING);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void receivesOverTlsFromTheServerOfTheCertificate(boolean bundle) {
		String[] trust = bundle ? bundle("ca.crt")
				: new String[] { "cdc.connection.driver-properties.sslmode=verify-full",
						"cdc.connection.driver-properties.sslrootcert=" + directory.resolve("ca.crt") };
		try (TestApplication application = run("without_certificate", trust)) {
			receives(application, 1);
			assertThat(this.database.queryForTexts(
					"SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '"
							+ this.database.name() + "' AND usename = 'without_certificate'"))
				.containsExactly("t");
		}
	}

	@ParameterizedTest
	@CsvSource({ "other.crt, server", "ca.crt, elsewhere" })
	void refusesAServerOfAnotherCertificate(String trusted, String presented) throws Exception {
		use(presented, this.database);
		assertThatThrownBy(() -> run("without_certificate", bundle(trusted)).close()).hasStackTraceContaining(TLS);
	}

	@Test
	void receivesWithItsCertificate() {
		try (TestApplication application = run("with_certificate", with(bundle("ca.crt"), keys("client")))) {
			receives(application, 1);
		}
	}

	@Test
	void refusesToStartWithoutACertificateThatTheServerWants() {
		assertThatThrownBy(() -> run("with_certificate", bundle("ca.crt")).close())
			.hasStackTraceContaining("connection requires a valid client certificate")
			.hasStackTraceContaining("Check user and password");
	}

	/**
	 * The server names the authorities that it trusts, so the client presents no other's.
	 */
	@Test
	void refusesToStartWithACertificateThatTheServerDoesNotTrust() {
		assertThatThrownBy(() -> run("with_certificate", with(bundle("ca.crt"), keys("stranger"))).close())
			.hasStackTraceContaining("connection requires a valid client certificate")
			.hasStackTraceContaining("Check user and password");
	}

	@Test
	void usesTheBundleThatWasReloadedWhenTheServerHasAnotherCertificate() throws Exception {
		try (TestApplication application = run("without_certificate", with(bundle("trusted.crt"),
				"spring.ssl.bundle.pem.db.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms"))) {
			receives(application, 1);
			use("replaced", this.database);
			this.database
				.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
						+ this.database.name() + "'");
			await().atMost(LONG).untilAsserted(() -> assertThat(application.engine().status().failure()).contains(TLS));
			assertThat(application.engine().status().state()).isEqualTo(EngineState.BACKING_OFF);
			assertThat(Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health()).getStatus())
				.isEqualTo(Status.DOWN);
			Files.copy(directory.resolve("other.crt"), directory.resolve("trusted.crt"),
					StandardCopyOption.REPLACE_EXISTING);
			receives(application, 2);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
		}
	}

	private TestApplication run(String role, String... properties) {
		return TestApplication.start(this.database, Numbers.class,
				with(properties, "spring.datasource.username=" + this.database.applicationRole(),
						"cdc.connection.url=" + this.database.jdbcUrl(), "cdc.connection.username=" + role));
	}

	private void receives(TestApplication application, int id) {
		await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
		this.database.execute("INSERT INTO numbers VALUES (" + id + ")");
		await().atMost(LONG).until(() -> application.bean(Numbers.class).ids.contains(id));
	}

	private static String[] bundle(String trusted) {
		return new String[] { "cdc.connection.ssl.bundle=db",
				"spring.ssl.bundle.pem.db.truststore.certificate=file:" + directory.resolve(trusted) };
	}

	private static String[] keys(String name) {
		return new String[] { "spring.ssl.bundle.pem.db.keystore.certificate=file:" + directory.resolve(name + ".crt"),
				"spring.ssl.bundle.pem.db.keystore.private-key=file:" + directory.resolve(name + ".key") };
	}

	private static String[] with(String[] properties, String... further) {
		List<String> all = new ArrayList<>(Arrays.asList(properties));
		all.addAll(Arrays.asList(further));
		return all.toArray(String[]::new);
	}

	/** Let the server present a certificate. */
	private static void use(String name, TestDatabase database) throws Exception {
		Path data = data(database);
		for (String kind : List.of(".crt", ".key")) {
			Files.copy(directory.resolve(name + kind), data.resolve(name + kind), StandardCopyOption.REPLACE_EXISTING);
		}
		assertThat(new ProcessBuilder("sh", "-c",
				"chmod 600 " + name + ".key && chown --reference=. " + name + ".* ca.crt")
			.directory(data.toFile())
			.start()
			.waitFor()).isZero();
		database.execute("ALTER SYSTEM SET ssl_cert_file = '" + name + ".crt'",
				"ALTER SYSTEM SET ssl_key_file = '" + name + ".key'", "SELECT pg_reload_conf()");
		await().until(() -> (name + ".crt").equals(database.queryForText("SHOW ssl_cert_file")));
	}

	private static Path data(TestDatabase database) {
		return Path.of(Objects.requireNonNull(database.queryForText("SHOW data_directory")));
	}

	private static void certificate(String name, String subject, String authority) throws Exception {
		Files.writeString(directory.resolve(name + ".cnf"), "subjectAltName = DNS:" + subject + "\n");
		assertThat(openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + subject, "-keyout",
				name + ".key", "-out", name + ".csr"))
			.isTrue();
		assertThat(openssl("x509", "-req", "-days", "2", "-in", name + ".csr", "-CA", authority + ".crt", "-CAkey",
				authority + ".key", "-CAcreateserial", "-extfile", name + ".cnf", "-out", name + ".crt"))
			.isTrue();
	}

	private static boolean openssl(String... arguments) throws InterruptedException {
		try {
			return new ProcessBuilder(with(new String[] { "openssl" }, arguments)).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
