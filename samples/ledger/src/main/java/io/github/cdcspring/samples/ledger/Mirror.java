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

package io.github.cdcspring.samples.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.apache.kafka.connect.errors.RetriableException;

/**
 * The mirror database of one run of the application. Each batch is committed before the
 * listener returns.
 */
final class Mirror {

	private final DataSource dataSource;

	private final int run;

	private final int fail;

	private final AtomicInteger batches = new AtomicInteger();

	private final Set<String> snapshotBegun = ConcurrentHashMap.newKeySet();

	private final boolean backfill;

	private final boolean shared;

	private Mirror(DataSource dataSource, int run, int fail, boolean backfill, boolean shared) {
		this.backfill = backfill;
		this.dataSource = dataSource;
		this.run = run;
		this.fail = fail;
		this.shared = shared;
	}

	/**
	 * Record a start of the application, whose number marks what this run writes.
	 * @param fail the number of a batch that fails once, as a Kafka client's call may; 0
	 * for none
	 * @param backfill whether existing rows are read alongside the stream
	 * @param instance the name of this instance, if it shares the events with others;
	 * empty if it receives all of them
	 */
	static Mirror open(DataSource dataSource, int fail, boolean backfill, String instance) {
		try (Connection connection = dataSource.getConnection();
				PreparedStatement statement = connection
					.prepareStatement("INSERT INTO ledger_run (instance) VALUES (?) RETURNING ledger_run")) {
			statement.setString(1, instance);
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				return new Mirror(dataSource, result.getInt(1), fail, backfill, !instance.isEmpty());
			}
		}
		catch (SQLException ex) {
			throw new MirrorException("ledger_run", ex);
		}
	}

	int run() {
		return this.run;
	}

	/** Whether existing rows are read alongside the stream. */
	boolean backfill() {
		return this.backfill;
	}

	/** Whether this instance receives a part of the events, from Kafka. */
	boolean shared() {
		return this.shared;
	}

	/** Apply one batch in one transaction, and store its tally. */
	void inTransaction(String table, Batch batch) {
		if (this.batches.incrementAndGet() == this.fail) {
			throw new RetriableException("Failed on purpose");
		}
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try {
				keep(connection, table, batch.apply(connection));
				connection.commit();
			}
			catch (SQLException | RuntimeException ex) {
				connection.rollback();
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw new MirrorException(table, ex);
		}
	}

	/**
	 * Delete the rows of an earlier, incomplete snapshot, because rows that were deleted
	 * in the meantime would remain. The first row that a run reads begins a snapshot: the
	 * starter cannot continue that of another run. It continues a backfill, and one that
	 * Kafka has.
	 */
	synchronized void beginSnapshot(String table) {
		if (this.backfill || this.shared || this.snapshotBegun.contains(table)) {
			return;
		}
		inTransaction(table, (connection) -> {
			try (Statement statement = connection.createStatement()) {
				return new Tally(0, 0, statement.executeUpdate("DELETE FROM " + table), 0, 0);
			}
		});
		this.snapshotBegun.add(table);
	}

	private void keep(Connection connection, String table, Tally tally) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("""
				INSERT INTO ledger_tally (ledger_run, table_name, applied, read, duplicates, backwards, rolled_back)
				VALUES (?, ?, ?, ?, ?, ?, ?)""")) {
			statement.setInt(1, this.run);
			statement.setString(2, table);
			statement.setInt(3, tally.applied());
			statement.setInt(4, tally.read());
			statement.setInt(5, tally.duplicates());
			statement.setInt(6, tally.backwards());
			statement.setInt(7, tally.rolledBack());
			statement.executeUpdate();
		}
	}

	/** What a batch does in its transaction. */
	interface Batch {

		Tally apply(Connection connection) throws SQLException;

	}

}
