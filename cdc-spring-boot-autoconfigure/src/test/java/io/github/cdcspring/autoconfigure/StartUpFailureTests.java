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

package io.github.cdcspring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.internal.startup.check.SafetyRules;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The exact output of a refused start.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartUpFailureTests {

	@TempDir
	Path directory;

	@Test
	void anInvalidChoiceListsTheValidOnes(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, """
				cdc:
				  slot:
				    name: shop
				  lsn-flush-mode: conector
				""");
		assertRejects(output, "cdc.lsn-flush-mode", "conector", file, "4:19", LsnFlushMode.class, "CONNECTOR",
				"CONNECTOR_AND_DRIVER", "MANUAL");
	}

	@Test
	void anInvalidChoiceOfAFurtherEngineListsTheValidOnes(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, """
				cdc:
				  engines:
				    audit:
				      offset-mismatch-strategy: trust
				""");
		assertRejects(output, "cdc.engines.audit.offset-mismatch-strategy", "trust", file, "4:33",
				OffsetMismatchStrategy.class, "NO_VALIDATION", "TRUST_GREATER_LSN", "TRUST_OFFSET", "TRUST_SLOT");
	}

	@Test
	void aPropertyThatTheStarterOwnsIsRefused(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, """
				cdc:
				  debezium:
				    slot.name: other
				""");
		assertSays(output,
				"'cdc.debezium.slot.name' (URL [file:%s] - 3:16) is not passed to Debezium: use 'cdc.slot.name'."
					.formatted(file),
				"Remove it.");
	}

	@Test
	void severalPropertiesAreRefusedAtOnce(CapturedOutput output) throws IOException {
		fails(Listening.class, """
				cdc:
				  debezium:
				    time.precision.mode: connect
				    column.mask.with.3.chars: public.orders.customer
				    database.password: x
				    poll.interval.ms: 5
				""");
		assertSays(output, "'cdc.debezium' has properties that are not passed to Debezium: "
				+ "'time.precision.mode' (it has no effect, as the starter reads the values of every type itself), "
				+ "'column.mask.with.3.chars' (rows reach listeners as typed values that Debezium must not change; "
				+ "leave a column out with 'column.exclude.list', or out of the listener's type), "
				+ "'database.password' (use 'cdc.connection.*').", "Remove them.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"slot.name: 'x; DROP'                   | 'cdc.slot.name' (URL [%s] - 2:14) is 'x; DROP', which is not a safe name of a replication slot or publication. | Use at most 63 lower case letters, digits and underscores.",
			"publication.name: A                    | 'cdc.publication.name' (URL [%s] - 2:21) is 'A', which is not a safe name of a replication slot or publication. | Use at most 63 lower case letters, digits and underscores.",
			"heartbeat.interval: -1s                | 'cdc.heartbeat.interval' (URL [%s] - 2:23) is -1s. | Use a duration such as 5s, or 0 to disable it.",
			"offset.flush-interval: 0               | 'cdc.offset.flush-interval' (URL [%s] - 2:26) is 0s. | Use a duration above zero, such as 1s.",
			"listener.retry.max-attempts: 0         | 'cdc.listener.retry.max-attempts' (URL [%s] - 2:32) is 0, so no listener would ever be called. | Use 1 or more.",
			"listener.retry.multiplier: 0.5         | 'cdc.listener.retry.multiplier' (URL [%s] - 2:30) is 0.5, so delays would become shorter. | Use 1 or more.",
			"listener.shutdown-timeout: 0           | 'cdc.listener.shutdown-timeout' (URL [%s] - 2:30) is 0s. | Use a duration above zero, such as 1s.",
			"connection.ssl.bundle: db              | 'cdc.connection.ssl.bundle' (URL [%s] - 2:26) is 'db', but there is no SSL bundle of that name. | Configure 'spring.ssl.bundle.pem.db' or 'spring.ssl.bundle.jks.db'.",
			"connection.host: db                    | 'cdc.connection.database' is not set, but 'cdc.connection.host' is. | Set the name of the database.",
			"connection.url: jdbc:mysql://db/shop   | 'cdc.connection.url' (URL [%s] - 2:19) is not a URL of a PostgreSQL database: it must have the form jdbc:postgresql://host:port/database, with user and password only as parameters. | Fix it, as in jdbc:postgresql://localhost:5432/shop.",
			"connection.url: jdbc:postgresql://db/x | 'cdc.connection.username' is not set. | Set it to a user with the REPLICATION attribute.",
			"engines.default.slot.name: x           | 'cdc.engines.default' has the name of the engine that 'cdc' itself configures. | Set its properties under 'cdc', or choose another name.",
			"engines.My_Audit.slot.name: x          | 'cdc.engines' has an engine named 'My_Audit', which is not a valid name. | Use lower case letters, digits and dashes, with a letter first.",
			"offset.jdbc.table: a.b.c               | 'cdc.offset.jdbc.table' (URL [%s] - 2:22) is invalid: 'a.b.c' cannot be the offset table: give 'table' or 'schema.table', each of letters, digits, '_', '-' and '$', beginning with a letter or '_', at most 63 bytes, without quotes. | Fix the table name." })
	void anInvalidValueIsNamedWithItsOrigin(String setting, String description, String action, CapturedOutput output)
			throws IOException {
		Path file = fails(Listening.class, "cdc:\n  " + setting + "\n");
		assertSays(output, description.replace("%s", "file:" + file), action);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://u:s3cr3t@db/shop", "jdbc:postgresql://db?password=s3cr3t",
			"jdbc:postgresql://db:99999/shop?user=u&password=s3cr3t", "jdbc:postgresql://db/?user=&password=s3cr3t",
			"jdbc:mysql://db/shop?password=s3cr3t", "postgresql://u:s3cr3t@db/shop" })
	void aPasswordInAnInvalidUrlIsNotLogged(String url, CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, "cdc:\n  connection.url: " + url + "\n  connection.password: s3cr3t\n");
		assertSays(output,
				"'cdc.connection.url' (URL [file:%s] - 2:19) is not a URL of a PostgreSQL database: it must have the form "
					.formatted(file)
						+ "jdbc:postgresql://host:port/database, with user and password only as parameters.",
				"Fix it, as in jdbc:postgresql://localhost:5432/shop.");
		assertThat(output).doesNotContain("s3cr3t");
	}

	@Test
	void anInvalidEnvironmentVariableIsNamed(CapturedOutput output) {
		fails(Listening.class,
				(application) -> application.addInitializers((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
							Map.of("CDC_LISTENER_MAXINFLIGHT", "0")))));
		assertSays(output, "'cdc.listener.max-in-flight' (\"CDC_LISTENER_MAXINFLIGHT\" from property source "
				+ "\"test-systemEnvironment\") is 0, so nothing could be delivered.", "Use 1 or more.");
	}

	@Test
	void urlAndHostAreMutuallyExclusive(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, """
				cdc:
				  connection:
				    url: jdbc:postgresql://one/shop?password=s3cr3t
				    host: other
				""");
		assertThat(output).contains("""
				The following configuration properties are mutually exclusive:

				\tcdc.connection.host
				\tcdc.connection.url
				""")
			.contains("cdc.connection.host (originating from 'URL [file:%s] - 4:11')".formatted(file))
			.contains("Update your configuration so that only one of the mutually exclusive properties is configured.")
			.doesNotContain("s3cr3t");
	}

	@Test
	void anInheritedValueIsNamedWithItsOrigin(CapturedOutput output) throws IOException {
		Path file = fails(Elsewhere.class, """
				cdc:
				  heartbeat.interval: -1s
				  engines:
				    elsewhere:
				      slot.name: x
				""");
		assertSays(output, "'cdc.heartbeat.interval' (URL [file:%s] - 2:23) is -1s.".formatted(file),
				"Use a duration such as 5s, or 0 to disable it.");
	}

	@Test
	void anEngineThatIsNotDeclaredIsRefused(CapturedOutput output) throws IOException {
		fails(Elsewhere.class, """
				cdc:
				  engines:
				    audit:
				      slot.name: x
				""");
		assertSays(output,
				"Listener method 'on' of bean 'startUpFailureTests.Elsewhere' listens to engine 'elsewhere', which is not declared.",
				"Declare 'cdc.engines.elsewhere', or use one of audit.");
	}

	@Test
	void aListenerThatCannotWorkIsRefused(CapturedOutput output) throws IOException {
		fails(Nothing.class, "");
		assertSays(output,
				"Listener method 'on' of bean 'startUpFailureTests.Nothing' names neither tables nor messages.",
				"Name at least one, as in @CdcListener(\"orders\").");
	}

	@Test
	void anOwnDataSourceBeanHasNoKnownUrl(CapturedOutput output) throws IOException {
		fails(OwnDataSource.class, "");
		assertSays(output,
				"'cdc.connection.url' is not set, and the URL of the application's own database is unknown: "
						+ "'spring.datasource.url' is not set, or the application declares its own DataSource bean.",
				"Set 'cdc.connection.url', '.username' and '.password', or declare a CdcConnectionDetails bean.");
	}

	@Test
	void anotherKindOfDatabaseIsNamed(CapturedOutput output) throws IOException {
		fails(OtherDatabase.class, "");
		assertSays(output,
				"'cdc.connection.url' is not used, because there is a CdcConnectionDetails bean, and its URL is not a URL "
						+ "of a PostgreSQL database: it must have the form jdbc:postgresql://host:port/database, with user "
						+ "and password only as parameters.",
				"Set 'cdc.connection.url' to the database whose changes are received, or fix the other URL.");
	}

	@Test
	void unsafeSettingsAreRefusedWithTheirOrigins(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, """
				cdc:
				  lsn-flush-mode: connector
				  heartbeat:
				    interval: 0
				""");
		assertSays(output,
				"""
						CDC engine 'default' refused to start:

						    [connector-flush-without-heartbeat] cdc.lsn-flush-mode=connector with cdc.heartbeat.interval=0 \
						advances replication slot 'cdc_application' only when a captured table changes. While only other tables \
						change, the server keeps all their WAL.
						        'cdc.lsn-flush-mode' (URL [file:%1$s] - 2:19)
						        'cdc.heartbeat.interval' (URL [file:%1$s] - 4:15)"""
					.formatted(file),
				"""
						Set cdc.heartbeat.interval=5s, or remove it.

						To start anyway and accept the risk, set cdc.safety.accept=connector-flush-without-heartbeat.""");
		assertThat(output).doesNotContain("\tat ");
	}

	@Test
	void unsafeSettingsOfAllEnginesAreRefusedAtOnce(CapturedOutput output) throws IOException {
		Path file = fails(Both.class, """
				cdc:
				  lsn-flush-mode: manual
				  slot.name: shop
				  engines:
				    elsewhere:
				      slot.name: shop
				      slot.advanced-by: external
				""");
		assertSays(output,
				"""
						CDC engine 'default' refused to start:

						    [manual-without-flusher] cdc.lsn-flush-mode=manual never advances replication slot 'shop', and \
						cdc.slot.advanced-by is not set. If nothing else advances the slot, the server keeps all WAL until its disk \
						is full.
						        'cdc.lsn-flush-mode' (URL [file:%1$s] - 2:19)

						CDC engine 'elsewhere' refused to start:

						    [shared-position] Engines 'default' and 'elsewhere' share replication slot 'shop' on localhost:1. Only one \
						of them can receive from it, and what that engine acknowledges is lost for the other.
						        'cdc.engines.elsewhere.slot.name' (URL [file:%1$s] - 6:18)"""
					.formatted(file),
				"""
						[manual-without-flusher] Set cdc.slot.advanced-by to application if a bean of the application advances the \
						slot, or to external if another program does. Or set cdc.lsn-flush-mode=connector.

						[shared-position] Use a separate slot for each engine: set \
						cdc.engines.elsewhere.slot.name=shop_elsewhere.

						To start anyway and accept the risk, set cdc.safety.accept=manual-without-flusher,shared-position.""");
	}

	@Test
	void anInheritedSettingOfAnUnsafeEngineIsNamedWithItsOrigin(CapturedOutput output) throws IOException {
		Path file = fails(Elsewhere.class, """
				cdc:
				  lsn-flush-mode: manual
				  engines:
				    elsewhere:
				      slot.name: shop
				""");
		assertThat(output)
			.contains("cdc.engines.elsewhere.lsn-flush-mode=manual never advances replication slot 'shop'")
			.contains("        'cdc.lsn-flush-mode' (URL [file:%s] - 2:19)".formatted(file));
	}

	@Test
	void anUnknownIdCannotBeAccepted(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, """
				cdc:
				  safety:
				    accept:
				      - slot-dropped-on-stop
				      - no-such-rule
				""");
		assertSays(output,
				"'cdc.safety.accept[1]' (URL [file:%s] - 5:9) has 'no-such-rule', which is not the id of a rule."
					.formatted(file),
				"Use ids among " + String.join(", ", SafetyRules.acceptable().keySet()) + ".");
	}

	@Test
	void aRuleWithoutWhichTheEngineCannotWorkCannotBeAccepted(CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, "cdc:\n  safety.accept: slot-dropped-on-stop, wal-level\n");
		assertSays(output,
				"'cdc.safety.accept' (URL [file:%s] - 2:18) has 'wal-level', which cannot be accepted: the engine could not work."
					.formatted(file),
				"Use ids among " + String.join(", ", SafetyRules.acceptable().keySet()) + ".");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0/16B3748", "0/16B3748-", "16B3748-0/1", "0/X-0/1", "-" })
	void anAcceptedGapMustBeAPairOfLsns(String gap, CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, "cdc:\n  safety.accept-gap: '" + gap + "'\n");
		assertSays(output, "'cdc.safety.accept-gap' (URL [file:%s] - 2:22) is '%s', which is not a pair of LSNs."
			.formatted(file, gap), "Use the pair from the refusal, such as 0/16B3748-0/16B4A10.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:8008", "ftp://patroni:8008", "http://u:s3cr3t@patroni:8008", "http:patroni",
			"\"\\t\"" })
	void anInvalidPatroniUrlIsRefused(String url, CapturedOutput output) throws IOException {
		Path file = fails(Listening.class, "cdc:\n  slot.patroni-url: " + url + "\n");
		assertSays(output,
				"'cdc.slot.patroni-url' (URL [file:%s] - 2:21) is not a URL of Patroni's REST API: it must have the form http://host:port, without a user."
					.formatted(file),
				"Fix it, as in http://localhost:8008.");
		assertThat(output).doesNotContain("s3cr3t");
	}

	/**
	 * Start an application with the YAML as its configuration.
	 * @return the file
	 */
	private Path fails(Class<?> listener, String yaml) throws IOException {
		Path file = Files.writeString(this.directory.resolve("application.yml"), yaml);
		fails(listener, (application) -> application
			.setDefaultProperties(Map.of("spring.config.location", file.toUri().toString())));
		return file;
	}

	private void fails(Class<?> listener, Consumer<SpringApplication> customizer) {
		SpringApplication application = new SpringApplicationBuilder(Application.class, listener)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.build();
		customizer.accept(application);
		assertThat(catchThrowable(() -> application.run("--spring.datasource.url=jdbc:postgresql://localhost:1/shop",
				"--spring.datasource.username=me", "--spring.datasource.password=s3cr3t")))
			.isNotNull();
	}

	/** As Spring Boot's own analyzer reports it. */
	private static void assertRejects(CapturedOutput output, String property, String value, Path file, String place,
			Class<?> type, String... values) {
		assertThat(output.toString().replace("\r", ""))
			.contains("""
					APPLICATION FAILED TO START
					***************************

					Description:

					Failed to bind properties under '%1$s' to %2$s:

					    Property: %1$s
					    Value: "%3$s"
					    Origin: URL [file:%4$s] - %5$s
					    Reason: failed to convert java.lang.String to %2$s""".formatted(property, type.getName(), value,
					file, place))
			.contains("Action:\n\nUpdate your application's configuration. The following values are valid:\n\n    "
					+ String.join("\n    ", values) + "\n");
	}

	private static void assertSays(CapturedOutput output, String description, String action) {
		assertThat(output.toString().replace("\r", ""))
			.contains("APPLICATION FAILED TO START\n***************************\n\nDescription:\n\n" + description
					+ "\n\nAction:\n\n" + action + "\n");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, DataSourceAutoConfiguration.class,
			CdcAutoConfiguration.class })
	static class Application {

	}

	static class Listening {

		@CdcListener(messages = "hello")
		void on(LogicalMessage message) {
		}

	}

	static class Elsewhere {

		@CdcListener(messages = "hello", engine = "elsewhere")
		void on(LogicalMessage message) {
		}

	}

	static class Both {

		@CdcListener(messages = "hello")
		void on(LogicalMessage message) {
		}

		@CdcListener(messages = "hello", engine = "elsewhere")
		void onElsewhere(LogicalMessage message) {
		}

	}

	static class Nothing {

		@CdcListener
		void on(LogicalMessage message) {
		}

	}

	static class OwnDataSource extends Listening {

		@Bean
		static DataSource dataSource() {
			return new PGSimpleDataSource();
		}

	}

	static class OtherDatabase extends Listening {

		@Bean
		static CdcConnectionDetails details() {
			return new PlainConnectionDetails("jdbc:h2:mem:shop", "sa", "s3cr3t");
		}

	}

}
