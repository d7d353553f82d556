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
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a server has the state of decoding with which a slot resumes. PostgreSQL saves
 * it in a file for each {@code restart_lsn}. A slot that was copied to a standby without
 * that file seems to be complete. But until its decoding is consistent again, the server
 * skips transactions that committed after {@code confirmed_flush_lsn}, without an error.
 *
 * @see <a href=
 * "https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/replication/logical/slotsync.c">PostgreSQL:
 * the worker that synchronizes failover slots looks for the same file</a>
 */
public final class DecodingState {

	/** SQL that is true if the role may list the files. */
	static final String MAY_LIST = "coalesce(has_function_privilege("
			+ "to_regprocedure('pg_catalog.pg_ls_logicalsnapdir()'), 'EXECUTE'),"
			+ " has_function_privilege('pg_catalog.pg_ls_dir(text)', 'EXECUTE'))";

	/** The rule that refuses a slot without it. */
	public static final String RULE = "decoding-state-missing";

	private static final int LISTED_SINCE = 15;

	private static final Logger logger = LoggerFactory.getLogger(DecodingState.class);

	private final TimelineHistory history;

	private final boolean copied;

	private final boolean withoutOffset;

	/** The slot of which the last look has found that the state is missing. */
	private volatile @Nullable SlotPosition missing;

	/** The slot of which the last look could not find that out. */
	private volatile @Nullable Lack unknown;

	/**
	 * Create the check.
	 * @param history where the server's timeline began
	 * @param copied whether slots are declared to be copied to standbys by another
	 * program than PostgreSQL
	 * @param withoutOffset whether a slot is resumed although no offset is stored
	 */
	public DecodingState(TimelineHistory history, boolean copied, boolean withoutOffset) {
		this.history = history;
		this.copied = copied;
		this.withoutOffset = withoutOffset;
	}

	/**
	 * Look for the state, unless the server has reached the slot's {@code restart_lsn}
	 * since its promotion. A standby has a slot of its own, or a copy. A slot is not
	 * resumed while it is in use, or before an offset is stored.
	 */
	public void look(Connection connection, ReplicationState state) throws SQLException {
		Lack lack = find(connection, state);
		this.missing = (lack != null && lack.role() == null) ? lack.position() : null;
		this.unknown = (lack != null && lack.role() != null) ? lack : null;
	}

	/**
	 * Look for the state between two starts. What a start has found remains.
	 */
	public void lookAhead(Connection connection, ReplicationState state) throws SQLException {
		Lack lack = find(connection, state);
		if (lack != null && lack.role() == null) {
			this.missing = lack.position();
		}
	}

	/**
	 * Whether nothing was ever received from a slot. That shows only on the server on
	 * which it was created, before a promotion.
	 */
	boolean isNew(Connection connection, ReplicationState state) throws SQLException {
		SlotPosition position = SlotPosition.of(state);
		ServerState server = state.server();
		if (position == null || server.inRecovery() || roleThatMayNotList(connection) != null
				|| exists(connection, server, position.restartLsn())) {
			return false;
		}
		TimelineStart start = TimelineStart.of(server.timeline(), this.history);
		return (start != null) ? !start.lsn().isAfter(position.restartLsn()) : server.timeline() == 1;
	}

	private @Nullable Lack find(Connection connection, ReplicationState state) throws SQLException {
		SlotPosition position = mayBeCopied(state) ? SlotPosition.of(state) : null;
		if (position == null) {
			return null;
		}
		String role = roleThatMayNotList(connection);
		boolean missing = (role != null || !exists(connection, state.server(), position.restartLsn()))
				&& isBeforePromotion(state.server(), position.restartLsn());
		return missing ? new Lack(position, role) : null;
	}

	/**
	 * PostgreSQL synchronizes a failover slot only once its decoding is consistent. What
	 * it has marked as synchronized may be copied later.
	 */
	private boolean mayBeCopied(ReplicationState state) {
		SlotState slot = state.slot();
		ServerState server = state.server();
		if (slot == null || slot.restartLsn() == null || slot.active() || state.offset() == null && !this.withoutOffset
				|| Boolean.TRUE.equals(slot.synced()) && !this.copied || hasNeverResumed(state, slot)) {
			return false;
		}
		return server.inRecovery() || server.timeline() > 1;
	}

	private boolean isBeforePromotion(ServerState server, Lsn restartLsn) throws SQLException {
		if (server.inRecovery()) {
			return true;
		}
		TimelineStart start = TimelineStart.of(server.timeline(), this.history);
		return start != null && start.lsn().isAfter(restartLsn);
	}

	/**
	 * Log that the role may not look.
	 * @param consumer the engine or connector, at the beginning of a sentence
	 */
	public void warnIfUnknown(String consumer, ReplicationState state) {
		SlotState slot = state.slot();
		Lack unknown = this.unknown;
		if (slot != null && unknown != null && unknown.role() != null
				&& unknown.position().equals(SlotPosition.of(state))) {
			logger
				.warn("{} cannot tell whether the server skips transactions: the role may not list whether the server has "
						+ "the state of decoding with which slot '{}' resumes at restart_lsn {}. If the slot was copied to this "
						+ "server without it, transactions that committed after {} may be missing. Run as a superuser: {}",
						consumer, slot.name(), slot.restartLsn(), slot.confirmedFlushLsn(),
						grant(state.server().majorVersion(), unknown.role()));
		}
	}

	/** Whether the last look has found that the state is missing. */
	public boolean isMissing(ReplicationState state) {
		SlotPosition missing = this.missing;
		return missing != null && missing.equals(SlotPosition.of(state));
	}

	/**
	 * The statement that lets a role list the files.
	 * @param majorVersion the version of the server
	 * @param role the quoted name of the role
	 */
	public static String grant(int majorVersion, String role) {
		return "GRANT EXECUTE ON FUNCTION pg_catalog."
				+ ((majorVersion >= LISTED_SINCE) ? "pg_ls_logicalsnapdir()" : "pg_ls_dir(text)") + " TO " + role + ";";
	}

	/**
	 * What the state is missing for, in sentences.
	 * @param slot the slot, which has an LSN
	 */
	public static String problem(SlotState slot) {
		return "The server does not have the state of decoding with which replication slot '" + slot.name()
				+ "' resumes at restart_lsn " + slot.restartLsn()
				+ ". If the slot was copied to this server without it, the server skips transactions that committed after "
				+ slot.confirmedFlushLsn()
				+ ", without an error, until its decoding is consistent again. A slot from which nothing was ever "
				+ "received has no such state, and skips nothing.";
	}

	/**
	 * A new slot has no saved state. It resumes where it was created, and its decoding
	 * becomes consistent at the same LSN as then.
	 */
	private static boolean hasNeverResumed(ReplicationState state, SlotState slot) {
		StoredOffset offset = state.offset();
		LastSeenSlot seen = (offset != null) ? offset.slot() : null;
		return seen != null && seen.slotName().equals(slot.name())
				&& seen.systemIdentifier().equals(state.server().systemIdentifier())
				&& Objects.equals(seen.createdAtLsn(), slot.restartLsn());
	}

	private static @Nullable String roleThatMayNotList(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement
					.executeQuery("SELECT CASE WHEN NOT " + MAY_LIST + " THEN quote_ident(current_user) END")) {
			return row.next() ? row.getString(1) : null;
		}
	}

	private static boolean exists(Connection connection, ServerState server, Lsn lsn) throws SQLException {
		String files = (server.majorVersion() >= LISTED_SINCE) ? "pg_catalog.pg_ls_logicalsnapdir()"
				: "pg_catalog.pg_ls_dir('pg_logical/snapshots') file (name)";
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT EXISTS (SELECT FROM " + files + " WHERE name = ?)")) {
			statement.setString(1, fileOf(lsn));
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && row.getBoolean(1);
			}
		}
	}

	private static String fileOf(Lsn lsn) {
		return String.format(Locale.ROOT, "%X-%X.snap", lsn.value() >>> 32, lsn.value() & 0xFFFF_FFFFL);
	}

	/**
	 * A slot whose state is missing, or may be.
	 *
	 * @param position the slot
	 * @param role the quoted name of the role if it may not look, otherwise {@code null}
	 */
	private record Lack(SlotPosition position, @Nullable String role) {

	}

}
