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

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.CdcBackfill.State;
import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A table whose existing rows are to be read, and how far that is done.
 */
final class TableBackfill {

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	private static final int MAX_DOUBLINGS = 6;

	private final TableId table;

	private final @Nullable String listener;

	private final Instant requestedAt;

	private final Conditions where;

	private volatile @Nullable BackfillPosition handled;

	/**
	 * The number of rows that were delivered, and of those that {@link #handled} covers.
	 */
	private volatile long rows;

	private long handledRows;

	private @Nullable TableReading reading;

	private int failures;

	private long retryAt = System.nanoTime();

	private volatile boolean begun;

	private volatile boolean stored;

	private volatile boolean paused;

	private boolean readToEnd;

	private boolean completed;

	private volatile State state = State.WAITING;

	private volatile @Nullable String problem;

	private volatile @Nullable Long estimatedRows;

	/** Rows that were delivered before the present run, and when that began. */
	private volatile long rowsBefore;

	private volatile long began;

	private TableBackfill(TableId table, @Nullable String listener, Instant requestedAt, Conditions where) {
		this.table = table;
		this.listener = listener;
		this.requestedAt = requestedAt;
		this.where = where;
	}

	/** A request that the store does not know yet. */
	static TableBackfill request(TableId table, @Nullable String listener, List<Condition> where) {
		TableBackfill backfill = resume(BackfillProgress.none(table, listener, Instant.now(), where));
		backfill.stored = false;
		return backfill;
	}

	static TableBackfill resume(BackfillProgress progress) {
		TableBackfill backfill = new TableBackfill(progress.table(), progress.listener(), progress.requestedAt(),
				new Conditions(progress.where()));
		backfill.rows = progress.rows();
		backfill.handledRows = progress.rows();
		backfill.handled = progress.columns().isEmpty() ? null
				: new BackfillPosition(progress.columns(), progress.values());
		backfill.begun = backfill.handled != null;
		backfill.paused = progress.paused();
		backfill.stored = true;
		return backfill;
	}

	/** A table that Debezium reads before it streams. It is never stored. */
	static TableBackfill snapshot(TableId table, Instant requestedAt, @Nullable Long estimated) {
		TableBackfill backfill = new TableBackfill(table, null, requestedAt.truncatedTo(ChronoUnit.MILLIS),
				Conditions.NONE);
		backfill.estimatedRows = estimated;
		backfill.state = State.SNAPSHOT;
		return backfill;
	}

	/** The first row of the snapshot has arrived. */
	void snapshotBegins() {
		this.began = System.nanoTime();
	}

	/** A row of the snapshot was handled. */
	void rowOfSnapshot() {
		this.rows++;
	}

	/** How far it is done, to be stored. */
	synchronized BackfillProgress progress() {
		BackfillPosition handled = this.handled;
		return new BackfillProgress(this.table, this.listener, this.requestedAt, this.handledRows, this.paused,
				(handled != null) ? handled.columns() : List.of(), (handled != null) ? handled.values() : List.of(),
				this.where.all());
	}

	/** What happens to it now. */
	BackfillStep step(boolean completed) {
		return new BackfillStep(this.table, this.listener, this.requestedAt, this.rows, completed,
				this.where.describe());
	}

	/** What is done of it. */
	synchronized Status status() {
		long rows = this.rows;
		Long estimated = this.estimatedRows;
		Double rate = rate(rows);
		Duration left = (rate != null && estimated != null && estimated > rows)
				? Duration.ofMillis((long) ((estimated - rows) * 1000 / rate)) : null;
		return new Status(this.table, this.listener, this.paused ? State.PAUSED : this.state, rows, estimated, rate,
				left, this.requestedAt, this.problem, this.where.describe());
	}

	private @Nullable Double rate(long rows) {
		long delivered = rows - this.rowsBefore;
		double seconds = (System.nanoTime() - this.began) / 1e9;
		boolean reads = this.state == State.READING || this.state == State.SNAPSHOT;
		return (reads && delivered > 0 && seconds > 0) ? delivered / seconds : null;
	}

	/**
	 * Reading begins, or continues.
	 * @param estimated about how many rows the table has
	 */
	synchronized void reads(@Nullable Long estimated) {
		this.estimatedRows = estimated;
		// What was delivered after the last row that all precede is delivered again
		this.rows = this.handledRows;
		this.rowsBefore = this.rows;
		this.began = System.nanoTime();
		this.state = State.READING;
	}

	/** Other tables are read, or none. */
	void waits() {
		this.state = State.WAITING;
	}

	/**
	 * The attempt to read it has failed.
	 * @return when it may be tried again
	 */
	synchronized Duration failed(String problem) {
		this.problem = problem;
		this.state = State.RETRYING;
		Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(this.failures, MAX_DOUBLINGS));
		pause = (pause.compareTo(LONGEST_PAUSE) < 0) ? pause : LONGEST_PAUSE;
		this.failures++;
		this.retryAt = System.nanoTime() + pause.toNanos();
		return pause;
	}

	/** How long it must not be tried again, in nanoseconds. */
	long rest() {
		return this.retryAt - System.nanoTime();
	}

	/** The reading of its rows that runs now. */
	@Nullable TableReading reading() {
		return this.reading;
	}

	boolean isReadBy(TableReading reading) {
		return this.reading == reading;
	}

	void readBy(@Nullable TableReading reading) {
		this.reading = reading;
	}

	@Nullable Long estimatedRows() {
		return this.estimatedRows;
	}

	void pause(boolean paused) {
		this.paused = paused;
	}

	boolean isPaused() {
		return this.paused;
	}

	/** Its progress is stored. */
	void stored() {
		this.stored = true;
	}

	/** Whether the store knows of it. */
	boolean isStored() {
		return this.stored;
	}

	/** Whether it is the same request, perhaps as the store has it. */
	boolean isSameRequest(TableBackfill other) {
		return this.requestedAt.equals(other.requestedAt) && this.table.equals(other.table)
				&& Objects.equals(this.listener, other.listener) && this.where.equals(other.where);
	}

	TableId table() {
		return this.table;
	}

	/** The only listener that receives the rows, {@code null} for all. */
	@Nullable String listener() {
		return this.listener;
	}

	/**
	 * Whether it waits for its first chunk, and so includes the same request, or one for
	 * some of its rows.
	 */
	boolean covers(TableId table, @Nullable String listener, List<Condition> where) {
		return !this.begun && this.table.equals(table) && Objects.equals(this.listener, listener)
				&& (this.where.all().isEmpty() || this.where.all().equals(where));
	}

	/** The conditions that a row has to meet. */
	Conditions where() {
		return this.where;
	}

	/**
	 * The last row of the last chunk whose rows were all handled.
	 * @return the row, {@code null} to begin with the first one
	 */
	@Nullable BackfillPosition handled() {
		return this.handled;
	}

	/** The number of rows that were delivered. */
	long rows() {
		return this.rows;
	}

	/** The number of rows that were delivered before reading began or continued. */
	long rowsBefore() {
		return this.rowsBefore;
	}

	/** The first chunk is about to be read. Later requests are requests of their own. */
	void begin() {
		this.begun = true;
	}

	boolean hasBegun() {
		return this.begun;
	}

	/** The first row is read again, because the table was rewritten. */
	synchronized void restart() {
		this.rows = 0;
		this.rowsBefore = 0;
		this.handledRows = 0;
	}

	/** Rows were handled. Rows before them may not be. */
	synchronized void delivered(int rows) {
		this.rows += rows;
	}

	/**
	 * All rows up to one were handled. Only that ends a series of failures: after a
	 * failure, reading begins at that row.
	 * @param position the row
	 * @param rows how many of these were not counted here before
	 */
	synchronized void handled(@Nullable BackfillPosition position, long rows) {
		this.handled = position;
		this.handledRows += rows;
		this.problem = null;
		this.failures = 0;
	}

	/** It is read again after a failure, and no row was handled since then. */
	synchronized boolean isRetried() {
		return this.failures > 0;
	}

	/** All its rows were handled. */
	void readToEnd() {
		this.readToEnd = true;
	}

	boolean isReadToEnd() {
		return this.readToEnd;
	}

	/** The listeners were told that it is completed. */
	void completed() {
		this.completed = true;
	}

	boolean isCompleted() {
		return this.completed;
	}

}
