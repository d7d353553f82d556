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

package io.github.cdcspring.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.benchmarks.contestant.Wait;

/**
 * Measures the latency from the time at which a transaction is due to the listener, and
 * the CPU time of idle contestants.
 */
final class LatencyPart {

	private static final int WARM_UP_PHASE = 0;

	private static final int WARM_UP_RATE = 500;

	private final Stage stage;

	private final Workload pings;

	private final int warmUp;

	/**
	 * Create the part.
	 * @param warmUp the duration of the warm-up, in seconds
	 */
	LatencyPart(Stage stage, Workload pings, int warmUp) {
		this.stage = stage;
		this.pings = pings;
		this.warmUp = warmUp;
	}

	/**
	 * Measure the latency at several rates.
	 * @param rates the duration in seconds by rate in transactions per second
	 */
	void latency(String part, Contestant contestant, int round, Map<Integer, Integer> rates)
			throws InterruptedException {
		this.stage.run(part, this.pings, contestant, round, (child, figures) -> {
			try (Pinger pinger = new Pinger(this.stage.server(), this.pings.name())) {
				warmUp(child, pinger);
				for (Map.Entry<Integer, Integer> rate : rates.entrySet()) {
					measure(child, pinger, rate.getKey(), rate.getValue(), figures);
				}
			}
			this.stage.progress().log("%s, %s: %s", part, contestant.id(), describe(figures, rates));
		});
	}

	private static String describe(Map<String, Double> figures, Map<Integer, Integer> rates) {
		List<String> texts = rates.keySet()
			.stream()
			.map((rate) -> String.format(java.util.Locale.ROOT, "%d/s p50 %.1f, p99 %.1f, max %.1f ms", rate,
					figures.get("p50At" + rate), figures.get("p99At" + rate), figures.get("maxAt" + rate)))
			.toList();
		return String.join("; ", texts);
	}

	private void warmUp(Child child, Pinger pinger)
			throws SQLException, InterruptedException, ContestantFailedException {
		pinger.write(WARM_UP_PHASE, 1, 1);
		child.await("first", Duration.ofSeconds(60));
		pinger.write(WARM_UP_PHASE, WARM_UP_RATE, this.warmUp);
	}

	private void measure(Child child, Pinger pinger, int rate, int seconds, Map<String, Double> figures)
			throws SQLException, InterruptedException, ContestantFailedException {
		long before = child.ask("cpu", "cpu").get("nanos");
		long written = pinger.write(rate, rate, seconds);
		Child.Figures phase = Child.Figures.NONE;
		for (int i = 0; i < 100 && phase.getOrZero("count") < written; i++) {
			Wait.micros(100_000);
			phase = child.ask("phase " + rate, "phase");
		}
		if (phase.getOrZero("count") != written) {
			throw new ContestantFailedException(
					"received only " + phase.getOrZero("count") + " of " + written + " rows");
		}
		figures.put("p50At" + rate, phase.get("p50") / 1e6);
		figures.put("p99At" + rate, phase.get("p99") / 1e6);
		figures.put("maxAt" + rate, phase.get("max") / 1e6);
		figures.put("cpuAt" + rate, (child.ask("cpu", "cpu").get("nanos") - before) / 1e9 / seconds);
	}

	/**
	 * Measure the CPU time of idle contestants, all at the same time: they hardly affect
	 * each other, and see the same conditions.
	 */
	void idle(String part, List<Contestant> contestants, int round, int seconds) throws InterruptedException {
		CountDownLatch written = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		for (Contestant contestant : contestants) {
			// Start one after the other, because a start uses all cores
			CountDownLatch ready = new CountDownLatch(1);
			Thread thread = new Thread(() -> {
				try {
					idle(part, contestant, round, seconds, ready, written);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				finally {
					ready.countDown();
				}
			}, "idle-" + contestant.id());
			thread.start();
			threads.add(thread);
			ready.await();
		}
		try (Pinger pinger = new Pinger(this.stage.server(), this.pings.name())) {
			pinger.write(WARM_UP_PHASE, WARM_UP_RATE, this.warmUp);
		}
		catch (SQLException ex) {
			this.stage.progress().log("%s: the rows could not be written: %s", part, ex.getMessage());
		}
		written.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void idle(String part, Contestant contestant, int round, int seconds, CountDownLatch ready,
			CountDownLatch written) throws InterruptedException {
		this.stage.run(part, this.pings, contestant, round, (child, figures) -> {
			try (Pinger pinger = new Pinger(this.stage.server(), this.pings.name())) {
				pinger.write(WARM_UP_PHASE, 1, 1);
			}
			child.await("first", Duration.ofSeconds(60));
			ready.countDown();
			written.await();
			// Wait until compiler and garbage collector are idle
			Wait.micros(8_000_000);
			long before = child.ask("cpu", "cpu").get("nanos");
			long begin = System.nanoTime();
			Wait.until(begin + seconds * 1_000_000_000L);
			long cpu = child.ask("cpu", "cpu").get("nanos") - before;
			figures.put("idleCpuSecondsPerMinute", cpu * 60.0 / (System.nanoTime() - begin));
			this.stage.progress()
				.log("%s, %s: %.2f s of CPU time per minute", part, contestant.id(),
						figures.get("idleCpuSecondsPerMinute"));
		});
	}

}
