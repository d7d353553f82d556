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

package io.github.cdcspring.testsupport;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

import org.jspecify.annotations.Nullable;

/**
 * Connections for the statements of tests. Tests wait for conditions with repeated
 * queries, and a PostgreSQL server forks a process for each connection.
 */
final class TestConnections {

	private static final Map<TestDatabase, ConcurrentLinkedDeque<Connection>> idle = new ConcurrentHashMap<>();

	private TestConnections() {
	}

	/**
	 * Call with a connection that is in the state of a new one.
	 */
	static <T> T call(TestDatabase database, ConnectionCallback<T> callback) {
		try {
			Connection connection = take(database);
			T result;
			try {
				result = callback.call(connection);
			}
			catch (SQLException ex) {
				connection.close();
				throw ex;
			}
			connections(database).addFirst(connection);
			return result;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Close the connections to a database that are kept.
	 */
	static void close(TestDatabase database) {
		try {
			for (Connection connection = poll(database); connection != null; connection = poll(database)) {
				connection.close();
			}
			idle.remove(database);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Connection take(TestDatabase database) throws SQLException {
		for (Connection connection = poll(database); connection != null; connection = poll(database)) {
			if (isReset(connection)) {
				return connection;
			}
		}
		return database.connect();
	}

	/** The server may have been restarted or the database dropped meanwhile. */
	private static boolean isReset(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("DISCARD ALL");
			return true;
		}
		catch (SQLException ex) {
			connection.close();
			return false;
		}
	}

	private static @Nullable Connection poll(TestDatabase database) {
		return connections(database).pollFirst();
	}

	private static ConcurrentLinkedDeque<Connection> connections(TestDatabase database) {
		return idle.computeIfAbsent(database, (key) -> new ConcurrentLinkedDeque<>());
	}

	/**
	 * Uses a connection.
	 */
	interface ConnectionCallback<T> {

		T call(Connection connection) throws SQLException;

	}

}
