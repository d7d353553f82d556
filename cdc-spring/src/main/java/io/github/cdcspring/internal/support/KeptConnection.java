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

package io.github.cdcspring.internal.support;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * A connection for repeated queries. It is opened by the first one and kept. Not
 * thread-safe.
 */
public final class KeptConnection implements AutoCloseable {

	private final ConnectionSource source;

	private @Nullable Connection connection;

	/**
	 * Create a connection, which is opened by the first query.
	 * @param source opens it
	 */
	public KeptConnection(ConnectionSource source) {
		this.source = source;
	}

	/**
	 * Query. A kept connection that has ended is replaced, and the query repeated once.
	 * @param <T> the type of the result
	 * @param query the query
	 * @return its result
	 * @throws SQLException if the server cannot be reached or asked; the connection is
	 * closed then
	 */
	public <T extends @Nullable Object> T query(Query<T> query) throws SQLException {
		boolean kept = this.connection != null;
		try {
			return query.on(open());
		}
		catch (SQLException ex) {
			close();
			if (!kept || !isEnd(ex)) {
				throw ex;
			}
		}
		try {
			return query.on(open());
		}
		catch (SQLException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * An administrator ended the connection, or it broke. A timeout is neither.
	 */
	private static boolean isEnd(SQLException ex) {
		return !(ex.getCause() instanceof SocketTimeoutException) && SqlState.isEndOfConnection(ex);
	}

	private Connection open() throws SQLException {
		Connection connection = this.connection;
		if (connection == null) {
			connection = this.source.connect();
			this.connection = connection;
		}
		return connection;
	}

	/** Close the connection. The next query opens another one. */
	@Override
	public void close() {
		Connection connection = this.connection;
		this.connection = null;
		if (connection != null) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				// The connection has ended in any case
			}
		}
	}

	/**
	 * A query over the connection.
	 *
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	public interface Query<T extends @Nullable Object> {

		/**
		 * Run the query.
		 * @param connection the connection
		 * @return the result
		 * @throws SQLException if it fails
		 */
		T on(Connection connection) throws SQLException;

	}

}
