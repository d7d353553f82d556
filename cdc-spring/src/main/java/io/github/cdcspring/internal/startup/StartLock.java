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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Lets one instance at a time start to receive from a slot. A slot is active only while
 * its stream is open, so several standbys find a slot free at the same moment, and also
 * during the snapshot of another instance. The lock is an advisory lock of the source
 * database, held until the stream is confirmed.
 * <p>
 * The holder runs a statement at intervals. A holder that has not done so for long was
 * paused, and is not waited for: the epoch of the offset keeps it from storing.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS">PostgreSQL:
 * advisory locks</a>
 */
public final class StartLock implements AutoCloseable {

	/** Distinguishes the key from those of other programs. */
	private static final String KEY = "hashtextextended('cdc-spring start ' || ?, 0)";

	private static final String HOLDER = """
			SELECT l.pid, extract(epoch FROM clock_timestamp() - a.state_change) AS idle
			FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
			WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
				AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
				AND (l.classid::bigint << 32 | l.objid::bigint) = """ + KEY;

	private static final String SLOT = "SELECT active, active_pid FROM pg_catalog.pg_replication_slots WHERE slot_name = ?";

	private static final Duration INTERVAL = Duration.ofSeconds(5);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Connection connection;

	private final CountDownLatch end = new CountDownLatch(1);

	private StartLock(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Acquire the lock, and look at the slot again: what was found of it without the lock
	 * may be the state before the start of another instance.
	 * @param connection holds the lock, and is closed with it
	 * @param found the slot as it was found
	 * @param slotName the slot
	 * @return the lock
	 * @throws SlotHeldException if another instance is starting, or receives from the
	 * slot
	 * @throws SQLTransientException if the slot was created or dropped since it was found
	 */
	public static StartLock acquire(Connection connection, @Nullable SlotState found, String slotName)
			throws SQLException {
		if (!tryLock(connection, slotName)) {
			Integer holder = findHolder(connection, slotName);
			if (holder != null) {
				throw SlotHeldException.starting(slotName, holder);
			}
		}
		verify(connection, found != null, slotName);
		return new StartLock(connection);
	}

	private static void verify(Connection connection, boolean exists, String slotName) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(SLOT)) {
			statement.setString(1, slotName);
			try (ResultSet row = statement.executeQuery()) {
				boolean existsNow = row.next();
				if (existsNow && row.getBoolean("active")) {
					throw SlotHeldException.receiving(slotName, row.getInt("active_pid"));
				}
				if (existsNow != exists) {
					throw new SQLTransientException("Replication slot '" + slotName + "' was "
							+ (existsNow ? "created" : "dropped") + " during the start");
				}
			}
		}
	}

	private static boolean tryLock(Connection connection, String slotName) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT pg_try_advisory_lock(" + KEY + ")")) {
			statement.setString(1, slotName);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

	/**
	 * Find the process that holds the lock, {@code null} if it was paused or has ended.
	 */
	private static @Nullable Integer findHolder(Connection connection, String slotName) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
			statement.setString(1, slotName);
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next() || row.getDouble("idle") > PATIENCE.toSeconds()) {
					return null;
				}
				return row.getInt("pid");
			}
		}
	}

	/**
	 * Show from now on that this instance is alive, until the lock is released.
	 */
	public void keepAlive() {
		Thread thread = new Thread(this::showAtIntervals, "cdc-start");
		thread.setDaemon(true);
		thread.start();
	}

	private void showAtIntervals() {
		try (Connection connection = this.connection; Statement statement = connection.createStatement()) {
			while (!this.end.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
				statement.execute("SELECT 1");
			}
		}
		catch (SQLException ex) {
			// The server has released the lock; the stream breaks by itself
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Release the lock soon.
	 */
	@Override
	public void close() {
		this.end.countDown();
	}

}
