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

import java.sql.SQLException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The database of one test context on the embedded server. It is dropped with its slots
 * when the context closes, after all that use it.
 */
final class ContextDatabase implements JdbcConnectionDetails, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(ContextDatabase.class);

	/** Only the slots of connections that have just been closed can be active. */
	private static final String END_SLOTS = "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots "
			+ "WHERE database = '%s' AND active_pid IS NOT NULL";

	private final EmbeddedServer server;

	private final String name;

	/**
	 * Create the database.
	 * @param name the name, which needs no quotes
	 */
	ContextDatabase(EmbeddedServer server, String name) throws SQLException {
		this.server = server;
		this.name = name;
		server.execute("CREATE DATABASE " + name);
	}

	@Override
	public String getUsername() {
		return EmbeddedServer.USER;
	}

	/** The server trusts local connections. */
	@Override
	public String getPassword() {
		return EmbeddedServer.USER;
	}

	@Override
	public String getJdbcUrl() {
		return this.server.jdbcUrl(this.name);
	}

	@Override
	public void destroy() {
		try {
			Attempts.untilFree(() -> {
				this.server.execute(END_SLOTS.formatted(this.name));
				this.server.execute("DROP DATABASE IF EXISTS " + this.name + " WITH (FORCE)");
			});
		}
		catch (SQLException ex) {
			logger.warn("Database '{}' of a test context could not be dropped: {}", this.name, ex.getMessage());
		}
	}

}
