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

package io.github.cdcspring.internal.listener;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InFlightTrackerTests {

	private final InFlightTracker<Long> inFlightTracker = new InFlightTracker<>();

	@Test
	void nothingIsReachedBeyondAHole() {
		InFlightTracker.Entry<Long> first = this.inFlightTracker.add(1L);
		InFlightTracker.Entry<Long> second = this.inFlightTracker.add(null);
		InFlightTracker.Entry<Long> third = this.inFlightTracker.add(3L);
		third.run();
		assertThat(this.inFlightTracker.advance()).isNull();
		first.run();
		assertThat(this.inFlightTracker.advance()).isEqualTo(1L);
		assertThat(this.inFlightTracker.advance()).isNull();
		assertThat(this.inFlightTracker.isEmpty()).isFalse();
		second.run();
		assertThat(this.inFlightTracker.advance()).isEqualTo(3L);
		assertThat(this.inFlightTracker.isEmpty()).isTrue();
	}

	@Test
	void keepsLittleOfWhatIsHandledBehindAHole() {
		InFlightTracker.Entry<Long> hole = this.inFlightTracker.add(0L);
		for (int i = 1; i <= 1_000_000; i++) {
			this.inFlightTracker.add((long) i).run();
		}
		assertThat(this.inFlightTracker.size()).isLessThan(10_000);
		assertThat(this.inFlightTracker.advance()).isNull();
		hole.run();
		assertThat(this.inFlightTracker.advance()).isEqualTo(1_000_000L);
		assertThat(this.inFlightTracker.isEmpty()).isTrue();
	}

	@Test
	void whatIsReachedIsHandledWholeWhileOthersAddAndComplete() throws InterruptedException {
		int events = 200_000;
		BlockingQueue<Object> added = new ArrayBlockingQueue<>(2_000);
		AtomicLong[] handled = { new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong() };
		long[] done = new long[events + 1];
		List<Thread> threads = new ArrayList<>();
		for (AtomicLong count : handled) {
			threads.add(new Thread(() -> complete(added, done, count)));
		}
		threads.forEach(Thread::start);
		Thread adding = new Thread(() -> add(events, added));
		adding.start();
		long reached = 0;
		while (reached < events) {
			Long position = this.inFlightTracker.advance();
			if (position != null) {
				long now = position;
				assertThat(now).isGreaterThan(reached);
				for (long i = reached + 1; i <= now; i++) {
					assertThat(done[(int) i]).isEqualTo(1);
				}
				reached = now;
			}
		}
		adding.join();
		for (Thread thread : threads) {
			thread.interrupt();
			thread.join();
		}
		assertThat(this.inFlightTracker.isEmpty()).isTrue();
	}

	private void add(int events, BlockingQueue<Object> added) {
		try {
			for (int i = 1; i <= events; i++) {
				added.put(new Added(i, this.inFlightTracker.add((long) i)));
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** In any order, within what a thread processes. */
	private static void complete(BlockingQueue<Object> added, long[] done, AtomicLong count) {
		Random random = new Random(count.hashCode());
		List<Object> inHand = new ArrayList<>();
		try {
			while (true) {
				inHand.add(added.take());
				added.drainTo(inHand, random.nextInt(50));
				Collections.shuffle(inHand, random);
				for (Object one : inHand) {
					done[((Added) one).number()] = 1;
					((Added) one).entry().run();
				}
				inHand.clear();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Added(int number, InFlightTracker.Entry<Long> entry) {

	}

}
