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

package io.github.cdcspring.boot.test;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

import io.github.cdcspring.CdcBackfill.State;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.startup.SourceDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one engine, over a connection of its own to the engine's database.
 */
final class EngineStream implements AutoCloseable {

	private static final Duration POLL = Duration.ofMillis(10);

	/** The starter drops its own messages, and their transactions have an offset. */
	private static final String MARK = "SELECT pg_logical_emit_message(true, 'cdc-heartbeat', '')";

	/** Also covers what is committed and not yet written to disk. */
	private static final String END = "SELECT pg_current_wal_insert_lsn()";

	/** The stream begins when existing rows have been read. */
	private static final String STREAMING = "SELECT count(*) FROM pg_stat_replication r "
			+ "JOIN pg_replication_slots s ON s.active_pid = r.pid "
			+ "WHERE s.slot_name = ? AND r.state IN ('catchup', 'streaming')";

	/** No stream follows by itself. */
	private static final Set<EngineState> ENDED = EnumSet.of(EngineState.FAILED, EngineState.REFUSED,
			EngineState.STOPPED, EngineState.PAUSED);

	private final CdcEngine engine;

	private final Duration timeout;

	private final Connection connection;

	private EngineStream(CdcEngine engine, Duration timeout) throws SQLException {
		this.engine = engine;
		this.timeout = timeout;
		this.connection = new SourceDatabase(engine.settings()).connect();
	}

	static EngineStream open(CdcEngine engine, Duration timeout) {
		if (engine.settings().kafka() != null) {
			throw new IllegalStateException("Engine '" + engine.name()
					+ "' receives from Kafka, and a scenario waits for the position of a replication slot. Set '"
					+ engine.settings().property("source") + "=embedded' in this test.");
		}
		try {
			return new EngineStream(engine, timeout);
		}
		catch (SQLException ex) {
			throw new AssertionError("The database of engine '" + engine.name() + "' cannot be reached", ex);
		}
	}

	/**
	 * Wait until the engine receives, and existing rows have been read.
	 * @throws AssertionError if it does not, with what keeps it from that
	 */
	void awaitStreaming() {
		await(() -> this.engine.status().state() == EngineState.RUNNING && isStreaming(),
				"did not receive from slot '" + this.engine.settings().slot().name() + "'");
	}

	/**
	 * Wait until everything that is committed now was processed, and the existing rows
	 * that a backfill reads.
	 * @throws AssertionError if it was not, with what keeps the engine from that
	 */
	void awaitCaughtUp() {
		awaitStreaming();
		await(this::isBackfillDelivered, "did not deliver the rows of its backfill");
		Lsn target = end();
		await(() -> {
			mark();
			return !target.isAfter(this.engine.storedLsn());
		}, "did not process everything up to LSN " + target);
	}

	/**
	 * Wait for a condition that the stream brings about.
	 * @param condition the condition
	 * @param missing what did not happen, continuing a sentence after the engine
	 */
	void await(BooleanSupplier condition, String missing) {
		try {
			Awaitility.await()
				.pollInSameThread()
				.pollDelay(Duration.ZERO)
				.pollInterval(POLL)
				.atMost(this.timeout)
				.until(() -> condition.getAsBoolean() || hasEnded(missing));
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError(describe(missing) + " within " + this.timeout.toSeconds() + " s. " + state());
		}
	}

	private boolean hasEnded(String missing) {
		if (ENDED.contains(this.engine.status().state())) {
			throw new AssertionError(describe(missing) + ". " + state());
		}
		return false;
	}

	private String describe(String missing) {
		return "Engine '" + this.engine.name() + "' " + missing;
	}

	/** What the engine does instead. */
	private String state() {
		EngineStatus status = this.engine.status();
		RunningCall call = (this.engine instanceof SupervisedCdcEngine supervised) ? supervised.oldestCall() : null;
		return "It is "
				+ status.state() + ", and has stored LSN " + this.engine.storedLsn() + "." + ((call != null)
						? " Listener '" + call.listener() + "' has been running since " + call.since() + "." : "")
				+ ((status.failure() != null) ? " " + status.failure() : "");
	}

	private boolean isBackfillDelivered() {
		return this.engine.backfill().list().stream().allMatch((table) -> table.state() == State.PAUSED);
	}

	/** The end of what is committed. */
	Lsn end() {
		return Lsn.parse(String.valueOf(query(END, null)));
	}

	/** Write something that the stream brings, whatever else is written. */
	void mark() {
		query(MARK, null);
	}

	private boolean isStreaming() {
		return !"0".equals(query(STREAMING, this.engine.settings().slot().name()));
	}

	private @Nullable String query(String sql, @Nullable String parameter) {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			if (parameter != null) {
				statement.setString(1, parameter);
			}
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getString(1);
			}
		}
		catch (SQLException ex) {
			throw new AssertionError("The database of engine '" + this.engine.name() + "' does not answer", ex);
		}
	}

	@Override
	public void close() {
		try {
			this.connection.close();
		}
		catch (SQLException ex) {
			// It is of no use any more
		}
	}

}
