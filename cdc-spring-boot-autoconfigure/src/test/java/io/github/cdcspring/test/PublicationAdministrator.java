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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.startup.RelationsReader;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.testsupport.TestDatabase;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Publishes the tables of each engine that does not create its publication itself, before
 * it starts for the first time.
 */
class PublicationAdministrator implements EngineCreatedListener {

	static final String ENABLED = "test.publication-administrator";

	/** What was published once, and may have been dropped by a test since. */
	private static final Set<List<String>> published = ConcurrentHashMap.newKeySet();

	private final TestDatabase database;

	PublicationAdministrator(TestDatabase database) {
		this.database = database;
	}

	@Override
	public void created(SupervisedCdcEngine engine) {
		EngineSettings settings = engine.settings();
		if (engine instanceof EmbeddedCdcEngine && !settings.publication().create()
				&& settings.connection().database().equals(this.database.name())) {
			Set<TableId> tables = tables(engine);
			String publication = settings.publication().name();
			if (!tables.isEmpty() && published.add(List.of(this.database.jdbcUrl(), publication))) {
				this.database.publish(publication, SqlQuoting.tables(tables));
			}
		}
	}

	private Set<TableId> tables(SupervisedCdcEngine engine) {
		RelationsReader reader = new RelationsReader(engine.settings(),
				engine.listeners().stream().flatMap((listener) -> listener.tables().stream()).distinct().toList());
		try (Connection connection = this.database.connect()) {
			return reader.read(connection, List.of()).tableIds();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Adds an administrator to the application.
	 */
	record Initializer(TestDatabase database) implements ApplicationContextInitializer<GenericApplicationContext> {

		@Override
		public void initialize(GenericApplicationContext context) {
			if (context.getEnvironment().getProperty(ENABLED, Boolean.class, true)) {
				context.registerBean(PublicationAdministrator.class, () -> new PublicationAdministrator(this.database));
			}
		}

	}

}
