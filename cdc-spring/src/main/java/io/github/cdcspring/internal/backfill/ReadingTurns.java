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

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Leaves a processor to the changes. Each chunk that is read takes one, here and perhaps
 * at the server, and a change would wait for it several times on its way. While changes
 * arrive, the readers therefore read in turns. Meanwhile the rows of other chunks are
 * handled. None waits for long, because the server may keep another one waiting for a
 * lock.
 */
final class ReadingTurns {

	private final BooleanSupplier changesArrive;

	private final Duration longestWait;

	private final Semaphore turns;

	/**
	 * Create turns.
	 * @param processors how many processors there are
	 * @param changesArrive whether changes arrive at present
	 * @param longestWait how long a reader waits for its turn at most
	 */
	ReadingTurns(int processors, BooleanSupplier changesArrive, Duration longestWait) {
		this.changesArrive = changesArrive;
		this.longestWait = longestWait;
		this.turns = new Semaphore(Math.max(1, processors - 1), true);
	}

	/**
	 * Read, at once or when it is this reader's turn.
	 * @return what was read
	 */
	<T extends @Nullable Object> T read(Reading<T> reading) throws SQLException, InterruptedException {
		boolean taken = this.changesArrive.getAsBoolean()
				&& this.turns.tryAcquire(this.longestWait.toNanos(), TimeUnit.NANOSECONDS);
		try {
			return reading.read();
		}
		finally {
			if (taken) {
				this.turns.release();
			}
		}
	}

	/**
	 * Reads rows.
	 *
	 * @param <T> what is read
	 */
	@FunctionalInterface
	interface Reading<T extends @Nullable Object> {

		T read() throws SQLException;

	}

}
