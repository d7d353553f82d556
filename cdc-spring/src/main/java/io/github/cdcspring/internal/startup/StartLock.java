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
 * The holder acquires and releases a second lock in turn, which every role can see. A
 * holder that has not done so for long was paused, and is not waited for: the epoch of
 * the offset keeps it from storing.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS">PostgreSQL:
 * advisory locks</a>
 */
public final class StartLock {

	private static final String KEY = "hashtextextended('cdc-spring start ' || ?, 0)";

	private static final String PULSE_KEY = "hashtextextended('cdc-spring start pulse ' || ?, 0)";

	private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(" + KEY + ")";

	private static final String HOLDER = "SELECT pid, bool_or(key = " + KEY + ") AS starts, count(*) > 1 AS pulse"
			+ " FROM (SELECT pid, (classid::bigint << 32 | objid::bigint) AS key FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
			+ " AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
			+ ") l WHERE key IN (" + KEY + ", " + PULSE_KEY + ") GROUP BY pid ORDER BY starts DESC LIMIT 1";

	private static final String LOCK_PULSE = "SELECT pg_try_advisory_lock(" + PULSE_KEY + ")";

	private static final String UNLOCK_PULSE = "SELECT pg_advisory_unlock(" + PULSE_KEY + ")";

	private static final String SLOT = "SELECT active, active_pid FROM pg_catalog.pg_replication_slots WHERE slot_name = ?";

	private static final Duration PULSE = Duration.ofSeconds(5);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final String slotName;

	private final Duration patience;

	private @Nullable Holder lastSeen;

	private long seenSince;

	/**
	 * Create the lock of a slot.
	 * @param slotName the slot
	 */
	public StartLock(String slotName) {
		this(slotName, PATIENCE);
	}

	StartLock(String slotName, Duration patience) {
		this.slotName = slotName;
		this.patience = patience;
	}

	/**
	 * Acquire the lock, and look at the slot again: what was found of it without the lock
	 * may be the state before the start of another instance.
	 * @param connection holds the lock, and is closed when it is released
	 * @param found the slot as it was found
	 * @return the lock that is held
	 * @throws SlotHeldException if another instance is starting, or receives from the
	 * slot
	 * @throws SQLTransientException if the slot was created or dropped since it was found
	 */
	public Held acquire(Connection connection, @Nullable SlotState found) throws SQLException {
		lock(connection);
		verify(connection, found != null);
		return new Held(connection);
	}

	/**
	 * Acquire the lock, however the slot is. The connection may acquire it again.
	 * @throws SlotHeldException if another instance is starting
	 */
	void lock(Connection connection) throws SQLException {
		while (!query(connection, TRY_LOCK, 1, StartLock::isTrue)) {
			Holder holder = query(connection, HOLDER, 3, Holder::read);
			if (holder != null && isPaused(holder)) {
				break;
			}
			if (holder != null) {
				throw SlotHeldException.starting(this.slotName, holder.pid());
			}
		}
		this.lastSeen = null;
	}

	/**
	 * Whether no other instance receives from the slot or is starting to. Locks and
	 * changes nothing.
	 * @param connection a connection to the server
	 * @return whether an instance on standby may try to start
	 */
	public boolean isFree(Connection connection) throws SQLException {
		Slot slot = query(connection, SLOT, 1, Slot::read);
		return (slot == null || !slot.active()) && query(connection, HOLDER, 3, Holder::read) == null;
	}

	/**
	 * A holder that is first seen may have been paused before, which the next looks tell.
	 */
	private boolean isPaused(Holder holder) {
		long now = System.nanoTime();
		if (!holder.equals(this.lastSeen)) {
			this.lastSeen = holder;
			this.seenSince = now;
		}
		return now - this.seenSince > this.patience.toNanos();
	}

	private void verify(Connection connection, boolean exists) throws SQLException {
		Slot slot = query(connection, SLOT, 1, Slot::read);
		if (slot != null && slot.active()) {
			throw SlotHeldException.receiving(this.slotName, slot.activePid());
		}
		if ((slot != null) != exists) {
			throw new SQLTransientException("Replication slot '" + this.slotName + "' was "
					+ ((slot != null) ? "created" : "dropped") + " during the start");
		}
	}

	private static boolean isTrue(ResultSet rows) throws SQLException {
		return rows.next() && rows.getBoolean(1);
	}

	private <T extends @Nullable Object> T query(Connection connection, String sql, int names, RowReader<T> reader)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 1; i <= names; i++) {
				statement.setString(i, this.slotName);
			}
			try (ResultSet rows = statement.executeQuery()) {
				return reader.read(rows);
			}
		}
	}

	@FunctionalInterface
	private interface RowReader<T extends @Nullable Object> {

		T read(ResultSet rows) throws SQLException;

	}

	private record Slot(boolean active, int activePid) {

		static @Nullable Slot read(ResultSet rows) throws SQLException {
			return rows.next() ? new Slot(rows.getBoolean("active"), rows.getInt("active_pid")) : null;
		}

	}

	/**
	 * Who holds the lock.
	 *
	 * @param pid the server process
	 * @param pulse whether it holds the second lock, too
	 */
	private record Holder(int pid, boolean pulse) {

		static @Nullable Holder read(ResultSet rows) throws SQLException {
			return (rows.next() && rows.getBoolean("starts")) ? new Holder(rows.getInt("pid"), rows.getBoolean("pulse"))
					: null;
		}

	}

	/**
	 * The lock, held by a connection.
	 */
	public final class Held implements AutoCloseable {

		private final Connection connection;

		private final CountDownLatch end = new CountDownLatch(1);

		private boolean pulse;

		private Held(Connection connection) {
			this.connection = connection;
		}

		/**
		 * Show from now on that this instance is alive, until the lock is released.
		 */
		public void keepAlive() {
			Thread thread = new Thread(this::pulseAtIntervals, "cdc-start");
			thread.setDaemon(true);
			thread.start();
		}

		private void pulseAtIntervals() {
			try (this.connection) {
				while (!this.end.await(PULSE.toMillis(), TimeUnit.MILLISECONDS)) {
					pulse();
				}
			}
			catch (SQLException ex) {
				// The server has released the lock; the stream breaks by itself
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		void pulse() throws SQLException {
			query(this.connection, this.pulse ? UNLOCK_PULSE : LOCK_PULSE, 1, StartLock::isTrue);
			this.pulse = !this.pulse;
		}

		/**
		 * Release the lock soon.
		 */
		@Override
		public void close() {
			this.end.countDown();
		}

	}

}
