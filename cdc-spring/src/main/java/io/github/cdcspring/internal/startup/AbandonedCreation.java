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
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.github.cdcspring.internal.support.NotReadyException;
import org.jspecify.annotations.Nullable;

/**
 * The creation or advance of a slot whose instance was killed. The server waits for the
 * transactions that were open, or for a standby, and does not notice meanwhile that
 * nobody waits for the slot. Until then, the process holds a slot that nobody can use.
 */
public final class AbandonedCreation {

	private static final Duration WAIT = Duration.ofSeconds(5);

	private static final Duration PAUSE = Duration.ofMillis(50);

	private static final String CREATOR = """
			SELECT s.active_pid FROM pg_catalog.pg_replication_slots s
				LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid AND a.usename = current_user
			WHERE s.slot_name = ? AND s.active AND s.plugin IS NOT NULL
				AND (s.confirmed_flush_lsn IS NULL
					OR a.query LIKE 'SELECT pg_replication_slot_advance(%/* cdc-spring */')""";

	private static final String TERMINATE = """
			SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
			WHERE pid = ? AND usename = current_user
				AND (query ILIKE 'CREATE_REPLICATION_SLOT%' OR query ILIKE '%pg_create_logical_replication_slot%'
					OR query LIKE 'SELECT pg_replication_slot_advance(%/* cdc-spring */')""";

	private final String slotName;

	private final StartLock lock;

	/**
	 * @param slotName the slot
	 * @param lock is held by an instance that creates the slot
	 */
	public AbandonedCreation(String slotName, StartLock lock) {
		this.slotName = slotName;
		this.lock = lock;
	}

	/**
	 * Whether a slot is being created, or advanced by the starter.
	 */
	public boolean isUnfinished(@Nullable SlotState slot, Connection connection) throws SQLException {
		return slot != null && slot.plugin() != null && slot.active()
				&& (slot.confirmedFlushLsn() == null || creator(connection) != null);
	}

	/**
	 * End the creation, unless another instance waits for it. An instance that creates a
	 * slot holds the lock.
	 * @throws SlotHeldException if another instance is starting
	 * @throws NotReadyException if the creation does not end
	 */
	public void end(Connection connection) throws SQLException {
		this.lock.lock(connection);
		long deadline = System.nanoTime() + WAIT.toNanos();
		Integer creator = creator(connection);
		if (creator != null) {
			terminate(creator, connection);
		}
		while (creator != null) {
			if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
				throw new NotReadyException("Server process " + creator + " creates or advances replication slot '"
						+ this.slotName
						+ "', but no instance waits for it any more. Until it ends, the slot cannot be used. Run: "
						+ "SELECT pg_terminate_backend(" + creator + ");");
			}
			LockSupport.parkNanos(PAUSE.toNanos());
			creator = creator(connection);
		}
	}

	private @Nullable Integer creator(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(CREATOR)) {
			statement.setString(1, this.slotName);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? row.getInt(1) : null;
			}
		}
	}

	private static void terminate(int pid, Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(TERMINATE)) {
			statement.setInt(1, pid);
			statement.executeQuery().close();
		}
	}

}
