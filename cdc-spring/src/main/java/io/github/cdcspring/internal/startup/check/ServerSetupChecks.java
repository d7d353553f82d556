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

package io.github.cdcspring.internal.startup.check;

import java.sql.SQLException;
import java.util.List;

import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.internal.support.SqlState;

/**
 * Checks whether the server is set up for logical replication, and the role for using it.
 */
final class ServerSetupChecks {

	static final SafetyRule<CheckContext> VERSION = SafetyRule.strict("server-version",
			(context, findings) -> version(context.source().server().majorVersion(), findings));

	static final SafetyRule<CheckContext> POOLER = SafetyRule.acceptable("connection-pooler",
			"It cannot be verified that the server sends to this engine. A pooler that shares connections breaks "
					+ "replication and snapshots.",
			ServerSetupChecks::pooler);

	static final SafetyRule<CheckContext> STANDBY = SafetyRule.acceptable("standby-server",
			"No heartbeat can be written, so the slot stalls while no captured table changes. The publication cannot be "
					+ "changed.",
			ServerSetupChecks::standby);

	static final SafetyRule<CheckContext> STANDBY_WITHOUT_DECODING = SafetyRule.strict("standby-without-decoding",
			ServerSetupChecks::standbyWithoutDecoding);

	static final SafetyRule<CheckContext> WAL_LEVEL = SafetyRule.strict("wal-level", ServerSetupChecks::walLevel);

	static final SafetyRule<CheckContext> ENCODING = SafetyRule.acceptable("server-encoding",
			"Bytes that are not UTF-8 are replaced, and rows with different keys may have the same one.",
			ServerSetupChecks::encoding);

	static final SafetyRule<CheckContext> REPLICATION_RIGHT = SafetyRule.strict("replication-right",
			ServerSetupChecks::replicationRight);

	static final SafetyRule<CheckContext> FREE_SLOT = SafetyRule.strict("replication-slots",
			ServerSetupChecks::freeSlot);

	static final SafetyRule<CheckContext> FREE_WAL_SENDER = SafetyRule.strict("wal-senders",
			ServerSetupChecks::freeWalSender);

	/** The oldest version whose catalogs have what is read. */
	private static final int OLDEST = 13;

	private static final int STANDBYS_DECODE_SINCE = 16;

	/** The first logical slot raises the effective level from replica to logical. */
	private static final int WAL_LEVEL_RISES_SINCE = 19;

	private ServerSetupChecks() {
	}

	static void version(int majorVersion, Findings findings) {
		if (majorVersion < OLDEST) {
			findings.add("The server is PostgreSQL " + majorVersion + ". Before version " + OLDEST
					+ " a server does not report whether a replication slot is lost, and cannot send changes of partitions "
					+ "under the name of their root.", "Upgrade the server to PostgreSQL " + OLDEST + " or later.");
		}
	}

	private static void pooler(CheckContext context, Findings findings) {
		if (context.source().session().pooled()) {
			findings.add(pooled(""), connectDirectly(context.settings()), "connection.url");
		}
	}

	/**
	 * A pooler that refuses the connection, because it does not pass on what the driver
	 * asks for.
	 */
	static boolean isRefusedByPooler(SQLException ex) {
		return SqlState.is(ex, SqlState.PROTOCOL_VIOLATION)
				&& String.valueOf(ex.getMessage()).contains("startup parameter");
	}

	static void pooler(SettingNames settings, SQLException ex, Findings findings) {
		String parameter = String.valueOf(ex.getMessage()).replaceFirst("(?s).*startup parameter:? ?", "");
		findings.add(pooled(" It refuses the startup parameter " + LogSafe.quoted(parameter) + "."),
				connectDirectly(settings), "connection.url");
	}

	private static String pooled(String detail) {
		return "A connection pooler such as PgBouncer is between the application and the server." + detail
				+ " Replication and snapshots need connections of their own, which a pooler does not give.";
	}

	private static String connectDirectly(SettingNames settings) {
		return "Set " + settings.name("connection.url")
				+ " to the PostgreSQL server itself. The application's own DataSource may keep the pooler.";
	}

	private static void standby(CheckContext context, Findings findings) {
		if (context.source().server().inRecovery()) {
			findings.add(
					"The server is a standby, which accepts no writes. No heartbeat can be written, so replication slot '"
							+ context.slotName()
							+ "' stalls while no captured table changes, and the server keeps all WAL.",
					connectToPrimary(context), "connection.url");
		}
	}

	private static void standbyWithoutDecoding(CheckContext context, Findings findings) {
		ServerState server = context.source().server();
		if (server.inRecovery() && server.majorVersion() < STANDBYS_DECODE_SINCE) {
			findings.add(
					"The server is a standby of PostgreSQL " + server.majorVersion() + ". Standbys before version "
							+ STANDBYS_DECODE_SINCE + " cannot have logical replication slots.",
					connectToPrimary(context), "connection.url");
		}
	}

	static String connectToPrimary(CheckContext context) {
		return "Connect to the primary: set " + context.settings().name("connection.url")
				+ ", with targetServerType=primary if it names several hosts.";
	}

	private static void walLevel(CheckContext context, Findings findings) {
		String walLevel = context.source().server().walLevel();
		boolean raised = context.source().server().majorVersion() >= WAL_LEVEL_RISES_SINCE
				&& "replica".equals(walLevel);
		if (!"logical".equals(walLevel) && !raised) {
			findings.add(
					"wal_level is '" + walLevel
							+ "', so the server does not write enough to decode changes, and cannot have logical "
							+ "replication slots.",
					new Steps().sql("Run: ", "ALTER SYSTEM SET wal_level = 'logical';")
						.text("Then restart the server.")
						.or()
						.text("On a managed service, set its own parameter instead, such as rds.logical_replication."));
		}
	}

	/** Of any other encoding, the server converts each text to UTF-8. */
	private static void encoding(CheckContext context, Findings findings) {
		if ("SQL_ASCII".equals(context.source().session().encoding())) {
			findings.add("Database '" + LogSafe.of(context.source().session().database())
					+ "' has the encoding SQL_ASCII, so the server sends text as the bytes that were stored. Bytes that are "
					+ "not UTF-8 are replaced, without an error, and different keys can become one.",
					"Move the data to a database with an encoding, such as UTF8.");
		}
	}

	private static void replicationRight(CheckContext context, Findings findings) {
		SourceState.Session session = context.source().session();
		if (!session.replication()) {
			String role = SqlQuoting.identifier(session.role());
			String statement = "ALTER ROLE " + role + " WITH REPLICATION;";
			findings.add("Role '" + session.role()
					+ "' does not have the REPLICATION attribute, so it can neither create nor read replication "
					+ "slot '" + context.slotName() + "'.",
					new Steps().sql("Run as a superuser: ", statement)
						.or()
						.sql("On Amazon RDS run: ", "GRANT rds_replication TO " + role + ";"),
					List.of(statement), "connection.username");
		}
	}

	private static void freeSlot(CheckContext context, Findings findings) {
		int slots = context.source().usage().slots();
		int max = context.source().server().maxReplicationSlots();
		if (context.source().slot() == null && slots >= max) {
			findings.add(
					"Replication slot '" + context.slotName() + "' does not exist and cannot be created: "
							+ "max_replication_slots is " + max + ", and " + slots + " slots exist.",
					new Steps().sql("Run: ", "ALTER SYSTEM SET max_replication_slots = " + (max + 1) + ";")
						.text("Then restart the server.")
						.or()
						.sql("Or list the slots with ",
								"SELECT slot_name, active, restart_lsn FROM pg_replication_slots;")
						.text("Then drop one that is no longer needed."));
		}
	}

	private static void freeWalSender(CheckContext context, Findings findings) {
		SlotState slot = context.source().slot();
		int senders = context.source().usage().walSenders();
		int max = context.source().server().maxWalSenders();
		// The WAL sender of an active slot becomes free together with the slot
		boolean active = slot != null && slot.active();
		if (!active && senders >= max) {
			findings.add(
					"No WAL sender is free to stream from replication slot '" + context.slotName()
							+ "': max_wal_senders is " + max + ", and " + senders + " WAL senders are running.",
					new Steps().sql("Run: ", "ALTER SYSTEM SET max_wal_senders = " + (max + 1) + ";")
						.text("Then restart the server.")
						.or()
						.sql("Or list the receivers with ",
								"SELECT pid, application_name, client_addr FROM pg_stat_replication;")
						.text("Then stop one that is no longer needed."));
		}
	}

}
