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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;

/**
 * The replication slot, as far as an engine's start touches it.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">PostgreSQL:
 * replication management functions</a>
 */
final class ReplicationSlot {

	private static final int FAILOVER_SLOTS_SINCE = 17;

	private final String name;

	private final boolean failover;

	ReplicationSlot(EngineSettings settings) {
		this.name = settings.slot().name();
		this.failover = settings.slot().survivesFailover() == SurvivesFailover.FAILOVER_SLOT;
	}

	/**
	 * Create the slot at the end of the log.
	 * @return the slot LSN
	 */
	Lsn create(Connection connection) throws SQLException {
		boolean failover = this.failover && connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SLOTS_SINCE;
		try (PreparedStatement statement = connection.prepareStatement(
				failover ? "SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput', failover => true)"
						: "SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput')")) {
			statement.setString(1, this.name);
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				return Lsn.parse(result.getString(1));
			}
		}
	}

	/**
	 * Advance the slot: what lies before is never sent again.
	 */
	void advance(Connection connection, Lsn lsn) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_replication_slot_advance(?, CAST(? AS pg_lsn))")) {
			statement.setString(1, this.name);
			statement.setString(2, lsn.toString());
			statement.execute();
		}
	}

}
