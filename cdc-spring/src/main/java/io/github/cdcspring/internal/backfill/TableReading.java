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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import io.github.cdcspring.CdcException;
import org.jspecify.annotations.Nullable;

/**
 * The reading of one table by one or several readers, each with a connection and a window
 * of its own. They share its rows by ranges of the primary key.
 * <p>
 * Ranges may be handled in any order. What is stored is the end of those before which no
 * range is missing, so after a crash the ranges in flight are read again. Therefore only
 * a few are begun after one that is not handled.
 */
final class TableReading {

	/** A reader may be so far ahead of the slowest one. */
	private static final int RANGES_OF_A_READER = 2;

	/** A server without a free connection is asked again after this time. */
	private static final Duration PAUSE_OF_A_READER = Duration.ofMinutes(1);

	private final Backfill backfill;

	private final TableBackfill table;

	private final int maxReaders;

	private final BackfillLog log;

	private final long began = System.nanoTime();

	/** The server is asked for one end of a range at a time. */
	private final ReentrantLock planning = new ReentrantLock();

	/** In the order of their keys, from the first one that is not handled. */
	private final Deque<KeyRange> ranges = new ArrayDeque<>();

	private @Nullable BackfillPosition planned;

	private boolean allPlanned;

	private boolean begun;

	private int readers;

	/** The readers that have a connection. */
	private int connected;

	/** Another reader that lacks a connection tries again after this time. */
	private long helpedAt = System.nanoTime();

	private boolean lacked;

	private @Nullable String problem;

	/**
	 * Whether a reader has left its range unfinished. This lasts: a table that is resumed
	 * is read by another reading, which reads that range again.
	 */
	private boolean over;

	/**
	 * Create the reading.
	 * @param maxReaders how many readers at most
	 */
	TableReading(Backfill backfill, TableBackfill table, int maxReaders, BackfillLog log) {
		this.backfill = backfill;
		this.table = table;
		this.maxReaders = maxReaders;
		this.log = log;
		this.planned = table.handled();
	}

	TableBackfill table() {
		return this.table;
	}

	BackfillLog log() {
		return this.log;
	}

	/** A reader joins. To be called by {@link Backfill} only. */
	void join() {
		this.readers++;
	}

	/** A reader has a connection. */
	void connected() {
		synchronized (this.backfill) {
			this.connected++;
		}
	}

	/** A reader has closed its connection. */
	void disconnected() {
		synchronized (this.backfill) {
			this.connected--;
		}
	}

	/**
	 * A reader gets no connection.
	 * @param problem why not
	 * @return whether others read the table
	 */
	boolean readsWithout(String problem) {
		synchronized (this.backfill) {
			if (this.connected == 0) {
				return false;
			}
			this.helpedAt = System.nanoTime() + PAUSE_OF_A_READER.toNanos();
			if (!this.lacked) {
				this.lacked = true;
				this.log.lacksReader(this.table, this.connected, problem);
			}
			return true;
		}
	}

	/** A reader leaves. To be called by {@link Backfill} only. */
	boolean leave() {
		this.readers--;
		return this.readers == 0;
	}

	int readers() {
		return this.readers;
	}

	/**
	 * Whether another reader would find rows. The first one finds out whether the table
	 * can be shared, and after a failure whether it can be read: otherwise the others
	 * would deliver the same rows at each attempt.
	 */
	boolean acceptsReader(int chunkSize) {
		Long estimated = this.table.estimatedRows();
		return this.readers < this.maxReaders && !this.ranges.isEmpty() && !this.allPlanned && continues()
				&& !this.table.isRetried() && System.nanoTime() - this.helpedAt >= 0 && estimated != null
				&& estimated - this.table.rows() > chunkSize;
	}

	/**
	 * The first reader begins.
	 * @param publication the engine's publication
	 * @throws CdcException if the rows of the table cannot be read any more
	 */
	void begin(Connection connection, String publication) throws SQLException {
		synchronized (this.backfill) {
			if (this.begun) {
				return;
			}
			this.begun = true;
		}
		new BackfillRequest(Set.of(this.table.table())).check(connection, publication);
		this.log.begins(this.table);
		this.table.reads(ChunkReader.estimate(connection, this.table.table(), this.table.where()));
		this.backfill.begins(this.table);
	}

	/** Whether to read more of the table now. Once it is not, it never is again. */
	boolean continues() {
		synchronized (this.backfill) {
			this.over |= this.problem != null || !this.table.isReadBy(this) || !this.backfill.continues(this.table);
			return !this.over;
		}
	}

	/**
	 * Return the next range to read.
	 * @param size about how many rows it shall have
	 * @return the range, {@code null} if there are no more, or the reading has ended
	 */
	@Nullable KeyRange next(ChunkReader reader, Connection connection, int size) throws SQLException, InterruptedException {
		this.planning.lockInterruptibly();
		try {
			if (!awaitRoom()) {
				return null;
			}
			KeyRange range = (this.maxReaders > 1 || reader.readsRanges())
					? reader.range(connection, this.table.table(), this.planned, size) : KeyRange.after(this.planned);
			begins(range);
			return range;
		}
		finally {
			this.planning.unlock();
		}
	}

	/** A range is about to be read. */
	void begins(KeyRange range) {
		synchronized (this.backfill) {
			// A later run of the engine reads the table
			if (!this.table.isReadBy(this)) {
				return;
			}
			if (this.planned != null && range.after() == null) {
				this.table.restart();
			}
			this.table.begin();
			this.ranges.add(range);
			this.planned = range.end();
			this.allPlanned = range.isLast();
			this.backfill.notifyAll();
		}
	}

	private boolean awaitRoom() throws InterruptedException {
		synchronized (this.backfill) {
			while (!this.allPlanned && continues() && this.ranges.size() >= this.maxReaders * RANGES_OF_A_READER) {
				this.backfill.wait();
			}
			return !this.allPlanned && continues();
		}
	}

	/** A chunk of a range was handled. */
	void handled(KeyRange range, Chunk chunk, int rows) {
		synchronized (this.backfill) {
			// A later run of the engine reads the table
			if (!this.table.isReadBy(this)) {
				return;
			}
			if (chunk.first() && range.handled() != null) {
				this.table.restart();
				range.takeRows();
			}
			range.handled(chunk, rows);
			this.table.delivered(rows);
			if (range == this.ranges.peek()) {
				advance();
				this.backfill.advanced(this.table.table());
			}
			this.log.progressed(this.table);
			this.backfill.notifyAll();
		}
	}

	private void advance() {
		KeyRange first = this.ranges.peek();
		while (first != null && first.hasBegun()) {
			this.table.handled(first.handled(), first.takeRows());
			if (!first.isDone()) {
				return;
			}
			this.ranges.remove();
			first = this.ranges.peek();
		}
	}

	/** A reader could not read on. The others finish their chunks. */
	void failed(String problem) {
		synchronized (this.backfill) {
			if (this.problem == null) {
				this.problem = problem;
			}
			this.backfill.notifyAll();
		}
	}

	/** The last reader has left. To be called by {@link Backfill} only. */
	void ended(boolean closed) {
		String problem = this.problem;
		if (this.allPlanned && this.ranges.isEmpty()) {
			if (this.backfill.completed(this.table)) {
				this.log.completed(this.table, this.table.rows() - this.table.rowsBefore(),
						Duration.ofNanos(System.nanoTime() - this.began));
			}
			else if (!closed) {
				this.log.ended(this.table, false);
			}
			return;
		}
		this.table.waits();
		if (closed) {
			return;
		}
		if (problem != null) {
			this.log.failed(this.table, this.backfill.postpone(this.table, problem), problem);
		}
		else {
			this.log.ended(this.table, this.backfill.contains(this.table));
		}
	}

}
