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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.cdcspring.internal.debezium.DebeziumRun;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.WalSenderProcess;
import io.github.cdcspring.internal.support.SourceSockets;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confirms that the server sends to one run, and ends the run when it does not any more.
 * A connection whose flow a firewall or proxy has forgotten looks like a quiet one to
 * both sides.
 * <p>
 * The stream is confirmed when the slot is active for the very process that Debezium is
 * connected to, and something that was sent after a question has arrived. From then on,
 * the process must stay the same. If the stream brings nothing for half the timeout, a
 * message is written to the WAL, which must arrive within the other half. A server that
 * is still decoding, and an engine that does not read because its listeners are busy, are
 * waited for.
 */
final class StreamMonitor implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StreamMonitor.class);

	/** The prefix of messages that Debezium drops. */
	private static final String PREFIX = "cdc-probe";

	private static final Duration INTERVAL = Duration.ofMillis(500);

	/** Until the stream is confirmed, the state does not show that it is live. */
	private static final Duration FIRST_INTERVAL = Duration.ofMillis(50);

	private final EngineSettings settings;

	private final DebeziumRun run;

	private final Consumer<WalSenderProcess> onConfirmed;

	private final Consumer<@Nullable String> onWaiting;

	private final Duration timeout;

	private final CountDownLatch stop = new CountDownLatch(1);

	private final Thread thread;

	private final ReplicationStateConnection connection;

	private @Nullable WalSenderProcess confirmed;

	private @Nullable Long probedAt;

	private @Nullable Long unreachableSince;

	private int missing;

	private @Nullable String waitingAt;

	private long waitingSince;

	private boolean waiting;

	/**
	 * @param connection asks the server of the run
	 * @param onConfirmed called once, when the server sends to this run
	 * @param onWaiting takes why the server sends nothing for now, {@code null} when that
	 * is over
	 */
	StreamMonitor(EngineSettings settings, ReplicationStateConnection connection, DebeziumRun run,
			Consumer<WalSenderProcess> onConfirmed, Consumer<@Nullable String> onWaiting) {
		this.settings = settings;
		this.connection = connection;
		this.run = run;
		this.onConfirmed = onConfirmed;
		this.onWaiting = onWaiting;
		this.timeout = settings.health().streamTimeout();
		this.thread = new Thread(this::watch, "cdc-" + settings.name() + "-monitor");
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	private void watch() {
		try {
			while (!this.stop.await(interval().toMillis(), TimeUnit.MILLISECONDS)) {
				boolean wasConfirmed = this.confirmed != null;
				String problem = check();
				if (problem != null) {
					this.run.disconnect(new SQLException(problem, SqlState.CONNECTION_FAILURE));
					return;
				}
				if (this.confirmed != null && !wasConfirmed) {
					this.onConfirmed.accept(this.confirmed);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | Error ex) {
			this.run.disconnect(ex);
		}
	}

	private Duration interval() {
		return (this.confirmed != null) ? INTERVAL : FIRST_INTERVAL;
	}

	/**
	 * Check once.
	 * @return why the run must end, {@code null} if it need not
	 */
	private @Nullable String check() {
		SourceSockets.Activity activity = this.run.sockets().stream();
		Integer pid = (this.confirmed == null) ? this.run.walSenderPid() : null;
		boolean connecting = this.confirmed == null && (pid == null || activity == null && usesOurSockets());
		if (connecting && !isAnswerOverdue()) {
			return null;
		}
		long asked = System.nanoTime();
		try {
			return this.connection
				.read((connection, reader) -> connecting ? checkAnswers(connection) : check(connection, pid, activity));
		}
		catch (SQLException ex) {
			logger.debug("The WAL sender cannot be read now: {}", ex.getMessage());
			return isRefusal(ex) ? null : unreachable(asked);
		}
	}

	private @Nullable String check(Connection connection, @Nullable Integer pid,
			SourceSockets.@Nullable Activity activity) throws SQLException {
		WalSenderProcess process = WalSenderProcess.read(connection, this.settings.slot().name());
		this.unreachableSince = null;
		reportWait(process);
		return (this.confirmed == null) ? confirm(connection, process, pid, activity)
				: verify(connection, process, activity);
	}

	/**
	 * A server that waits for a standby is not broken, but sends nothing. A busy one
	 * waits often, and sends in between.
	 */
	private void reportWait(@Nullable WalSenderProcess process) {
		long now = System.nanoTime();
		if (process == null || !process.waitsForStandby()) {
			this.waitingAt = null;
			this.waitingSince = now;
		}
		else if (!String.valueOf(process.sentLsn()).equals(this.waitingAt)) {
			this.waitingAt = String.valueOf(process.sentLsn());
			this.waitingSince = now;
		}
		boolean waits = this.waitingAt != null && now - this.waitingSince >= this.timeout.dividedBy(2).toNanos();
		if (waits == this.waiting) {
			return;
		}
		this.waiting = waits;
		if (!waits) {
			this.onWaiting.accept(null);
			return;
		}
		String problem = "The server sends nothing from replication slot '" + this.settings.slot().name()
				+ "' until the standbys in synchronized_standby_slots have the WAL. Until then no event arrives. Start "
				+ "the standby whose slot is not active (SELECT slot_name, active FROM pg_replication_slots;), or "
				+ "remove its slot from synchronized_standby_slots.";
		logger.warn("Engine '{}': {}", this.settings.name(), problem);
		this.onWaiting.accept(problem);
	}

	/** Whether Debezium waits too long for the answer to a query. */
	private boolean isAnswerOverdue() {
		return this.run.sockets().longestWait().compareTo(this.timeout) > 0;
	}

	private @Nullable String checkAnswers(Connection connection) throws SQLException {
		if (!isAnswerOverdue() || WalSenderProcess.isQueryRunning(connection, this.settings.slot().name())) {
			return null;
		}
		return "A query was not answered within " + this.timeout.toSeconds()
				+ " s, and the server is not working on it";
	}

	private boolean usesOurSockets() {
		return !this.settings.connection().driverProperties().containsKey("socketFactory");
	}

	private @Nullable String confirm(Connection connection, @Nullable WalSenderProcess process, @Nullable Integer pid,
			SourceSockets.@Nullable Activity activity) throws SQLException {
		boolean ours = process != null && (process.pooled() || pid != null && process.pid() == pid);
		if (process == null || !ours) {
			// Debezium is still connecting, or fails by itself
			this.probedAt = null;
			return null;
		}
		if (activity != null && !hasAnswered(connection, activity)) {
			return (isOverdue(activity) && process.hasSentOrIsBlocked()) ? silent() : null;
		}
		this.confirmed = process;
		this.probedAt = null;
		return null;
	}

	private @Nullable String verify(Connection connection, @Nullable WalSenderProcess process,
			SourceSockets.@Nullable Activity activity) throws SQLException {
		WalSenderProcess confirmed = this.confirmed;
		if (process == null || confirmed == null || !process.isSame(confirmed)) {
			// Debezium usually notices first, and knows the cause
			this.missing++;
			return (this.missing <= 2) ? null
					: "The server has ended the process that sent from replication slot '" + this.settings.slot().name()
							+ "'" + ((process != null) ? ", and process " + process.pid() + " receives from it" : "");
		}
		this.missing = 0;
		String unanswered = checkAnswers(connection);
		if (unanswered != null) {
			return unanswered;
		}
		if (activity == null || activity.silence().compareTo(this.timeout.dividedBy(2)) < 0) {
			this.probedAt = null;
			return null;
		}
		if (hasAnswered(connection, activity)) {
			this.probedAt = null;
			return null;
		}
		return (isOverdue(activity) && process.hasSentOrIsBlocked()) ? silent() : null;
	}

	/**
	 * Ask the server to send something if it was not asked yet. A standby cannot write,
	 * but sends a message of its own from time to time.
	 * @return whether something has arrived since
	 */
	private boolean hasAnswered(Connection connection, SourceSockets.Activity activity) throws SQLException {
		Long asked = this.probedAt;
		if (asked == null) {
			long now = System.nanoTime();
			if (!WalSenderProcess.probe(connection, PREFIX)) {
				return true;
			}
			this.probedAt = now;
			return false;
		}
		return activity.hasReceivedSince(asked);
	}

	/** Only time in which the engine has read counts. */
	private boolean isOverdue(SourceSockets.Activity activity) {
		Long asked = this.probedAt;
		return asked != null && activity.lastRead() - asked > this.timeout.dividedBy(2).toNanos();
	}

	private String silent() {
		return "The server sends from replication slot '" + this.settings.slot().name()
				+ "', but nothing has arrived within " + this.timeout.toSeconds() + " s";
	}

	/**
	 * A server that refuses a further connection, such as for want of a free one, lives.
	 */
	private static boolean isRefusal(SQLException ex) {
		String state = ex.getSQLState();
		return state != null && !SqlState.isConnectionException(state);
	}

	/**
	 * While the stream brings something, only this connection is broken.
	 * @param asked when the server was asked. The answer was awaited since then, unless
	 * another thread awaited one over the same connection.
	 */
	private @Nullable String unreachable(long asked) {
		SourceSockets.Activity activity = this.run.sockets().stream();
		Long since = this.unreachableSince;
		if (since == null || activity != null && activity.hasReceivedSince(since)) {
			since = asked;
			this.unreachableSince = since;
		}
		if (activity != null && activity.hasReceivedSince(since)) {
			return null;
		}
		return (System.nanoTime() - since >= this.timeout.toNanos())
				? "The server has not answered for " + this.timeout.toSeconds() + " s" : null;
	}

	@Override
	public void close() {
		this.stop.countDown();
	}

}
