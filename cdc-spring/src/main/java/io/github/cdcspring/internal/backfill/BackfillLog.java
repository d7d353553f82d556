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

import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LogSafe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what happens to the existing rows of tables.
 */
final class BackfillLog {

	private static final Logger logger = LoggerFactory.getLogger(BackfillRun.class);

	private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);

	private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

	private final String engine;

	/** The tenths of the table that were delivered. */
	private int tenth;

	private long reported = System.nanoTime();

	BackfillLog(String engine) {
		this.engine = engine;
	}

	void begins(TableBackfill table) {
		this.reported = System.nanoTime();
		this.tenth = 0;
		logger.info("Engine '{}' {} the existing rows of {} alongside the stream", this.engine,
				(table.handled() != null) ? "continues to read" : "reads", name(table.table()));
	}

	/** A chunk was delivered. */
	void progressed(TableBackfill table) {
		Status status = table.status();
		Long estimated = status.estimatedRows();
		long now = System.nanoTime();
		int tenth = (estimated != null && estimated > 0) ? (int) Math.min(9, 10 * status.rows() / estimated) : 0;
		if (now - this.reported > PROGRESS_INTERVAL.toNanos()
				|| tenth > this.tenth && now - this.reported > SHORTEST_INTERVAL.toNanos()) {
			this.reported = now;
			logger.info("Engine '{}' has delivered {} existing {} of {} so far{}", this.engine, status.rows(),
					noun(status.rows()), name(table.table()), outlook(status));
		}
		this.tenth = Math.max(tenth, this.tenth);
	}

	private static String noun(long rows) {
		return (rows == 1) ? "row" : "rows";
	}

	private static String outlook(Status status) {
		Long estimated = status.estimatedRows();
		Double rate = status.rowsPerSecond();
		Duration left = status.timeLeft();
		return ((estimated != null) ? ", of about " + estimated : "")
				+ ((rate != null) ? ", " + Math.round(rate) + " rows/s" : "")
				+ ((left != null) ? ", about " + left.toSeconds() + " s left" : "");
	}

	/** It was paused or canceled. */
	void ended(TableBackfill table, boolean paused) {
		logger.info("Engine '{}' reads no more existing rows of {} after {}, because that was {}", this.engine,
				name(table.table()), table.rows(), paused ? "paused" : "canceled");
	}

	/**
	 * It was read to the end.
	 * @param rows how many rows were delivered since reading began or continued
	 */
	void completed(TableBackfill table, long rows, Duration duration) {
		String last = (rows < table.rows()) ? ", the last " + rows : "";
		logger.info("Engine '{}' has delivered the existing rows of {}: {} {}{} in {} s", this.engine,
				name(table.table()), table.rows(), noun(table.rows()), last,
				"%.1f".formatted(duration.toMillis() / 1000.0));
	}

	void failed(TableBackfill table, Duration pause, String problem) {
		logger.warn("Engine '{}' could not read the existing rows of {} and retries in {} s: {}", this.engine,
				name(table.table()), pause.toSeconds(), problem);
	}

	/** A reader gets no connection, and the others read alone. */
	void lacksReader(TableBackfill table, int readers, String problem) {
		logger
			.warn("Engine '{}' reads the existing rows of {} with {} in parallel, because another connection cannot be "
					+ "opened: {}", this.engine, name(table.table()), readers, problem);
	}

	/** Rows were updated each time that they were read. */
	void leftToTheStream(TableId table, int rows, int attempts) {
		logger.warn("Engine '{}' has delivered no READ event of {} {} of {}, because they were updated each of "
				+ "{} times that they were read. Listeners receive them as UPDATE events, without unchanged large "
				+ "values. Repeat the backfill when these rows are updated less, if a listener needs more.",
				this.engine, rows, noun(rows), name(table), attempts);
	}

	/** The stream does not reach a watermark. */
	void waits(TableId table, Duration waited) {
		logger.warn(
				"Engine '{}' has waited {} s for the stream to reach the place where existing rows of "
						+ "{} are delivered. It writes the logical message again that marks the place. Check "
						+ "whether the engine receives changes, and how far it is behind.",
				this.engine, waited.toSeconds(), name(table));
	}

	private static String name(TableId table) {
		return LogSafe.of(table.toString());
	}

}
