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
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class ReadingTurnsTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final ExecutorService readers = Executors.newCachedThreadPool();

	private final AtomicInteger reading = new AtomicInteger();

	private final CompletableFuture<Boolean> end = new CompletableFuture<>();

	@AfterEach
	void stop() {
		this.end.complete(true);
		this.readers.shutdownNow();
	}

	@Test
	void whileChangesArriveReadersLeaveAProcessor() throws Exception {
		assertReads(new ReadingTurns(3, () -> true, LONG), 3, 2);
	}

	@Test
	void oneReaderReadsOnASingleProcessor() throws Exception {
		assertReads(new ReadingTurns(1, () -> true, LONG), 2, 1);
	}

	@Test
	void withoutChangesAllReadersRead() throws Exception {
		assertReads(new ReadingTurns(2, () -> false, LONG), 4, 4);
	}

	@Test
	void noReaderWaitsForLong() throws Exception {
		assertReads(new ReadingTurns(2, () -> true, Duration.ofMillis(1)), 3, 3);
	}

	@Test
	void readerThatFailsEndsItsTurn() throws Exception {
		ReadingTurns turns = new ReadingTurns(2, () -> true, LONG);
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> turns.read(() -> {
			throw new SQLException("gone");
		}));
		assertThat(turns.read(() -> "rows")).isEqualTo("rows");
	}

	private void assertReads(ReadingTurns turns, int readers, int atOnce) throws Exception {
		CountDownLatch started = new CountDownLatch(readers);
		Future<?>[] all = new Future<?>[readers];
		Thread[] threads = new Thread[readers];
		for (int i = 0; i < readers; i++) {
			int index = i;
			all[i] = this.readers.submit(() -> {
				threads[index] = Thread.currentThread();
				started.countDown();
				return turns.read(() -> {
					this.reading.incrementAndGet();
					this.end.join();
					return this.reading.decrementAndGet();
				});
			});
		}
		started.await();
		await().until(() -> this.reading.get() == atOnce && waiting(threads));
		assertThat(this.reading).hasValue(atOnce);
		this.end.complete(true);
		for (Future<?> each : all) {
			each.get();
		}
	}

	private static boolean waiting(Thread[] threads) {
		return Arrays.stream(threads)
			.map(Thread::getState)
			.allMatch((state) -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
	}

}
