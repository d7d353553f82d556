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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot that Debezium takes before it streams, shown as the reading of existing
 * rows alongside the stream is. A row counts when the listeners have handled it.
 */
public final class InitialSnapshot {

	private static final Logger logger = LoggerFactory.getLogger(InitialSnapshot.class);

	private static final Duration LOG_CHECK = Duration.ofMillis(100);

	/** The tables whose rows are not all handled. */
	private final Map<TableId, Reading> tables = new LinkedHashMap<>();

	private final Consumer<BackfillStep> onStep;

	/** The run, and whether it has ended. Used under the lock of all tables. */
	private long run;

	private boolean ended;

	/**
	 * Create the snapshot of an engine.
	 * @param onStep is told when the rows of a table begin to arrive, and when all were
	 * handled. It must not take long.
	 */
	public InitialSnapshot(Consumer<BackfillStep> onStep) {
		this.onStep = onStep;
	}

	/** A run begins. */
	public void open() {
		synchronized (this.tables) {
			this.run++;
			this.ended = false;
		}
	}

	private long run() {
		synchronized (this.tables) {
			return this.run;
		}
	}

	/**
	 * Debezium begins to read. Whatever fails here, the snapshot does not.
	 * @param engine the name of the engine
	 * @param tables the tables whose rows listeners receive
	 * @param source opens a connection, to estimate how many rows there are
	 */
	public void begin(String engine, Collection<TableId> tables, ConnectionSource source) {
		long run = run();
		Instant requestedAt = Instant.now();
		Map<TableId, Reading> begun = new LinkedHashMap<>();
		try (Connection connection = source.connect()) {
			for (TableId table : tables) {
				Long estimated = ChunkReader.estimate(connection, table, Conditions.NONE);
				begun.put(table, new Reading(engine, table, requestedAt, estimated));
			}
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("The rows of a snapshot cannot be estimated: {}", (ex instanceof SQLException failure)
					? "SQL state " + failure.getSQLState() : ex.getClass().getName());
			tables.forEach((table) -> begun.putIfAbsent(table, new Reading(engine, table, requestedAt, null)));
		}
		synchronized (this.tables) {
			if (this.run == run && !this.ended) {
				this.tables.clear();
				this.tables.putAll(begun);
			}
		}
	}

	/**
	 * A row is about to be delivered.
	 * @param table its table
	 */
	public void received(TableId table) {
		synchronized (this.tables) {
			Reading reading = this.tables.get(table);
			if (reading != null) {
				reading.received();
			}
		}
	}

	/** All rows were received: the first event of the stream has arrived. */
	public void received() {
		synchronized (this.tables) {
			this.tables.values().removeIf(Reading::allReceived);
		}
	}

	/**
	 * The listeners have handled a row.
	 * @param table its table
	 */
	public void handled(TableId table) {
		synchronized (this.tables) {
			Reading reading = this.tables.get(table);
			if (reading != null && reading.handled()) {
				this.tables.remove(table);
			}
		}
	}

	/**
	 * Debezium has read a table. The last rows may still be on their way.
	 * @param name the table, with its schema
	 * @param rows how many rows it has read
	 */
	public void read(String name, long rows) {
		synchronized (this.tables) {
			this.tables.values().removeIf((reading) -> reading.is(name) && reading.read(rows));
		}
	}

	/** The run has ended. Its threads may not have. */
	public void end() {
		synchronized (this.tables) {
			this.ended = true;
			this.tables.clear();
		}
	}

	/**
	 * Return what is done of the tables.
	 * @return the tables whose rows are not all handled
	 */
	List<Status> status() {
		synchronized (this.tables) {
			return this.tables.values().stream().map(Reading::status).toList();
		}
	}

	/** A table, used under the lock of all. */
	private final class Reading {

		private final TableBackfill table;

		private final BackfillLog log;

		private @Nullable Long total;

		private long received;

		private boolean begun;

		/** Whether Debezium has read the table. It may leave a table out. */
		private boolean read;

		private long checked = System.nanoTime();

		Reading(String engine, TableId table, Instant requestedAt, @Nullable Long estimated) {
			this.table = TableBackfill.snapshot(table, requestedAt, estimated);
			this.log = new BackfillLog(engine);
		}

		boolean is(String name) {
			return this.table.table().toString().equals(name);
		}

		void received() {
			begin();
			this.received++;
		}

		private void begin() {
			if (!this.begun) {
				this.begun = true;
				this.table.snapshotBegins();
				InitialSnapshot.this.onStep.accept(this.table.step(false));
			}
		}

		boolean handled() {
			this.table.rowOfSnapshot();
			if (System.nanoTime() - this.checked > LOG_CHECK.toNanos()) {
				this.checked = System.nanoTime();
				this.log.progressed(this.table);
			}
			return complete();
		}

		boolean read(long rows) {
			this.total = rows;
			this.read = true;
			return complete();
		}

		/** Rows that were read may have been left out since. */
		boolean allReceived() {
			this.total = this.received;
			return complete();
		}

		private boolean complete() {
			boolean done = this.total != null && this.table.rows() >= this.total;
			if (done && this.read) {
				begin();
				InitialSnapshot.this.onStep.accept(this.table.step(true));
			}
			return done;
		}

		Status status() {
			return this.table.status();
		}

	}

}
