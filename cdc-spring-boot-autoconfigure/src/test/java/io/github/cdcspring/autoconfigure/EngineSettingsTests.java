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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.github.cdcspring.autoconfigure.ApplicationConnectionConfiguration.ApplicationConnection;
import io.github.cdcspring.internal.ssl.SslBundleSocketFactory;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ExtendWith(OutputCaptureExtension.class)
class EngineSettingsTests {

	private static final String SECRET = "s3cr3t";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, CdcAutoConfiguration.class));

	private final ApplicationContextRunner withDatabase = this.runner
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:postgresql://db:5433/shop", "spring.datasource.username=me",
				"spring.datasource.password=" + SECRET);

	@Test
	void defaultsAreThoseOfTheDocumentation() {
		EngineSettings settings = read(this.withDatabase.withPropertyValues("spring.application.name=orders"), null);
		assertThat(settings.name()).isEqualTo("default");
		assertThat(settings.lsnFlushMode()).isEqualTo(LsnFlushMode.CONNECTOR);
		assertThat(settings.offsetMismatchStrategy()).isEqualTo(OffsetMismatchStrategy.NO_VALIDATION);
		assertThat(settings.slot().name()).isEqualTo("cdc_orders");
		assertThat(settings.slot().survivesFailover()).isEqualTo(SurvivesFailover.NO);
		assertThat(settings.publication().name()).isEqualTo("cdc_orders");
		assertThat(settings.publication().create()).isTrue();
		assertThat(settings.snapshotMode()).isEqualTo(SnapshotMode.INITIAL);
		assertThat(settings.heartbeatInterval()).hasSeconds(5);
		assertThat(settings.offset().store()).isEqualTo(OffsetStoreType.JDBC);
		assertThat(settings.offset().flushInterval()).hasSeconds(1);
		assertThat(settings.offset().jdbcTable()).isEqualTo("cdc_offset");
		assertThat(settings.listener().retry().maxAttempts()).isEqualTo(3);
		assertThat(settings.debezium()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "connector_and_driver, trust_greater_lsn", "connector-and-driver, trust-greater-lsn",
			"CONNECTOR_AND_DRIVER, TRUST_GREATER_LSN" })
	void choicesAreReadInEverySpelling(String mode, String strategy) {
		EngineSettings settings = read(this.withDatabase.withPropertyValues("cdc.lsn-flush-mode=" + mode,
				"cdc.offset-mismatch-strategy=" + strategy, "cdc.slot.survives-failover=failover_slot"), null);
		assertThat(settings.lsnFlushMode()).isEqualTo(LsnFlushMode.CONNECTOR_AND_DRIVER);
		assertThat(settings.offsetMismatchStrategy()).isEqualTo(OffsetMismatchStrategy.TRUST_GREATER_LSN);
	}

	@Test
	void theKeyIsReadInEverySpelling() {
		assertThat(read(this.withDatabase.withPropertyValues("cdc.lsn_flush_mode=manual"), null).lsnFlushMode())
			.isEqualTo(LsnFlushMode.MANUAL);
		assertThat(read(this.withDatabase.withPropertyValues("cdc.lsnFlushMode=manual"), null).lsnFlushMode())
			.isEqualTo(LsnFlushMode.MANUAL);
		ApplicationContextRunner shell = this.withDatabase.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
					Map.of("CDC_LSNFLUSHMODE", "connector_and_driver", "CDC_ENGINES_AUDIT_LSNFLUSHMODE", "manual"))));
		assertThat(read(shell, null).lsnFlushMode()).isEqualTo(LsnFlushMode.CONNECTOR_AND_DRIVER);
		assertThat(read(shell, "audit").lsnFlushMode()).isEqualTo(LsnFlushMode.MANUAL);
	}

	@Test
	void takesNoSnapshotWithTheMemoryStore() {
		assertThat(read(this.withDatabase.withPropertyValues("cdc.offset.store=memory"), null).snapshotMode())
			.isEqualTo(SnapshotMode.NO_DATA);
	}

	@Test
	void readsFlushLsnSourceWithAWarning(CapturedOutput output) {
		assertThat(read(this.withDatabase.withPropertyValues("cdc.flush-lsn-source=false"), null).lsnFlushMode())
			.isEqualTo(LsnFlushMode.MANUAL);
		assertThat(output).contains("'cdc.flush-lsn-source' is deprecated: use 'cdc.lsn-flush-mode=manual' instead.");
		assertThat(read(this.withDatabase.withPropertyValues("cdc.flush-lsn-source=true"), null).lsnFlushMode())
			.isEqualTo(LsnFlushMode.CONNECTOR);
		assertThat(output)
			.contains("'cdc.flush-lsn-source' is deprecated: use 'cdc.lsn-flush-mode=connector' instead.");
	}

	@Test
	void lsnFlushModeTakesPrecedenceOverFlushLsnSource(CapturedOutput output) {
		assertThat(
				read(this.withDatabase.withPropertyValues("cdc.flush-lsn-source=false", "cdc.lsn-flush-mode=connector"),
						null)
					.lsnFlushMode())
			.isEqualTo(LsnFlushMode.CONNECTOR);
		assertThat(output).contains(
				"'cdc.flush-lsn-source' is deprecated: 'cdc.lsn-flush-mode' is set and takes precedence. Remove it.");
	}

	@ParameterizedTest
	@CsvSource({ "orders, cdc_orders", "Order Service, cdc_order_service", "orders-api.v2, cdc_orders_api_v2",
			"bücher, cdc_b_cher_04e12090", "'a;DROP TABLE x', cdc_a_drop_table_x_fb077596" })
	void theSlotIsNamedAfterTheApplication(String application, String slot) {
		assertThat(read(this.withDatabase.withPropertyValues("spring.application.name=" + application), null).slot()
			.name()).isEqualTo(slot);
	}

	@Test
	void slotsOfLongNamesDiffer() {
		String start = "x".repeat(99);
		String one = slotOf(start + "1", null);
		String two = slotOf(start + "2", null);
		assertThat(one).hasSize(63).isNotEqualTo(two).isNotEqualTo(slotOf(start + "1", "audit"));
		assertThat(two).hasSize(63);
	}

	private String slotOf(String application, @Nullable String engine) {
		return read(this.withDatabase.withPropertyValues("spring.application.name=" + application), engine).slot()
			.name();
	}

	@Test
	void namesTheSlotOfAnApplicationWithoutAName() {
		assertThat(read(this.withDatabase, null).slot().name()).isEqualTo("cdc_application");
		assertThat(slotOf(" ", null)).isEqualTo("cdc_application");
	}

	@Test
	void aFurtherEngineInheritsWhatItDoesNotSet() {
		EngineSettings settings = read(this.withDatabase.withPropertyValues("cdc.lsn-flush-mode=connector_and_driver",
				"cdc.offset-mismatch-strategy=trust_slot", "cdc.connection.username=repl",
				"cdc.connection.password=" + SECRET, "cdc.connection.driver-properties.loginTimeout=3",
				"cdc.slot.survives-failover=patroni", "cdc.publication.create=false", "cdc.publication.name=shared",
				"cdc.snapshot.mode=no_data", "cdc.heartbeat.interval=7s", "cdc.offset.store=file",
				"cdc.offset.flush-interval=2s", "cdc.offset.file.path=/var/lib/cdc",
				"cdc.listener.retry.max-attempts=9", "cdc.listener.shutdown-timeout=11s",
				"cdc.debezium.max.batch.size=10"), "audit");
		assertThat(settings.name()).isEqualTo("audit");
		assertThat(settings.lsnFlushMode()).isEqualTo(LsnFlushMode.CONNECTOR_AND_DRIVER);
		assertThat(settings.offsetMismatchStrategy()).isEqualTo(OffsetMismatchStrategy.TRUST_SLOT);
		assertThat(settings.connection().jdbcUrl()).isEqualTo("jdbc:postgresql://db:5433/shop");
		assertThat(settings.connection().username()).isEqualTo("repl");
		assertThat(settings.connection().driverProperties()).containsEntry("loginTimeout", "3");
		assertThat(settings.slot().survivesFailover()).isEqualTo(SurvivesFailover.PATRONI);
		assertThat(settings.publication().name()).isEqualTo("shared");
		assertThat(settings.publication().create()).isFalse();
		assertThat(settings.snapshotMode()).isEqualTo(SnapshotMode.NO_DATA);
		assertThat(settings.heartbeatInterval()).hasSeconds(7);
		assertThat(settings.offset().store()).isEqualTo(OffsetStoreType.FILE);
		assertThat(settings.offset().flushInterval()).hasSeconds(2);
		assertThat(settings.offset().filePath()).isEqualTo(Path.of("/var/lib/cdc"));
		assertThat(settings.listener().retry().maxAttempts()).isEqualTo(9);
		assertThat(settings.listener().shutdownTimeout()).hasSeconds(11);
		assertThat(settings.debezium()).containsEntry("max.batch.size", "10");
	}

	@Test
	void aFurtherEngineOverridesWhatItSets() {
		EngineSettings settings = read(
				this.withDatabase.withPropertyValues("cdc.lsn-flush-mode=connector_and_driver",
						"cdc.engines.audit.lsn-flush-mode=manual", "cdc.offset-mismatch-strategy=trust_slot",
						"cdc.engines.audit.offset-mismatch-strategy=trust_offset", "cdc.connection.host=a",
						"cdc.connection.database=b", "cdc.connection.username=repl",
						"cdc.engines.audit.connection.url=jdbc:postgresql://other/audit?user=auditor&password="
								+ SECRET,
						"cdc.slot.name=main", "cdc.engines.audit.slot.name=audit_slot", "cdc.publication.name=main",
						"cdc.engines.audit.publication.name=audit_pub", "cdc.snapshot.mode=no_data",
						"cdc.engines.audit.snapshot.mode=always", "cdc.heartbeat.interval=7s",
						"cdc.engines.audit.heartbeat.interval=0", "cdc.offset.store=file",
						"cdc.engines.audit.offset.store=jdbc", "cdc.engines.audit.offset.jdbc.table=audit_offset",
						"cdc.listener.retry.multiplier=2", "cdc.engines.audit.listener.retry.multiplier=1",
						"cdc.debezium.max.batch.size=10", "cdc.debezium.max.queue.size=100",
						"cdc.engines.audit.debezium.max.batch.size=20"),
				"audit");
		assertThat(settings.lsnFlushMode()).isEqualTo(LsnFlushMode.MANUAL);
		assertThat(settings.offsetMismatchStrategy()).isEqualTo(OffsetMismatchStrategy.TRUST_OFFSET);
		assertThat(settings.connection().jdbcUrl()).isEqualTo("jdbc:postgresql://other:5432/audit");
		assertThat(settings.connection().username()).isEqualTo("auditor");
		assertThat(settings.slot().name()).isEqualTo("audit_slot");
		assertThat(settings.publication().name()).isEqualTo("audit_pub");
		assertThat(settings.snapshotMode()).isEqualTo(SnapshotMode.ALWAYS);
		assertThat(settings.heartbeatInterval()).isEqualTo(Duration.ZERO);
		assertThat(settings.offset().store()).isEqualTo(OffsetStoreType.JDBC);
		assertThat(settings.offset().jdbcTable()).isEqualTo("audit_offset");
		assertThat(settings.listener().retry().multiplier()).isEqualTo(1);
		assertThat(settings.debezium())
			.containsExactlyInAnyOrderEntriesOf(Map.of("max.batch.size", "20", "max.queue.size", "100"));
	}

	@Test
	void slotAndMaintainedPublicationAreNotInherited() {
		EngineSettings settings = read(
				this.withDatabase.withPropertyValues("cdc.slot.name=main", "cdc.publication.name=pub"), "audit");
		assertThat(settings.slot().name()).isEqualTo("main_audit");
		assertThat(settings.publication().name()).isEqualTo("main_audit");
	}

	@Test
	void anEnginesHostReplacesTheInheritedUrl() {
		assertThat(read(this.withDatabase.withPropertyValues("cdc.connection.url=jdbc:postgresql://a/b",
				"cdc.connection.username=me", "cdc.engines.audit.connection.host=c",
				"cdc.engines.audit.connection.database=d"), "audit")
			.connection()
			.jdbcUrl()).isEqualTo("jdbc:postgresql://c:5432/d");
	}

	@Test
	void aConnectionUrlTakesPrecedenceOverTheApplicationsDatabase() {
		EngineSettings.Connection connection = read(this.withDatabase.withPropertyValues(
				"cdc.connection.url=jdbc:postgresql://replica/shop", "cdc.connection.username=repl"), null)
			.connection();
		assertThat(connection.jdbcUrl()).isEqualTo("jdbc:postgresql://replica:5432/shop");
		assertThat(connection.username()).isEqualTo("repl");
		assertThat(connection.password()).isNull();
	}

	@Test
	void aUserOfItsOwnReachesTheApplicationsDatabase() {
		EngineSettings.Connection connection = read(
				this.withDatabase.withPropertyValues("cdc.connection.username=repl", "cdc.connection.password=other"),
				null)
			.connection();
		assertThat(connection.jdbcUrl()).isEqualTo("jdbc:postgresql://db:5433/shop");
		assertThat(connection.username()).isEqualTo("repl");
		assertThat(connection.password()).isEqualTo("other");
	}

	@Test
	void aConnectionDetailsBeanTakesPrecedence() {
		ApplicationContextRunner details = this.withDatabase
			.withBean(CdcConnectionDetails.class,
					() -> new PlainConnectionDetails("jdbc:postgresql://bean/shop", "bean", SECRET))
			.withPropertyValues("cdc.connection.url=jdbc:postgresql://replica/shop",
					"cdc.engines.audit.connection.url=jdbc:postgresql://audit/audit",
					"cdc.engines.audit.connection.username=auditor");
		assertThat(read(details, null).connection().jdbcUrl()).isEqualTo("jdbc:postgresql://bean:5432/shop");
		assertThat(read(details, "further").connection().username()).isEqualTo("bean");
		assertThat(read(details, "audit").connection().jdbcUrl()).isEqualTo("jdbc:postgresql://audit:5432/audit");
	}

	@Test
	void severalHostsKeepTheirPorts() {
		EngineSettings.Connection connection = connection(
				"jdbc:postgresql://a:1,b,[::1]:3/x?targetServerType=primary&user=u");
		assertThat(connection.hosts()).isEqualTo("a:1,b:5432,[::1]");
		assertThat(connection.port()).isEqualTo(3);
		assertThat(connection.jdbcUrl()).isEqualTo("jdbc:postgresql://a:1,b:5432,[::1]:3/x");
		assertThat(connection.driverProperties()).containsEntry("targetServerType", "primary");
	}

	@Test
	void aUrlMayContainUserPasswordAndParameters() {
		EngineSettings.Connection connection = connection(
				"jdbc:postgresql:shop?user=m%40e&password=s3cr3t&sslmode=require&currentSchema=a,b");
		assertThat(connection.jdbcUrl()).isEqualTo("jdbc:postgresql://localhost:5432/shop");
		assertThat(connection.username()).isEqualTo("m@e");
		assertThat(connection.password()).isEqualTo(SECRET);
		assertThat(connection.driverProperties()).containsEntry("sslmode", "require")
			.containsEntry("currentSchema", "a,b")
			.containsEntry("logServerErrorDetail", "false")
			.doesNotContainKeys("user", "password");
	}

	private EngineSettings.Connection connection(String url) {
		return read(this.runner.withPropertyValues("cdc.connection.url=" + url), null).connection();
	}

	@Test
	void saysThatNothingReadsTheUrlOfTheDataSource() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.jdbc"))
			.withPropertyValues("spring.datasource.url=jdbc:postgresql://db/shop")
			.run((context) -> assertThatThrownBy(() -> context.getBean(EngineSettingsReader.class).readDefault())
				.hasMessageContaining("'spring.datasource.url' is set, but nothing reads it")
				.hasMessageContaining("Add 'spring-boot-starter-jdbc'"));
	}

	@Test
	void anSslBundleReachesTheDriver() {
		EngineSettings.Connection connection = read(this.withDatabase.withPropertyValues("cdc.connection.ssl.bundle=db",
				"spring.ssl.bundle.pem.db.truststore.certificate=classpath:nowhere.pem"), null)
			.connection();
		assertThat(connection.driverProperties()).containsEntry("sslmode", "verify-full")
			.containsEntry("sslfactory", SslBundleSocketFactory.class.getName())
			.containsEntry("sslfactoryarg", "db");
	}

	@Test
	void aPasswordIsInNoText(CapturedOutput output) {
		this.withDatabase.withPropertyValues("cdc.connection.password=" + SECRET, "cdc.connection.username=me")
			.run((context) -> {
				EngineSettings settings = context.getBean(EngineSettingsReader.class).readDefault();
				assertThat(settings.connection().password()).isEqualTo(SECRET);
				assertThat(settings.toString() + settings.connection() + context.getBean(CdcProperties.class)
						+ context.getBean(ApplicationConnection.class).details()
						+ context.getBean(ApplicationConnection.class) + context.getBean(OffsetStores.class))
					.doesNotContain(SECRET);
			});
		assertThat(output).doesNotContain(SECRET);
	}

	/**
	 * Read the settings of an engine, those of the default engine if {@code null}.
	 */
	private static EngineSettings read(ApplicationContextRunner runner, @Nullable String engine) {
		EngineSettings[] settings = new EngineSettings[1];
		String declaration = "cdc.engines." + ((engine != null) ? engine : "any") + ".connection.port=5432";
		runner.withPropertyValues(declaration).run((context) -> {
			EngineSettingsReader reader = context.getBean(EngineSettingsReader.class);
			settings[0] = (engine != null) ? reader.read(engine) : reader.readDefault();
		});
		return settings[0];
	}

}
