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

package io.github.cdcspring.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application like that of a user: auto-configuration, a few properties, and beans
 * with listeners.
 */
public final class TestApplication implements AutoCloseable {

	/** Enables Spring Security, which is excluded by default. */
	public static final String SPRING_SECURITY = "spring.autoconfigure.exclude=";

	/** Leaves it to the test to publish the tables. */
	public static final String WITHOUT_ADMINISTRATOR = PublicationAdministrator.ENABLED + "=false";

	private static final String NO_SPRING_SECURITY = SPRING_SECURITY + Stream
		.of("ReactiveUserDetailsService", "Security", "UserDetailsService",
				"actuate.web.reactive.ReactiveManagementWebSecurity", "actuate.web.servlet.ManagementWebSecurity",
				"web.reactive.ReactiveWebSecurity", "web.servlet.SecurityFilter", "web.servlet.ServletWebSecurity")
		.map((name) -> "org.springframework.boot.security.autoconfigure." + name + "AutoConfiguration")
		.collect(Collectors.joining(","));

	private final ConfigurableApplicationContext context;

	private TestApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an application on a database, and wait until its engines have finished their
	 * snapshots and stream.
	 */
	public static TestApplication run(TestDatabase database, Class<?> configuration, String... properties) {
		TestApplication application = start(database, configuration, properties);
		application.engines()
			.forEach((engine) -> Awaitility.await()
				.until(() -> engine.status().state() == EngineState.RUNNING
						&& database.isStreaming(engine.settings().slot().name())));
		return application;
	}

	/**
	 * Start an application on a database, with its least-privilege role. An administrator
	 * has published the tables of the listeners, unless the role owns the database.
	 */
	public static TestApplication start(TestDatabase database, Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.datasource.url=" + database.jdbcUrl(),
				"spring.datasource.username=" + database.applicationRole(),
				"spring.datasource.password=" + database.password(), "spring.datasource.hikari.maximum-pool-size=3",
				"spring.datasource.hikari.data-source-properties.loginTimeout=10", "spring.main.banner-mode=off",
				"cdc.slot.name=" + database.name(), "logging.level.root=WARN", NO_SPRING_SECURITY));
		if (!mayCreatePublication(database)) {
			all.add("cdc.publication.create=false");
		}
		all.addAll(Arrays.asList(properties));
		return new TestApplication(new SpringApplicationBuilder(Base.class, configuration).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.registerShutdownHook(false)
			.initializers(new PublicationAdministrator.Initializer(database))
			.run());
	}

	/** An engine whose server cannot be reached yet may do so. */
	private static boolean mayCreatePublication(TestDatabase database) {
		try {
			return database.isOwnedByApplication();
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public List<EmbeddedCdcEngine> engines() {
		return bean(EmbeddedEngineRegistry.class).engines().stream().map(EmbeddedCdcEngine.class::cast).toList();
	}

	public EmbeddedCdcEngine engine() {
		return engines().get(0);
	}

	/**
	 * Wait until no start of the engines takes the initial snapshot again. Until its end
	 * is stored, each start repeats it, and a change of a captured table or of the
	 * publication keeps a run from storing. The offset of a row inside the snapshot does
	 * not count.
	 */
	public void awaitSnapshotStored() {
		engines().forEach((engine) -> {
			// The status is read once a second at most
			Awaitility.await().until(() -> engine.storedLsn().isAfter(Lsn.ZERO));
			Awaitility.await().until(() -> isSnapshotStored(engine.streamStatus().positions()));
		});
	}

	private static boolean isSnapshotStored(@Nullable ReplicationState positions) {
		return positions != null && positions.offset() != null
				&& !new OffsetJson(positions.offset().position()).isInSnapshot();
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

	}

}
