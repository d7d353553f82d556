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

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.SnapshotSummary;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine logs about its life. Every line names the engine, and each event of its
 * life is one line.
 */
public final class EngineLog {

	private static final Logger logger = LoggerFactory.getLogger(CdcEngine.class);

	/** Longer lists of tables are cut short. */
	private static final int MAX_TABLES = 20;

	/** A failure that repeats is logged at each of so many attempts. */
	private static final int REPEATED_LINE = 10;

	/** LSNs, and numbers that are not part of a name. */
	private static final Pattern NUMBER = Pattern
		.compile("\\b[0-9A-F]+/[0-9A-F]+\\b|(?<![\\w.'\"])\\d[\\d.,:]*(?![\\w'\"])");

	private final EngineSettings settings;

	private final String engine;

	private volatile List<String> listening = List.of();

	private volatile Set<String> refused = Set.of();

	private volatile @Nullable String failure;

	EngineLog(EngineSettings settings) {
		this.settings = settings;
		this.engine = settings.name();
	}

	/**
	 * Log which listener listens to which tables, unless that is known from the last
	 * start.
	 */
	void listening(List<ListenerEndpoint> endpoints, Set<TableId> captured) {
		List<String> lines = endpoints.stream().map((endpoint) -> subscription(endpoint, captured)).toList();
		if (!lines.equals(this.listening)) {
			this.listening = lines;
			lines.forEach((line) -> logger.info("Engine '{}': {}", this.engine, line));
		}
	}

	private static String subscription(ListenerEndpoint endpoint, Set<TableId> captured) {
		List<String> tables = captured.stream()
			.filter((table) -> endpoint.tables().stream().anyMatch((pattern) -> pattern.matches(table)))
			.map(TableId::toString)
			.sorted()
			.toList();
		String messages = endpoint.messages().isEmpty() ? ""
				: "messages " + endpoint.messages().stream().sorted().collect(Collectors.joining(", "));
		String shown = tables.stream().limit(MAX_TABLES).collect(Collectors.joining(", "))
				+ ((tables.size() > MAX_TABLES) ? " and " + (tables.size() - MAX_TABLES) + " more tables" : "");
		return "listener '" + endpoint.id() + "' listens to " + shown
				+ ((!shown.isEmpty() && !messages.isEmpty()) ? " and " : "") + messages;
	}

	/**
	 * Log that tables are captured that were not captured before.
	 * @param from from where on their changes are received
	 * @param unread the tables among them whose existing rows are delivered
	 */
	void added(Set<TableId> added, Lsn from, Set<TableId> unread) {
		Set<TableId> missed = new TreeSet<>(added);
		missed.removeAll(unread);
		if (!missed.isEmpty()) {
			logger.warn("Engine '{}' captures {} from {} on, and did not before. Rows and changes from before that are "
					+ "not delivered. To receive the existing rows, request the operation 'backfill' for these tables.",
					this.engine, LogSafe.tables(missed), from);
		}
		Set<TableId> read = new TreeSet<>(added);
		read.retainAll(unread);
		if (!read.isEmpty()) {
			logger.warn(
					"Engine '{}' captures {} from {} on, and did not before. It delivers the existing rows of these "
							+ "tables alongside the stream. Deletes from before that are not delivered.",
					this.engine, LogSafe.tables(read), from);
		}
	}

	/**
	 * Log that an engine recovers.
	 * @param read the tables whose existing rows are delivered
	 * @param missed the tables of which nothing is delivered
	 * @param offset the stored offset
	 */
	void recovers(Set<TableId> read, Set<TableId> missed, Lsn offset) {
		logger.warn(
				"Engine '{}' recovers from offset {}: changes since then that no slot can send are not delivered.{}{}",
				this.engine, offset,
				read.isEmpty() ? ""
						: " It delivers the existing rows of " + LogSafe.tables(read) + " alongside the stream.",
				missed.isEmpty() ? "" : " No listener receives READ events of " + LogSafe.tables(missed)
						+ ", so their existing rows are not delivered.");
	}

	/**
	 * Log why the existing rows of a new table are not delivered.
	 */
	void notReadable(TableId table, String problem) {
		logger.warn("Engine '{}' does not deliver the existing rows of {}, which it did not capture before. {}",
				this.engine, LogSafe.tables(List.of(table)), problem);
	}

	/**
	 * Log that tables were attached as partitions of captured tables.
	 */
	void attached(List<TableId> partitions) {
		if (!partitions.isEmpty()) {
			logger.warn(
					"Engine '{}' receives the changes of {}, attached as a partition of a captured table. Rows that it "
							+ "had before are not delivered. To receive them, request the operation 'backfill' for the "
							+ "partitioned table.",
					this.engine, LogSafe.tables(partitions));
		}
	}

	/**
	 * Log that the existing rows of tables cannot be read any more.
	 */
	void notRead(Set<TableId> tables) {
		if (!tables.isEmpty()) {
			logger.warn(
					"Engine '{}' does not read the existing rows of {} to the end, because it no longer captures these "
							+ "tables, or the listener of the rows is gone. Request the operation 'backfill' again when "
							+ "a listener receives them.",
					this.engine, LogSafe.tables(tables));
		}
	}

	void snapshotStarted(int tables) {
		logger.info("Engine '{}' begins a snapshot: it reads the existing rows of {}", this.engine, tables(tables));
	}

	void snapshotCompleted(SnapshotSummary summary) {
		logger.info("Engine '{}' has completed the snapshot: {} {} of {} in {} s", this.engine, summary.rows(),
				(summary.rows() == 1) ? "row" : "rows", tables(summary.tables()),
				"%.1f".formatted(summary.duration().toMillis() / 1000.0));
	}

	private static String tables(int tables) {
		return (tables == 1) ? "1 table" : tables + " tables";
	}

	void receiving() {
		logger.info("Engine '{}' is receiving changes from slot '{}'", this.engine, this.settings.slot().name());
	}

	void standby(String reason) {
		logger.info("Engine '{}' is on standby: {}", this.engine, reason);
	}

	void takingOver() {
		logger.info("Engine '{}' takes over slot '{}', because the other instance has stopped", this.engine,
				this.settings.slot().name());
	}

	/**
	 * Log a temporary failure, and when the engine tries again.
	 * @param running whether the engine was running
	 */
	void retrying(EngineFailure failure, boolean running, Duration delay, int attempt) {
		String cause = withoutNumbers(failure.message());
		boolean repeated = cause.equals(this.failure) && attempt % REPEATED_LINE != 1 && !running
				&& failure.processedPast() == null;
		this.failure = cause;
		if (repeated) {
			logger.debug("Engine '{}' failed again ({}). Next attempt {} in {} s.", this.engine, failure.message(),
					attempt, delay.toSeconds());
		}
		else if (failure.isConnectionLost() && running) {
			logger.warn("Engine '{}' lost its connection ({}). Reconnecting in {} s, attempt {}.", this.engine,
					failure.message(), delay.toSeconds(), attempt);
		}
		else if (failure.isConnectionLost()) {
			logger.warn("Engine '{}' cannot connect to {} ({}). Reconnecting in {} s, attempt {}.", this.engine,
					this.settings.connection(), failure.message(), delay.toSeconds(), attempt);
		}
		else {
			boolean trace = failure.isUnexpected() && attempt == 1;
			logger.warn("Engine '{}' failed ({}). Restarting in {} s, attempt {}.", this.engine, failure.message(),
					delay.toSeconds(), attempt, trace ? failure.cause() : null);
		}
		logger.debug("Failure of engine '{}'", this.engine, failure.cause());
	}

	void unanswered(SQLException ex) {
		logger.debug("Engine '{}' cannot connect yet: {}", this.engine, ex.getMessage());
	}

	void failed(EngineFailure failure) {
		logger.error("Engine '{}' failed and stays stopped until it is restarted: {}", this.engine, failure.message(),
				failure.cause());
	}

	/**
	 * Log a failure to start again, which no caller sees.
	 */
	void failedToStart(RuntimeException failure) {
		logger.error("{}", failure.getMessage());
	}

	/**
	 * Log a refusal, unless the last start was refused for the same rules and causes. A
	 * position or number in a cause may have changed.
	 */
	void refused(StartRefusedException refusal) {
		Set<String> rules = refusal.violations()
			.stream()
			.map((violation) -> violation.rule() + " " + withoutNumbers(violation.problem()))
			.collect(Collectors.toSet());
		if (!rules.equals(this.refused)) {
			this.refused = rules;
			logger.error("{}", refusal.getMessage());
		}
	}

	private static String withoutNumbers(String text) {
		return NUMBER.matcher(text).replaceAll("#");
	}

	/**
	 * Log the next refusal, whatever the last one was.
	 */
	void clearRefusal() {
		this.refused = Set.of();
	}

	void unfinished(Duration timeout) {
		logger.warn("Engine '{}' did not finish the events in flight within {}. They are delivered again at the next "
				+ "start.", this.engine, timeout);
	}

	void snapshotEnded() {
		logger.info("Engine '{}' has stopped: its only snapshot is complete", this.engine);
	}

	void stopped(Lsn stored) {
		if (this.settings.kafka() != null) {
			logger.info("Engine '{}' has stopped and left its consumer group", this.engine);
			return;
		}
		logger.info("Engine '{}' has stopped. {}", this.engine, offset(stored));
	}

	void paused(Lsn stored) {
		if (this.settings.kafka() != null) {
			logger.info(
					"Engine '{}' is paused and has left its consumer group. Other instances take its partitions "
							+ "over. If there are none, the topics keep the events for their retention time only.",
					this.engine);
			return;
		}
		logger.info("Engine '{}' is paused. {} Slot '{}' keeps WAL until the engine is resumed.", this.engine,
				offset(stored), this.settings.slot().name());
	}

	private static String offset(Lsn stored) {
		return stored.equals(Lsn.ZERO) ? "No offset is stored." : "The stored offset is " + stored + ".";
	}

}
