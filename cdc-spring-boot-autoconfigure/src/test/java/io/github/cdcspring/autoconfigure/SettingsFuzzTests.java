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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.SafetyRules;
import io.github.cdcspring.internal.startup.check.SettingsRules;
import io.github.cdcspring.settings.EngineSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreTopLevelConverterNotFoundBindHandler;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Any configuration is bound, or refused with an explanation, immediately and without a
 * connection to anything.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SettingsFuzzTests {

	private static final Logger logger = LoggerFactory.getLogger(SettingsFuzzTests.class);

	private static final int COMBINATIONS = 10_000;

	private static final String LONG = "x".repeat(100_000);

	private static final List<String> HOSTILE = List.of("'", "\"", "';DROP TABLE orders;--",
			"a\"; DROP TABLE orders; --", "a\nb", "a\r\nERROR forged log line", "a;b", "\u0000", "a\u0000b",
			"\u00fc\u00df\u4f60\u597d", "\ud83d\ude00", "\u202eabc", "\ud800", "$$a$$", "\\", "%s%n%d", "{}", "#{1/0}",
			"${", "${no.such.property}", "*", ".*", "(a+)+$", "", " ", "\t", "null", "true", "-1", "0",
			"99999999999999999999", "NaN", "1e309", "-5s", "PT", LONG, LONG + "'", "../../../etc/passwd", "/tmp/x",
			"jdbc:postgresql://", "jdbc:postgresql:////", "http://[", "a,b,,c", "[0]", "U&\"\\0061\"",
			"pg_catalog.pg_class", "CDC_SHOP", "x".repeat(64), "x".repeat(63));

	private static final Map<String, List<String>> VALID = valid();

	private static final List<String> FURTHER_KEYS = List.of("connection.driver-properties.socketFactory",
			"debezium.max.batch.size", "debezium.slot.drop.on.stop", "debezium.database.hostname", "debezium.a;b'c",
			"safety.accept[0]", "safety.accept[2]", "no.such.key");

	private static final List<String> ENGINES = List.of("audit", "b2", "My_Engine", "a'b", "default", "x".repeat(200));

	private ServerSocket server;

	private static Map<String, List<String>> valid() {
		Map<String, List<String>> valid = new TreeMap<>();
		valid.put("lsn-flush-mode", List.of("manual", "connector", "CONNECTOR_AND_DRIVER", "connector-and-driver"));
		valid.put("flush-lsn-source", List.of("true", "false"));
		valid.put("offset-mismatch-strategy",
				List.of("no_validation", "trust_offset", "trust_slot", "trust-greater-lsn"));
		valid.put("connection.url", List.of("jdbc:postgresql://localhost:1/shop"));
		valid.put("connection.host", List.of("localhost"));
		valid.put("connection.port", List.of("1"));
		valid.put("connection.database", List.of("shop"));
		valid.put("connection.username", List.of("me"));
		valid.put("connection.password", List.of("s3cr3t"));
		valid.put("connection.ssl.bundle", List.of("db"));
		valid.put("slot.name", List.of("shop", "other", "x".repeat(63)));
		valid.put("slot.survives-failover", List.of("no", "patroni", "failover_slot"));
		valid.put("slot.patroni-url", List.of("http://localhost:1", "https://patroni:8008"));
		valid.put("slot.advanced-by", List.of("application", "external"));
		valid.put("publication.name", List.of("shop", "other"));
		valid.put("publication.create", List.of("true", "false"));
		valid.put("snapshot.mode", List.of("initial", "no_data", "always", "when_needed", "initial_only", "backfill"));
		valid.put("heartbeat.interval", List.of("0", "5s", "PT1M"));
		valid.put("backfill.chunk-size", List.of("1", "5000"));
		valid.put("backfill.concurrency", List.of("1", "4"));
		valid.put("backfill.max-rows-per-second", List.of("1", "20000"));
		valid.put("backfill.new-tables", List.of("true", "false"));
		valid.put("offset.store", List.of("jdbc", "file", "memory"));
		valid.put("offset.flush-interval", List.of("1s"));
		valid.put("offset.file.path", List.of("/var/lib/cdc", "/tmp/cdc", "cdc"));
		valid.put("offset.jdbc.table", List.of("cdc_offset", "app.offsets"));
		valid.put("offset.jdbc.create-table", List.of("true", "false"));
		valid.put("listener.shutdown-timeout", List.of("30"));
		valid.put("listener.retry.max-attempts", List.of("1"));
		valid.put("listener.retry.initial-interval", List.of("1ms"));
		valid.put("listener.retry.multiplier", List.of("1"));
		valid.put("listener.retry.max-interval", List.of("1m"));
		valid.put("safety.accept",
				List.of("manual-without-flusher", String.join(",", SafetyRules.acceptable().keySet())));
		return valid;
	}

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void closeServer() throws IOException {
		this.server.close();
	}

	@Test
	void bindsOrRefusesAnyConfigurationWithoutConnecting() throws IOException {
		long seed = Long.getLong("cdc.test.seed", System.nanoTime());
		Random random = new Random(seed);
		Map<String, Integer> outcomes = new TreeMap<>();
		for (int i = 0; i < COMBINATIONS; i++) {
			outcomes.merge(outcome(properties(random), "seed " + seed), 1, Integer::sum);
		}
		logger.info("Seed {} (-Dcdc.test.seed): {}", seed, outcomes);
		assertThat(outcomes).as("seed " + seed)
			.containsOnlyKeys("bound", "cannot be bound", "refused by a rule", "refused for a value")
			.allSatisfy((outcome, count) -> assertThat(count).isGreaterThan(COMBINATIONS / 50));
		this.server.setSoTimeout(1);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this.server::accept);
	}

	private Map<String, Object> properties(Random random) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.application.name", "shop");
		int settings = 1 + random.nextInt(5);
		for (int i = 0; i < settings; i++) {
			String prefix = (random.nextInt(5) == 0) ? "cdc.engines." + pick(random, ENGINES, 2) + "." : "cdc.";
			if (random.nextInt(12) == 0) {
				properties.put(prefix + pick(random, FURTHER_KEYS, 0), pick(random, HOSTILE, 0));
				continue;
			}
			String key = pick(random, List.copyOf(VALID.keySet()), 0);
			properties.put(prefix + key,
					(random.nextInt(3) == 0) ? pick(random, HOSTILE, 0) : pick(random, VALID.get(key), 0));
		}
		return properties;
	}

	/** One of them, mostly one of the first if a number of those is given. */
	private static String pick(Random random, List<String> texts, int first) {
		return texts.get(random.nextInt((first > 0 && random.nextInt(4) != 0) ? first : texts.size()));
	}

	private String outcome(Map<String, Object> properties, String seed) {
		try {
			read(properties);
			return "bound";
		}
		catch (StartRefusedException ex) {
			for (Violation violation : ex.violations()) {
				assertOneLine(violation.problem(), seed);
				assertOneLine(violation.action(), seed);
				assertThat(violation.properties()).as(seed).isNotEmpty().allMatch((name) -> name.startsWith("cdc."));
			}
			return "refused by a rule";
		}
		catch (InvalidCdcPropertyException ex) {
			assertOneLine(ex.getMessage(), seed);
			assertThat(ex.getMessage()).as(seed).startsWith("'cdc.");
			return "refused for a value";
		}
		catch (MutuallyExclusiveConfigurationPropertiesException ex) {
			assertOneLine(ex.getMessage(), seed);
			assertThat(ex.getMessage()).as(seed).contains("cdc.");
			return "refused for a value";
		}
		catch (BindException ex) {
			assertOneLine(ex.getMessage(), seed);
			assertThat(ex.getMessage()).as(seed).contains("'cdc");
			return "cannot be bound";
		}
		catch (RuntimeException ex) {
			throw new AssertionError(seed + " " + shortened(properties), ex);
		}
	}

	private void read(Map<String, Object> properties) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("fuzz", properties));
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("bundles", new DefaultSslBundleRegistry());
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(url());
		OffsetStores stores = new OffsetStores(null, dataSource);
		CdcProperties bound = Binder.get(environment)
			.bindOrCreate("cdc", Bindable.of(CdcProperties.class),
					new CdcBindHandlerAdvisor().apply(new IgnoreTopLevelConverterNotFoundBindHandler()));
		EngineSettingsReader reader = new EngineSettingsReader(
				environment, bound, new ConnectionSettingsReader(null,
						new PlainConnectionDetails(url(), "me", "s3cr3t"), beans.getBeanProvider(SslBundles.class)),
				stores);
		List<EngineSettings> engines = new ArrayList<>(List.of(reader.readDefault()));
		reader.furtherEngines().forEach((name) -> engines.add(reader.read(name)));
		SettingsRules.check(engines);
		for (EngineSettings engine : engines) {
			assertThat(engine.slot().name()).matches("[a-z_][a-z0-9_]{0,62}");
			assertThat(engine.publication().name()).matches("[a-z_][a-z0-9_]{0,62}");
			stores.of(engine.offset());
		}
	}

	private String url() {
		return "jdbc:postgresql://localhost:" + this.server.getLocalPort() + "/shop";
	}

	private static void assertOneLine(String text, String seed) {
		assertThat(text).as(seed)
			.hasSizeLessThan(3_000)
			.matches((all) -> all.chars().noneMatch(Character::isISOControl));
	}

	private static String shortened(Map<String, Object> properties) {
		Map<String, String> shortened = new LinkedHashMap<>();
		properties.forEach((key, value) -> shortened.put(key, shortened((String) value)));
		return shortened.toString();
	}

	private static String shortened(String value) {
		return (value.length() > 100) ? value.substring(0, 20) + "... (" + value.length() + ")" : value;
	}

	@Test
	void parsesOrRejectsAnyTablePattern() {
		for (String text : HOSTILE) {
			try {
				TablePattern pattern = TablePattern.parse(text);
				assertThat(TablePattern.parse(pattern.toString())).isEqualTo(pattern);
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex.getMessage()).contains(" is not a table pattern: ").hasSizeLessThan(300);
			}
		}
	}

}
