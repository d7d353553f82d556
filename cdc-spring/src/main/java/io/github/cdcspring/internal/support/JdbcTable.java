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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Work on a table of the starter. Where a Spring transaction holds a connection of the
 * same {@code DataSource} on this thread, the work joins it and stands or falls with it.
 * Everywhere else it is a transaction of its own.
 * <p>
 * No call waits without bound: a statement is cancelled after the timeout, and a server
 * that does not even answer that is given up after half of it again. Getting a connection
 * is bounded by the pool.
 *
 */
public final class JdbcTable {

	/** The time a statement may take where none is given. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	private final DataSource dataSource;

	private final TableDefinition table;

	private final boolean create;

	private final Duration timeout;

	private volatile boolean prepared;

	/**
	 * Create an access to a table.
	 * @param dataSource the database
	 * @param table the table
	 * @param create whether to create the table where it is missing
	 * @param timeout the time a statement may take, in whole seconds
	 */
	public JdbcTable(DataSource dataSource, TableDefinition table, boolean create, Duration timeout) {
		Assert.isTrue(timeout.toSeconds() >= 1, "'timeout' must be a second or more");
		this.dataSource = targetOf(dataSource);
		this.table = table;
		this.create = create;
		this.timeout = timeout;
	}

	/**
	 * The DataSource that transactions are bound to, as Spring's own transaction manager
	 * finds it: the proxy would be asked twice to join.
	 * @param dataSource the DataSource
	 * @return the DataSource itself, or what a proxy that knows of transactions stands
	 * for
	 */
	public static DataSource targetOf(DataSource dataSource) {
		if (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
			return proxy.getTargetDataSource();
		}
		return dataSource;
	}

	/**
	 * Read one thing or many.
	 * @param sql the statement
	 * @param parameters sets its parameters
	 * @param reader reads the result
	 * @return what the reader read
	 * @throws StoreException if it could not be read
	 */
	public <T> T read(String sql, Parameters parameters, Reader<T> reader) {
		return on("read", sql, parameters, reader);
	}

	/**
	 * Write, with a statement that returns rows.
	 * @param sql the statement
	 * @param parameters sets its parameters
	 * @param reader reads the result
	 * @return what the reader read
	 * @throws StoreException if it could not be written
	 */
	public <T> T writeReturning(String sql, Parameters parameters, Reader<T> reader) {
		return on("write", sql, parameters, reader);
	}

	/**
	 * Write.
	 * @param sql the statement
	 * @param parameters sets its parameters
	 * @return how many rows were written
	 * @throws StoreException if it could not be written
	 */
	public int write(String sql, Parameters parameters) {
		return inTransaction("write", (connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(sql)) {
				applyTimeout(statement);
				parameters.set(statement);
				return statement.executeUpdate();
			}
		});
	}

	private <T> T on(String action, String sql, Parameters parameters, Reader<T> reader) {
		return inTransaction(action, (connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(sql)) {
				applyTimeout(statement);
				parameters.set(statement);
				try (ResultSet rows = statement.executeQuery()) {
					return reader.read(rows);
				}
			}
		});
	}

	/**
	 * Create the table where it is missing and that is allowed. Never in a transaction of
	 * the caller, which could roll it back or be aborted by another replica that creates
	 * it at the same moment.
	 */
	private void prepare() {
		if (this.prepared || !this.create) {
			return;
		}
		try (Connection connection = this.dataSource.getConnection()) {
			createWhereMissing(connection);
		}
		catch (SQLException ex) {
			throw this.table.unreachable("create", ex);
		}
		this.prepared = true;
	}

	private void createWhereMissing(Connection connection) {
		try {
			connection.setAutoCommit(true);
			withinTimeout(connection, (bounded) -> exists(bounded) || create(bounded));
		}
		catch (SQLException ex) {
			throw this.table.failure("create", ex, connection);
		}
	}

	// Asked first, as 'IF NOT EXISTS' wants the right to create where there is nothing to
	// do
	private boolean create(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			applyTimeout(statement);
			return statement.execute(this.table.create());
		}
		catch (SQLException ex) {
			// Of several replicas that create it at once, all but one get some error or
			// other
			if (!exists(connection)) {
				throw ex;
			}
			return true;
		}
	}

	private boolean exists(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
			applyTimeout(statement);
			statement.setString(1, this.table.name().quoted());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && row.getBoolean(1);
			}
		}
	}

	/**
	 * A pool gives no connection to a thread that is interrupted, which is how engines
	 * are stopped: the last position has to be saved all the same.
	 */
	private <T> T inTransaction(String action, Work<T> work) {
		boolean interrupted = Thread.interrupted();
		try {
			prepare();
			return onPreparedTable(action, work);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** A table that was dropped since it was prepared is created again. */
	private <T> T onPreparedTable(String action, Work<T> work) {
		try {
			return onConnection(action, work);
		}
		catch (StoreException ex) {
			if (!isTableMissing(ex)) {
				throw ex;
			}
			this.prepared = false;
			if (!this.create || TransactionSynchronizationManager.hasResource(this.dataSource)) {
				// In a transaction of the caller, which the error has aborted: next time
				throw ex;
			}
			prepare();
			return onConnection(action, work);
		}
	}

	private static boolean isTableMissing(StoreException ex) {
		return ex.getCause() instanceof SQLException cause && "42P01".equals(cause.getSQLState());
	}

	private <T> T onConnection(String action, Work<T> work) {
		Connection connection = connection(action);
		try {
			return withinTimeout(connection, isJoined(connection) ? work : committed(work));
		}
		catch (SQLException ex) {
			throw this.table.failure(action, ex, connection);
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	private Connection connection(String action) {
		try {
			return DataSourceUtils.getConnection(this.dataSource);
		}
		catch (CannotGetJdbcConnectionException ex) {
			throw this.table.unreachable(action, ex);
		}
	}

	private boolean isJoined(Connection connection) {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& DataSourceUtils.isConnectionTransactional(connection, this.dataSource);
	}

	/**
	 * A pool may hand out connections without auto-commit, and takes them back with a
	 * rollback.
	 */
	private static <T> Work<T> committed(Work<T> work) {
		return (connection) -> {
			if (connection.getAutoCommit()) {
				return work.on(connection);
			}
			try {
				T result = work.on(connection);
				connection.commit();
				return result;
			}
			catch (SQLException | RuntimeException ex) {
				rollback(connection, ex);
				throw ex;
			}
		};
	}

	private static void rollback(Connection connection, Exception ex) {
		try {
			connection.rollback();
		}
		catch (SQLException rollbackEx) {
			ex.addSuppressed(rollbackEx);
		}
	}

	/**
	 * Bound the wait for the network: a statement's own timeout needs a server that
	 * answers.
	 */
	private <T> T withinTimeout(Connection connection, Work<T> work) throws SQLException {
		int before = connection.getNetworkTimeout();
		int bound = (int) Math.min(this.timeout.toMillis() * 3 / 2, Integer.MAX_VALUE);
		if (before > 0 && before <= bound) {
			return work.on(connection);
		}
		connection.setNetworkTimeout(Runnable::run, bound);
		try {
			return work.on(connection);
		}
		finally {
			if (!connection.isClosed()) {
				connection.setNetworkTimeout(Runnable::run, before);
			}
		}
	}

	private void applyTimeout(Statement statement) throws SQLException {
		DataSourceUtils.applyTimeout(statement, this.dataSource, (int) this.timeout.toSeconds());
	}

	@FunctionalInterface
	private interface Work<T> {

		T on(Connection connection) throws SQLException;

	}

	/** Sets the parameters of a statement. */
	@FunctionalInterface
	public interface Parameters {

		/**
		 * Set them.
		 * @param statement the statement
		 * @throws SQLException if it fails
		 */
		void set(PreparedStatement statement) throws SQLException;

	}

	/**
	 * Reads the rows of a result.
	 *
	 * @param <T> what they become
	 */
	@FunctionalInterface
	public interface Reader<T> {

		/**
		 * Read them.
		 * @param rows the rows, before the first
		 * @return what they become
		 * @throws SQLException if it fails
		 */
		T read(ResultSet rows) throws SQLException;

	}

}
