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

	private final String engine;

	private long reported = System.nanoTime();

	BackfillLog(String engine) {
		this.engine = engine;
	}

	void begins(TableBackfill table) {
		this.reported = System.nanoTime();
		logger.info("Engine '{}' {} the existing rows of {} alongside the stream", this.engine,
				(table.handled() != null) ? "continues to read" : "reads", name(table.table()));
	}

	/** A chunk was delivered. */
	void progressed(TableBackfill table) {
		if (System.nanoTime() - this.reported > PROGRESS_INTERVAL.toNanos()) {
			this.reported = System.nanoTime();
			logger.info("Engine '{}' has delivered {} existing rows of {} so far", this.engine, table.rows(),
					name(table.table()));
		}
	}

	void completed(TableBackfill table, Duration duration) {
		logger.info("Engine '{}' has delivered the existing rows of {}: {} {} in {} s", this.engine,
				name(table.table()), table.rows(), (table.rows() == 1) ? "row" : "rows",
				"%.1f".formatted(duration.toMillis() / 1000.0));
	}

	void failed(TableBackfill table, Duration pause, String problem) {
		logger.warn("Engine '{}' could not read the existing rows of {} and retries in {} s: {}", this.engine,
				name(table.table()), pause.toSeconds(), problem);
	}

	/** Rows were updated each time that they were read. */
	void leftToTheStream(TableId table, int rows, int attempts) {
		logger.warn("Engine '{}' has delivered no READ event of {} rows of {}, because they were updated each of "
				+ "{} times that they were read. Listeners receive them as UPDATE events, without unchanged large "
				+ "values. Repeat the snapshot when these rows are updated less, if a listener needs more.",
				this.engine, rows, name(table), attempts);
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
