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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Function;

import javax.sql.DataSource;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Access to a table of the starter. It joins a Spring transaction on the same
 * {@code DataSource} if there is one on this thread. Otherwise each call is a transaction
 * of its own.
 * <p>
 * No call waits without a limit: a statement is cancelled after the timeout, and a server
 * that does not answer the cancellation is given up after one and a half times the
 * timeout. The pool limits the wait for a connection.
 */
public final class JdbcTable {

	/** Default time limit for a statement. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * SQL condition that is always true, and makes the commit wait for the disk even if
	 * the session would not, without another round trip. A stronger setting is kept.
	 */
	public static final String DURABLE_COMMIT = "CASE current_setting('synchronous_commit') WHEN 'off'"
			+ " THEN set_config('synchronous_commit', 'on', true) ELSE 'on' END = 'on'";

	/** So many closed connections of a pool are passed over. */
	private static final int MAX_CLOSED = 10;

	private final DataSource dataSource;

	private final TableDefinition table;

	private final boolean create;

	private final Duration timeout;

	private final StoreCalls calls = new StoreCalls();

	private volatile boolean created;

	private volatile boolean prepared;

	/**
	 * Create an access to a table.
	 * @param dataSource the database
	 * @param table the table
	 * @param create whether to create the table if it is missing
	 * @param timeout time limit for a statement, in whole seconds
	 */
	public JdbcTable(DataSource dataSource, TableDefinition table, boolean create, Duration timeout) {
		Assert.isTrue(timeout.toSeconds() >= 1, "'timeout' must be a second or more");
		this.dataSource = targetOf(dataSource);
		this.table = table;
		this.create = create;
		this.timeout = timeout;
	}

	/**
	 * Return the {@code DataSource} that Spring's transaction managers bind transactions
	 * to.
	 * @param dataSource the DataSource
	 * @return the DataSource, or the target of a transaction-aware proxy
	 */
	public static DataSource targetOf(DataSource dataSource) {
		if (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
			return proxy.getTargetDataSource();
		}
		return dataSource;
	}

	/**
	 * Read.
	 * @param <T> the type of the result
	 * @param sql the statement
	 * @param parameters sets the parameters of the statement
	 * @param reader reads all rows
	 * @return what the reader returned
	 * @throws StoreException if the table cannot be read
	 */
	public <T> T read(String sql, PreparedStatementSetter parameters, ResultSetExtractor<T> reader) {
		return execute("read", (jdbc) -> jdbc.query(sql, parameters, reader));
	}

	/**
	 * Write, with a statement that returns rows.
	 * @param <T> the type of the result
	 * @param sql the statement
	 * @param parameters sets the parameters of the statement
	 * @param reader reads all rows
	 * @return what the reader returned
	 * @throws StoreException if the table cannot be written
	 */
	public <T> T writeReturning(String sql, PreparedStatementSetter parameters, ResultSetExtractor<T> reader) {
		return execute("write", (jdbc) -> jdbc.query(sql, parameters, reader));
	}

	/**
	 * Write.
	 * @param sql the statement
	 * @param parameters sets the parameters of the statement
	 * @return the number of rows written
	 * @throws StoreException if the table cannot be written
	 */
	public int write(String sql, PreparedStatementSetter parameters) {
		return execute("write", (jdbc) -> jdbc.update(sql, parameters));
	}

	/**
	 * Pools refuse a connection to an interrupted thread. Engines are stopped by an
	 * interrupt, but must still store the last offset.
	 */
	private <T> T execute(String action, Function<JdbcOperations, T> work) {
		boolean interrupted = Thread.interrupted();
		try {
			return this.calls.call(() -> {
				createIfMissing();
				return executeOnTable(action, work);
			});
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Create a table again that was dropped since it was created. */
	private <T> T executeOnTable(String action, Function<JdbcOperations, T> work) {
		try {
			return executeInTransaction(action, work);
		}
		catch (StoreException ex) {
			if (!(ex.getCause() instanceof SQLException cause) || !SqlState.is(cause, SqlState.UNDEFINED_TABLE)) {
				throw ex;
			}
			this.created = false;
			this.prepared = false;
			if (!this.create || TransactionSynchronizationManager.hasResource(this.dataSource)) {
				// The error has aborted the caller's transaction, so create it next time
				throw ex;
			}
			createIfMissing();
			return executeInTransaction(action, work);
		}
	}

	private <T> T executeInTransaction(String action, Function<JdbcOperations, T> work) {
		Connection connection = connection(action);
		try {
			return withTimeout(connection,
					(jdbc) -> isJoined(connection) ? work.apply(jdbc) : commit(connection, jdbc, work));
		}
		catch (SQLException | DataAccessException ex) {
			throw this.table.failure(action, sqlExceptionOf(ex), connection);
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	private static SQLException sqlExceptionOf(Exception ex) {
		if (ex instanceof SQLException sqlException) {
			return sqlException;
		}
		return (ex.getCause() instanceof SQLException cause) ? cause : new SQLException(ex);
	}

	private Connection connection(String action) {
		try {
			boolean bound = TransactionSynchronizationManager.isSynchronizationActive()
					|| TransactionSynchronizationManager.hasResource(this.dataSource);
			return bound ? DataSourceUtils.getConnection(this.dataSource) : open();
		}
		catch (CannotGetJdbcConnectionException | SQLException ex) {
			throw this.table.unreachable(action, ex);
		}
	}

	/**
	 * A pool gives out a connection that was closed since, if it was used a moment ago.
	 * It drops it as soon as that shows.
	 */
	private Connection open() throws SQLException {
		for (int closed = 0;; closed++) {
			Connection connection = this.dataSource.getConnection();
			try {
				// A connection of a pool only says whether it was given back
				connection.getNetworkTimeout();
				return connection;
			}
			catch (SQLException | RuntimeException ex) {
				DataSourceUtils.releaseConnection(connection, this.dataSource);
				boolean passedOver = ex instanceof SQLException sql && SqlState.is(sql, SqlState.CONNECTION_CLOSED);
				if (!passedOver || closed == MAX_CLOSED) {
					throw ex;
				}
			}
		}
	}

	private boolean isJoined(Connection connection) {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& DataSourceUtils.isConnectionTransactional(connection, this.dataSource);
	}

	/** Pools without auto-commit roll back what is not committed. */
	private static <T> T commit(Connection connection, JdbcOperations jdbc, Function<JdbcOperations, T> work)
			throws SQLException {
		if (connection.getAutoCommit()) {
			return work.apply(jdbc);
		}
		try {
			T result = work.apply(jdbc);
			connection.commit();
			return result;
		}
		catch (SQLException | RuntimeException ex) {
			rollback(connection, ex);
			throw ex;
		}
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
	 * Limit the wait for the network: the timeout of a statement needs a server that
	 * answers.
	 */
	private <T> T withTimeout(Connection connection, Work<T> work) throws SQLException {
		JdbcOperations jdbc = new BoundedJdbcTemplate(connection);
		int before = connection.getNetworkTimeout();
		int limit = (int) Math.min(this.timeout.toMillis() * 3 / 2, Integer.MAX_VALUE);
		if (before > 0 && before <= limit) {
			return work.execute(jdbc);
		}
		connection.setNetworkTimeout(Runnable::run, limit);
		try {
			return work.execute(jdbc);
		}
		finally {
			if (!connection.isClosed()) {
				connection.setNetworkTimeout(Runnable::run, before);
			}
		}
	}

	/**
	 * Create the table if it is missing, and check that the role has all privileges that
	 * it needs, so that a start does not find them missing one by one. Does nothing in a
	 * transaction of the caller.
	 * @throws StoreException if the table cannot be used
	 */
	public void prepare() {
		if (this.prepared || TransactionSynchronizationManager.hasResource(this.dataSource)) {
			return;
		}
		createIfMissing();
		try (Connection connection = open()) {
			try {
				withTimeout(connection, this::requirePrivileges);
			}
			catch (SQLException | DataAccessException ex) {
				if (!connection.getAutoCommit()) {
					connection.rollback();
				}
				throw this.table.failure("use", sqlExceptionOf(ex), connection);
			}
		}
		catch (SQLException ex) {
			throw this.table.unreachable("read", ex);
		}
		this.prepared = true;
	}

	/**
	 * A right on the columns that a statement names is enough for it. Which ones those
	 * are is left to the statement. Rows can only be deleted with a right on the table.
	 */
	private boolean requirePrivileges(JdbcOperations jdbc) throws SQLException {
		String name = this.table.name().quoted();
		Boolean privileged = jdbc.queryForObject(
				"SELECT bool_and(CASE privilege WHEN 'DELETE' THEN has_table_privilege(to_regclass(?), privilege)"
						+ " ELSE has_any_column_privilege(to_regclass(?), privilege) END)"
						+ " FROM regexp_split_to_table(?, ', ') privilege",
				Boolean.class, name, name, this.table.privileges());
		if (privileged == null) {
			throw new SQLException("ERROR: relation " + name + " does not exist", SqlState.UNDEFINED_TABLE);
		}
		if (!privileged) {
			throw new SQLException("ERROR: permission denied for table " + this.table.name().name(),
					SqlState.INSUFFICIENT_PRIVILEGE);
		}
		return true;
	}

	/**
	 * How long the oldest statement has been running, with the wait for its connection.
	 * @return the time, zero if none is running
	 */
	public Duration longestCall() {
		return this.calls.longest();
	}

	/**
	 * Identify the database of a connection, as a {@link TableSetupException} does.
	 */
	public static String database(Connection connection) throws SQLException {
		return TablePlace.database(connection);
	}

	/**
	 * Never in the caller's transaction, which may be rolled back, or aborted because
	 * another instance creates the table at the same moment.
	 */
	private void createIfMissing() {
		if (this.created || !this.create) {
			return;
		}
		try (Connection connection = open()) {
			createIfMissing(connection);
		}
		catch (SQLException ex) {
			throw this.table.unreachable("create", ex);
		}
		this.created = true;
	}

	private void createIfMissing(Connection connection) {
		try {
			connection.setAutoCommit(true);
			withTimeout(connection, (jdbc) -> {
				// 'IF NOT EXISTS' needs the privilege to create even if the table exists
				if (!exists(jdbc)) {
					create(jdbc);
				}
				return this.table;
			});
		}
		catch (SQLException | DataAccessException ex) {
			throw this.table.failure("create", sqlExceptionOf(ex), connection);
		}
	}

	private void create(JdbcOperations jdbc) {
		try {
			jdbc.execute(this.table.create());
		}
		catch (DataAccessException ex) {
			// If several instances create it at the same time, all but one get some error
			if (!exists(jdbc)) {
				throw ex;
			}
		}
	}

	private boolean exists(JdbcOperations jdbc) {
		return Boolean.TRUE.equals(
				jdbc.queryForObject("SELECT to_regclass(?) IS NOT NULL", Boolean.class, this.table.name().quoted()));
	}

	/**
	 * Works on one connection, within the timeout or that of the caller's transaction.
	 */
	private final class BoundedJdbcTemplate extends JdbcTemplate {

		BoundedJdbcTemplate(Connection connection) {
			super(new SingleConnectionDataSource(connection, true));
		}

		@Override
		protected void applyStatementSettings(Statement statement) throws SQLException {
			DataSourceUtils.applyTimeout(statement, JdbcTable.this.dataSource,
					(int) JdbcTable.this.timeout.toSeconds());
		}

	}

	@FunctionalInterface
	private interface Work<T> {

		T execute(JdbcOperations jdbc) throws SQLException;

	}

}
