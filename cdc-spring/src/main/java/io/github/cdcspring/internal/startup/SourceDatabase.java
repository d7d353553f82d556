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

import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.debezium.SessionSettings;
import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.internal.support.SourceEndpoint;
import io.github.cdcspring.internal.support.SourceSockets;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

import org.springframework.jdbc.support.JdbcUtils;

/**
 * Opens connections to the source database for short queries, apart from Debezium's own.
 * Each connection has timeouts, so that a server that hangs is noticed. Host, credentials
 * and certificates are asked for each time.
 */
public final class SourceDatabase implements ConnectionSource {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Set<String> PRIMARY = Set.of("primary", "master");

	/** How long a host may take to accept a connection, if there are others. */
	private static final Duration FOR_A_HOST = Duration.ofSeconds(2);

	/** The session that a pooler lends belongs to others, too. */
	private static final String LIMIT = "SELECT set_config('statement_timeout', ?, false) WHERE pg_backend_pid() = ?";

	private final Supplier<EngineSettings.Connection> details;

	private final Duration timeout;

	private final @Nullable SourceEndpoint endpoint;

	private final boolean rows;

	/** The host that was reached last, with its port. */
	private final AtomicReference<@Nullable String> reached;

	/**
	 * Create a source of connections with a timeout of ten seconds.
	 * @param settings the engine
	 */
	public SourceDatabase(EngineSettings settings) {
		this(settings, TIMEOUT);
	}

	/**
	 * Create a source of connections.
	 * @param settings the engine
	 * @param timeout the maximum time to connect to a host, and to wait for each answer,
	 * in whole seconds
	 */
	public SourceDatabase(EngineSettings settings, Duration timeout) {
		this(settings.connections(), timeout, null, false, new AtomicReference<>());
	}

	private SourceDatabase(Supplier<EngineSettings.Connection> details, Duration timeout,
			@Nullable SourceEndpoint endpoint, boolean rows, AtomicReference<@Nullable String> reached) {
		this.details = details;
		this.timeout = timeout;
		this.endpoint = endpoint;
		this.rows = rows;
		this.reached = reached;
	}

	/**
	 * The same database on one server only.
	 * @param endpoint the server
	 * @param timeout the maximum time to connect to a host, and to wait for each answer,
	 * in whole seconds
	 * @return a source of connections
	 */
	public SourceDatabase at(SourceEndpoint endpoint, Duration timeout) {
		return new SourceDatabase(this.details, timeout, endpoint, this.rows, this.reached);
	}

	/**
	 * The same database with another timeout. Both know which host was reached last.
	 * @param timeout the maximum time to connect to a host, and to wait for each answer,
	 * in whole seconds
	 * @return a source of connections
	 */
	public SourceDatabase within(Duration timeout) {
		return new SourceDatabase(this.details, timeout, this.endpoint, this.rows, this.reached);
	}

	/**
	 * The same database with connections that read rows: their text has the form of the
	 * stream's, and no timeout of the database applies.
	 * @return a source of connections
	 */
	public SourceDatabase forRows() {
		return new SourceDatabase(this.details, this.timeout, this.endpoint, true, this.reached);
	}

	/**
	 * Open a connection.
	 * @return the connection, to be closed by the caller
	 * @throws SQLException if the server cannot be reached or refuses the connection
	 */
	@Override
	public Connection connect() throws SQLException {
		return open().connection();
	}

	/**
	 * Open a connection, and tell which server it has reached.
	 * @return the connection, to be closed by the caller
	 * @throws SQLException if the server cannot be reached or refuses the connection
	 */
	public Reached open() throws SQLException {
		EngineSettings.Connection details = details();
		Reached reached = open(details, properties(details));
		try {
			limit(reached.connection());
			return reached;
		}
		catch (SQLException | RuntimeException ex) {
			JdbcUtils.closeConnection(reached.connection());
			throw ex;
		}
	}

	/**
	 * A statement that this side no longer waits for would otherwise remain on the server
	 * until it gets the lock that it waits for. So the server gives it up earlier.
	 */
	private void limit(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(LIMIT)) {
			statement.setString(1, String.valueOf(this.timeout.toMillis() * 9 / 10));
			statement.setInt(2, connection.unwrap(PGConnection.class).getBackendPID());
			statement.execute();
		}
	}

	/**
	 * Open a connection that speaks the replication protocol.
	 * @return the connection, to be closed by the caller
	 * @throws SQLException if the server cannot be reached or refuses the connection
	 */
	public Connection connectForReplication() throws SQLException {
		EngineSettings.Connection details = details();
		return open(details, ReplicationCommands.properties(properties(details))).connection();
	}

	/**
	 * The message of an exception of the application may contain a password.
	 */
	private EngineSettings.Connection details() throws SQLException {
		try {
			EngineSettings.Connection details = this.details.get();
			return (this.endpoint != null) ? details.at(this.endpoint.details().hosts(), this.endpoint.details().port())
					: reachedFirst(details);
		}
		catch (CdcException ex) {
			throw new SQLException(ex.getMessage(), SqlState.UNABLE_TO_CONNECT, ex);
		}
		catch (RuntimeException ex) {
			throw new SQLException("The connection details cannot be read: the application threw "
					+ ex.getClass().getName() + ". Check the bean that returns them.", SqlState.UNABLE_TO_CONNECT);
		}
	}

	/**
	 * If the driver looks for the primary, try the host first that was it last: each host
	 * before it that does not answer costs time, at each connection of a start. Otherwise
	 * the order of the hosts says which one is preferred.
	 */
	private EngineSettings.Connection reachedFirst(EngineSettings.Connection details) {
		String reached = this.reached.get();
		List<String> hosts = new ArrayList<>(List.of((details.hosts() + ":" + details.port()).split(",")));
		String wanted = details.driverProperties().getOrDefault(PGProperty.TARGET_SERVER_TYPE.getName(), "any");
		if (reached == null || !PRIMARY.contains(wanted) || !hosts.remove(reached)) {
			return details;
		}
		hosts.add(0, reached);
		String last = hosts.remove(hosts.size() - 1);
		int port = last.lastIndexOf(':');
		hosts.add(last.substring(0, port));
		return details.at(String.join(",", hosts), Integer.parseInt(last.substring(port + 1)));
	}

	private Properties properties(EngineSettings.Connection details) {
		Properties properties = new Properties();
		// The driver would remember for ten seconds which host was the primary
		PGProperty.HOST_RECHECK_SECONDS.set(properties, 0);
		properties.putAll(details.driverProperties());
		PGProperty.APPLICATION_NAME.set(properties, "cdc");
		limit(properties, hosts(details));
		if (details.username() != null) {
			PGProperty.USER.set(properties, details.username());
		}
		if (details.password() != null) {
			PGProperty.PASSWORD.set(properties, details.password());
		}
		if (this.rows) {
			PGProperty.OPTIONS.set(properties,
					SessionSettings.options(details.driverProperties().get(PGProperty.OPTIONS.getName())));
			PGProperty.BINARY_TRANSFER.set(properties, false);
			// A key is sent as text, and compared as what it is
			PGProperty.STRING_TYPE.set(properties, "unspecified");
		}
		return properties;
	}

	private static int hosts(EngineSettings.Connection details) {
		return details.hosts().split(",").length;
	}

	/**
	 * The driver tries one host after the other, and the limits of the login and of
	 * connecting are for all of them. A host that does not answer must leave time for the
	 * next one.
	 */
	private void limit(Properties properties, int hosts) {
		int seconds = (int) this.timeout.toSeconds();
		PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
		if (hosts == 1) {
			PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
			PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
			return;
		}
		int wait = Math.min(seconds, (int) FOR_A_HOST.toSeconds());
		// Sockets of the application's own factory have no other limit
		PGProperty.CONNECT_TIMEOUT.set(properties, wait);
		PGProperty.SSL_RESPONSE_TIMEOUT.set(properties, wait * 1000);
		// A host may accept a connection, and then answer neither with TLS nor without it
		PGProperty.LOGIN_TIMEOUT.set(properties, hosts * (seconds + 3 * wait));
	}

	private Reached open(EngineSettings.Connection details, Properties properties) throws SQLException {
		InetSocketAddress address = (this.endpoint != null) ? this.endpoint.address() : null;
		try (SourceSockets sockets = SourceSockets.register(address, false)) {
			Map<String, String> own = sockets.driverProperties(details.driverProperties());
			properties.putAll(own);
			if (hosts(details) > 1 && !own.isEmpty()) {
				sockets.limitConnect(Duration.ofSeconds(PGProperty.CONNECT_TIMEOUT.getInt(properties)));
				PGProperty.CONNECT_TIMEOUT.set(properties, 0);
			}
			Connection connection = new Driver().connect(details.jdbcUrl(), properties);
			if (connection == null) {
				throw new SQLException("'" + details.jdbcUrl() + "' is not a PostgreSQL URL",
						SqlState.UNABLE_TO_CONNECT);
			}
			if (this.rows) {
				SessionSettings.apply(connection);
			}
			HostSpec host = connection.unwrap(PgConnection.class).getQueryExecutor().getHostSpec();
			this.reached.set(host.getHost() + ":" + host.getPort());
			return new Reached(connection,
					new SourceEndpoint(details.at(host.getHost(), host.getPort()), sockets.reached()));
		}
	}

	@Override
	public String toString() {
		return (this.endpoint != null) ? this.endpoint.details().toString() : "the source database";
	}

	/**
	 * An open connection.
	 *
	 * @param connection the connection
	 * @param endpoint the server that it has reached
	 */
	public record Reached(Connection connection, SourceEndpoint endpoint) {

	}

}
