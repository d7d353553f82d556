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

package io.github.cdcspring.boot.test;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.FileSystemUtils;

/**
 * Drops the slots, publications and offset files of a test context when it closes, even
 * if it was paused before. The engines have stopped by then.
 */
final class ContextCleanup implements EngineCreatedListener, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(ContextCleanup.class);

	private static final String END = "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots "
			+ "WHERE slot_name = ? AND active_pid IS NOT NULL";

	private static final String DROP = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
			+ "WHERE slot_name = ?";

	private final List<EngineSettings> engines = new CopyOnWriteArrayList<>();

	@Override
	public void created(SupervisedCdcEngine engine) {
		this.engines.add(engine.settings());
	}

	@Override
	public void destroy() {
		this.engines.forEach(ContextCleanup::clean);
	}

	private static void clean(EngineSettings engine) {
		if (engine.kafka() == null) {
			try (Connection connection = new SourceDatabase(engine).connect()) {
				Attempts.untilFree(() -> dropSlot(connection, engine.slot().name()));
				if (engine.publication().create()) {
					dropPublication(connection, engine.publication().name());
				}
			}
			catch (SQLException ex) {
				logger.debug("Slot '{}' of a test context could not be dropped", engine.slot().name(), ex);
			}
		}
		try {
			FileSystemUtils.deleteRecursively(ContextNames.offsetFile(engine.slot().name()).getParent());
		}
		catch (IOException ex) {
			logger.debug("The offset file of slot '{}' could not be deleted", engine.slot().name(), ex);
		}
	}

	private static void dropSlot(Connection connection, String slot) throws SQLException {
		for (String sql : new String[] { END, DROP }) {
			try (PreparedStatement statement = connection.prepareStatement(sql)) {
				statement.setString(1, slot);
				statement.execute();
			}
		}
	}

	private static void dropPublication(Connection connection, String publication) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("DROP PUBLICATION IF EXISTS " + SqlQuoting.identifier(publication));
		}
	}

}
