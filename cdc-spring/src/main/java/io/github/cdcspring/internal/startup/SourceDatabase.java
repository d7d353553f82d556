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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.settings.EngineSettings;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens connections to the source database for short queries, apart from Debezium's own.
 * Each connection has timeouts, so that a server that hangs is noticed.
 */
public final class SourceDatabase implements ConnectionSource {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final EngineSettings.Connection settings;

	private final Duration timeout;

	/**
	 * Create a source of connections with a timeout of ten seconds.
	 * @param settings the connection
	 */
	public SourceDatabase(EngineSettings.Connection settings) {
		this(settings, TIMEOUT);
	}

	/**
	 * Create a source of connections.
	 * @param settings the connection
	 * @param timeout the maximum time to connect, and to wait for each answer, in whole
	 * seconds
	 */
	public SourceDatabase(EngineSettings.Connection settings, Duration timeout) {
		this.settings = settings;
		this.timeout = timeout;
	}

	/**
	 * Open a connection.
	 * @return the connection, to be closed by the caller
	 * @throws SQLException if the server cannot be reached or refuses the connection
	 */
	@Override
	public Connection connect() throws SQLException {
		return connect(properties());
	}

	/**
	 * Open a connection that speaks the replication protocol.
	 * @return the connection, to be closed by the caller
	 * @throws SQLException if the server cannot be reached or refuses the connection
	 */
	public Connection connectForReplication() throws SQLException {
		return connect(ReplicationCommands.properties(properties()));
	}

	private Properties properties() {
		Properties properties = new Properties();
		properties.putAll(this.settings.driverProperties());
		PGProperty.APPLICATION_NAME.set(properties, "cdc");
		PGProperty.CONNECT_TIMEOUT.set(properties, (int) this.timeout.toSeconds());
		PGProperty.LOGIN_TIMEOUT.set(properties, (int) this.timeout.toSeconds());
		PGProperty.SOCKET_TIMEOUT.set(properties, (int) this.timeout.toSeconds());
		if (this.settings.username() != null) {
			PGProperty.USER.set(properties, this.settings.username());
		}
		if (this.settings.password() != null) {
			PGProperty.PASSWORD.set(properties, this.settings.password());
		}
		return properties;
	}

	private Connection connect(Properties properties) throws SQLException {
		Connection connection = new Driver().connect(this.settings.jdbcUrl(), properties);
		if (connection == null) {
			throw new SQLException("'" + this.settings.jdbcUrl() + "' is not a PostgreSQL URL", "08001");
		}
		return connection;
	}

	@Override
	public String toString() {
		return this.settings.toString();
	}

}
