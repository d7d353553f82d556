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
import java.util.List;
import java.util.Objects;

import io.github.cdcspring.CdcBackfill.State;
import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A table whose existing rows are to be read, and how far that is done.
 */
final class TableBackfill {

	private final TableId table;

	private final @Nullable String listener;

	private final Instant requestedAt;

	private volatile @Nullable BackfillPosition handled;

	private volatile long rows;

	private volatile boolean begun;

	private volatile boolean stored;

	private volatile boolean paused;

	private volatile State state = State.WAITING;

	private volatile @Nullable String problem;

	private volatile @Nullable Long estimatedRows;

	/** Rows that were delivered before the present run, and when that began. */
	private volatile long rowsBefore;

	private volatile long began;

	private TableBackfill(TableId table, @Nullable String listener, Instant requestedAt) {
		this.table = table;
		this.listener = listener;
		this.requestedAt = requestedAt;
	}

	/** A request that the store does not know yet. */
	static TableBackfill request(TableId table, @Nullable String listener) {
		TableBackfill backfill = resume(BackfillProgress.none(table, listener, Instant.now()));
		backfill.stored = false;
		return backfill;
	}

	static TableBackfill resume(BackfillProgress progress) {
		TableBackfill backfill = new TableBackfill(progress.table(), progress.listener(), progress.requestedAt());
		backfill.rows = progress.rows();
		backfill.handled = progress.columns().isEmpty() ? null
				: new BackfillPosition(progress.columns(), progress.values());
		backfill.begun = backfill.handled != null;
		backfill.paused = progress.paused();
		backfill.stored = true;
		return backfill;
	}

	/** How far it is done, to be stored. */
	synchronized BackfillProgress progress() {
		BackfillPosition handled = this.handled;
		return new BackfillProgress(this.table, this.listener, this.requestedAt, this.rows, this.paused,
				(handled != null) ? handled.columns() : List.of(), (handled != null) ? handled.values() : List.of());
	}

	/** What happens to it now. */
	BackfillStep step(boolean completed) {
		return new BackfillStep(this.table, this.listener, this.requestedAt, this.rows, completed);
	}

	/** What is done of it. */
	synchronized Status status() {
		long rows = this.rows;
		Long estimated = this.estimatedRows;
		Double rate = rate(rows);
		Duration left = (rate != null && estimated != null && estimated > rows)
				? Duration.ofMillis((long) ((estimated - rows) * 1000 / rate)) : null;
		return new Status(this.table, this.listener, this.paused ? State.PAUSED : this.state, rows, estimated, rate,
				left, this.problem);
	}

	private @Nullable Double rate(long rows) {
		long delivered = rows - this.rowsBefore;
		double seconds = (System.nanoTime() - this.began) / 1e9;
		return (this.state == State.READING && delivered > 0 && seconds > 0) ? delivered / seconds : null;
	}

	/**
	 * Reading begins, or continues.
	 * @param estimated about how many rows the table has
	 */
	void reads(@Nullable Long estimated) {
		this.estimatedRows = estimated;
		this.rowsBefore = this.rows;
		this.began = System.nanoTime();
		this.state = State.READING;
	}

	/** Other tables are read, or none. */
	void waits() {
		this.state = State.WAITING;
	}

	/** The attempt to read it has failed. */
	void failed(String problem) {
		this.problem = problem;
		this.state = State.RETRYING;
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

	/** Whether another request is for the same table and listener. */
	boolean isForTheSame(TableBackfill other) {
		return this.table.equals(other.table) && Objects.equals(this.listener, other.listener);
	}

	TableId table() {
		return this.table;
	}

	/** The only listener that receives the rows, {@code null} for all. */
	@Nullable String listener() {
		return this.listener;
	}

	/** Whether it waits for its first chunk, and so includes the same request. */
	boolean covers(TableId table, @Nullable String listener) {
		return !this.begun && this.table.equals(table) && Objects.equals(this.listener, listener);
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

	/**
	 * A chunk was handled. The first one may follow others, if the table was rewritten.
	 */
	synchronized void handled(Chunk chunk, int delivered) {
		if (chunk.first()) {
			this.rows = 0;
			this.rowsBefore = 0;
		}
		this.handled = chunk.end();
		this.problem = null;
		this.rows += delivered;
	}

}
