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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

	/** The run, and whether it has ended. Used under the lock of all tables. */
	private long run;

	private boolean ended;

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
	 * @param captured the tables
	 * @param source opens a connection, to estimate how many rows there are
	 */
	public void begin(String engine, Collection<TableId> captured, ConnectionSource source) {
		long run = run();
		Map<TableId, Reading> begun = new LinkedHashMap<>();
		try (Connection connection = source.connect()) {
			for (TableId table : captured) {
				begun.put(table, new Reading(engine, table, ChunkReader.estimate(connection, table, Conditions.NONE)));
			}
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("The rows of a snapshot cannot be estimated: {}", (ex instanceof SQLException failure)
					? "SQL state " + failure.getSQLState() : ex.getClass().getName());
			captured.forEach((table) -> begun.putIfAbsent(table, new Reading(engine, table, null)));
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
			this.tables.values().removeIf((reading) -> reading.read(reading.received));
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
	private static final class Reading {

		private final TableBackfill table;

		private final BackfillLog log;

		private @Nullable Long total;

		private long received;

		private long checked = System.nanoTime();

		Reading(String engine, TableId table, @Nullable Long estimated) {
			this.table = TableBackfill.snapshot(table, estimated);
			this.log = new BackfillLog(engine);
		}

		boolean is(String name) {
			return this.table.table().toString().equals(name);
		}

		void received() {
			if (this.received++ == 0) {
				this.table.snapshotBegins();
			}
		}

		boolean handled() {
			this.table.rowOfSnapshot();
			if (System.nanoTime() - this.checked > LOG_CHECK.toNanos()) {
				this.checked = System.nanoTime();
				this.log.progressed(this.table);
			}
			return isDone();
		}

		boolean read(long rows) {
			this.total = rows;
			return isDone();
		}

		private boolean isDone() {
			return this.total != null && this.table.rows() >= this.total;
		}

		Status status() {
			return this.table.status();
		}

	}

}
