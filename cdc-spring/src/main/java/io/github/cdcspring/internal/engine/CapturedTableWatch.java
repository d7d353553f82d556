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
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.KeyHistory;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.PartitionsReader;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.ServerRelations;
import io.github.cdcspring.internal.startup.check.Preflight;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the captured tables and their publication with those of the start, while an
 * engine receives: at intervals, and before each offset is stored. The server skips
 * changes that it does not publish without a word, and a heartbeat would move the offset
 * past them.
 */
final class CapturedTableWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CapturedTableWatch.class);

	private static final Duration INTERVAL = Duration.ofSeconds(2);

	/**
	 * More tables are compared at the interval only: the statement is no longer cheap.
	 */
	private static final int FEW_TABLES = 1_000;

	/** A lost connection usually ends the run before. */
	private static final int REPORTED_FAILURES = 5;

	private final EngineSettings settings;

	private final Preflight preflight;

	private final OffsetSession session;

	private final KeyHistory keys;

	private volatile List<CapturedRelation> captured;

	/** The server's position when the tables were read. */
	private Lsn readAt = Lsn.ZERO;

	/** Where the stored offset must be before changed keys are recorded with it. */
	private @Nullable Lsn recordableAt;

	private final ReplicationStateConnection connection;

	private final ScheduledExecutorService executor;

	private final AttachedPartitions partitions;

	private final Consumer<Exception> onChange;

	private final PartitionsReader partitionsReader = new PartitionsReader();

	/** The unlogged partitions that the last check has accepted. */
	private Set<TableId> unlogged;

	/** The tables that inherit from captured ones, and that the last check has seen. */
	private Set<TableId> heirs;

	private volatile boolean changed;

	/** Comparisons in a row that failed. */
	private volatile int failures;

	/**
	 * Create a watch.
	 * @param connection reads the tables
	 * @param start the start of the run that is watched
	 * @param partitions reports attached partitions
	 * @param onChange takes what is to end the run: a refusal, or a change that a new
	 * start follows
	 */
	CapturedTableWatch(EngineSettings settings, Preflight preflight, ReplicationStateConnection connection,
			PreparedStart start, AttachedPartitions partitions, Consumer<Exception> onChange) {
		this.partitions = partitions;
		this.onChange = onChange;
		this.settings = settings;
		this.preflight = preflight;
		this.session = start.session();
		this.captured = start.tables().captured();
		this.unlogged = start.source()
			.tables()
			.stream()
			.flatMap((table) -> table.unlogged().stream())
			.collect(Collectors.toSet());
		this.heirs = start.source()
			.tables()
			.stream()
			.flatMap((table) -> table.heirs().stream())
			.collect(Collectors.toSet());
		this.keys = start.tables().keys();
		this.connection = connection;
		this.executor = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "cdc-" + settings.name() + "-tables");
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Begin to compare at intervals.
	 */
	void start() {
		this.executor.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
	}

	private synchronized void look() {
		compare();
		try {
			Exception found = this.connection.read((connection, reader) -> {
				this.partitions.look(connection, this.captured, this.session);
				Exception heir = findHeir(connection);
				return (heir != null) ? heir : findUnlogged(connection, reader);
			});
			if (found != null && !this.changed) {
				this.changed = true;
				this.onChange.accept(found);
			}
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("The partitions cannot be read now: {}", ex.getMessage());
		}
	}

	/**
	 * The rows of a table that inherits belong to the captured table, but their changes
	 * are not sent. The next start judges it.
	 */
	private @Nullable Exception findHeir(Connection connection) throws SQLException {
		Set<TableId> now = this.partitionsReader.heirs(connection, this.captured);
		Set<TableId> before = this.heirs;
		this.heirs = now;
		return before.containsAll(now) ? null : new SQLTransientException("a table inherits from a captured table now");
	}

	/**
	 * A partition may become unlogged, or be created so, while the captured table and the
	 * publication remain the same.
	 */
	private @Nullable Exception findUnlogged(Connection connection, ReplicationStateReader reader) throws SQLException {
		Set<TableId> now = this.partitionsReader.unlogged(connection, this.captured);
		if (this.unlogged.containsAll(now)) {
			return null;
		}
		List<Violation> refusals = this.preflight.refusalsWhileRunning(this.preflight.read(connection, reader),
				RelationComparison.NONE);
		this.unlogged = now;
		return refusals.isEmpty() ? null : new StartRefusedException(this.settings.name(), refusals);
	}

	/**
	 * Compare before an offset is stored. A server that cannot be asked is no reason to
	 * stop: the tables are recorded with the offset, so a later comparison finds the
	 * change, too.
	 * @return whether nothing has changed, as far as is known
	 */
	boolean isUnchanged() {
		if (this.failures == 0 && this.captured.size() <= FEW_TABLES) {
			compare();
		}
		return !this.changed;
	}

	private synchronized void compare() {
		if (this.changed) {
			return;
		}
		try {
			Exception found = this.connection.read(this::find);
			this.failures = 0;
			if (found != null) {
				this.changed = true;
				this.onChange.accept(found);
			}
		}
		catch (SQLException | RuntimeException ex) {
			this.failures++;
			if (this.failures == REPORTED_FAILURES) {
				logger.warn(
						"Engine '{}' cannot compare its captured tables with the server ({}). A change of tables or "
								+ "publication is found only after that is possible again.",
						this.settings.name(), EngineFailure.of(null, ex).message());
			}
		}
	}

	private @Nullable Exception find(Connection connection, ReplicationStateReader reader) throws SQLException {
		ServerRelations now = this.preflight.relations(connection, this.captured);
		this.keys.seen(now.captured(), this.readAt, now.readAt());
		this.readAt = now.readAt();
		if (this.recordableAt == null && now.captured().equals(this.captured)) {
			return null;
		}
		Lsn offset = this.session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO);
		if (now.isSameButKeys(this.captured)) {
			keysChanged(now, offset);
			return null;
		}
		List<Violation> refusals = this.preflight.refusalsWhileRunning(this.preflight.read(connection, reader),
				this.preflight.compare(offset, this.captured, now));
		return refusals.isEmpty() ? new SQLTransientException("the captured tables or their publication have changed")
				: new StartRefusedException(this.settings.name(), refusals);
	}

	/**
	 * The history of the keys serves the changes that are received meanwhile. A later
	 * start has no history, so it must know the former keys until all changes under them
	 * are processed.
	 */
	private void keysChanged(ServerRelations now, Lsn offset) {
		if (!now.captured().equals(this.captured)) {
			this.captured = now.captured();
			this.recordableAt = now.readAt();
		}
		Lsn recordableAt = this.recordableAt;
		if (recordableAt != null && !recordableAt.isAfter(offset)) {
			this.session.recordRelations(this.captured);
			this.recordableAt = null;
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
