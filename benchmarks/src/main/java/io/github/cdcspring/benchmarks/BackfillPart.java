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

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.cdcspring.benchmarks.contestant.Wait;
import org.postgresql.PGConnection;

/**
 * Measures how fast existing rows arrive, how late changes arrive meanwhile, and how long
 * it takes until they do after a crash. COPY is the limit.
 */
final class BackfillPart {

	static final String SNAPSHOT = "debezium-snapshot";

	static final String COPY = "copy";

	private static final String PART = "backfill";

	private static final int MEANWHILE = 1;

	private static final int AFTERWARDS = 2;

	private static final int AFTER_THE_CRASH = 3;

	/** Changes in a second. */
	private static final int RATE = 100;

	private static final int SECONDS_AFTERWARDS = 20;

	/** The questions must not take the time of what they ask for. */
	private static final int MICROS_BETWEEN_QUESTIONS = 100_000;

	private final Stage stage;

	private final Results results;

	private final Workload workload;

	private final long rows;

	BackfillPart(Stage stage, Results results, Workload workload, long rows) {
		this.stage = stage;
		this.results = results;
		this.workload = workload;
		this.rows = rows;
	}

	void run(Contestant starter, int rounds) throws InterruptedException {
		List<Contestant> contestants = List
			.of(Contestant.DEBEZIUM_TUNED.with(SNAPSHOT, "Debezium engine, the starter's settings, initial snapshot",
					Map.of("debezium.snapshot.mode", "initial")), starter(starter, 1), starter(starter, 4));
		for (int round = 1; round <= rounds; round++) {
			copy(round);
			for (Contestant contestant : contestants) {
				load(contestant, round);
				crash(contestant, round);
			}
		}
	}

	private static Contestant starter(Contestant starter, int readers) {
		return starter.with("starter-backfill-" + readers, "**starter**, backfill by " + readers + " reader(s)",
				Map.of("cdc.snapshot.mode", "backfill", "cdc.backfill.concurrency", String.valueOf(readers)));
	}

	private void copy(int round) {
		Contestant copy = new Contestant(COPY, "COPY TO STDOUT", COPY, Map.of());
		try (Connection connection = this.stage.server().connect(this.workload.name())) {
			long begin = System.nanoTime();
			long copied = connection.unwrap(PGConnection.class)
				.getCopyAPI()
				.copyOut("COPY item_0000 TO STDOUT", OutputStream.nullOutputStream());
			double rate = copied * 1e9 / (System.nanoTime() - begin);
			this.results.add(PART, this.workload.name(), copy, round, Map.of("rowsPerSecond", rate));
			this.stage.progress().log("%s, copy: %,.0f rows/s", PART, rate);
		}
		catch (SQLException | IOException ex) {
			this.results.fail(PART, this.workload.name(), copy, round, String.valueOf(ex.getMessage()));
		}
	}

	/** From the first row to the last. */
	private void load(Contestant contestant, int round) throws InterruptedException {
		this.stage.server().execute(this.workload.name(), "TRUNCATE ping");
		this.stage.run(PART, this.workload, contestant, round, (child, figures) -> {
			long begin = child.await("first", Duration.ofMinutes(2)).get("nanos");
			try (Pinger pinger = new Pinger(this.stage.server(), this.workload.name());
					Pings pings = new Pings(pinger, MEANWHILE)) {
				awaitRows(child, this.rows);
				figures.put("rowsPerSecond", this.rows * 1e9 / (System.nanoTime() - begin));
				figures.put("p99Meanwhile", p99(child, MEANWHILE, pings.end()));
				figures.put("peakHeapMegabytes", child.ask("count", "count").get("peakHeap") / 1e6);
				figures.put("p99Afterwards",
						p99(child, AFTERWARDS, pinger.write(AFTERWARDS, RATE, SECONDS_AFTERWARDS)));
			}
			this.stage.progress()
				.log("%s, %s: %,.0f rows/s, peak heap %.0f MB, p99 of changes %.1f ms, afterwards %.1f ms", PART,
						contestant.id(), figures.get("rowsPerSecond"), figures.get("peakHeapMegabytes"),
						figures.get("p99Meanwhile"), figures.get("p99Afterwards"));
		});
	}

	/** From the second start of the process. */
	private void crash(Contestant contestant, int round) throws InterruptedException {
		this.stage.server().execute(this.workload.name(), "TRUNCATE ping");
		this.stage.run(PART, this.workload, contestant, round, (killed, figures) -> {
			killed.await("first", Duration.ofMinutes(2));
			awaitRows(killed, this.rows * 9 / 10);
			try (Child child = killed.killAndStart();
					Pinger pinger = new Pinger(this.stage.server(), this.workload.name());
					Pings pings = new Pings(pinger, AFTER_THE_CRASH)) {
				boolean continues = !contestant.id().equals(SNAPSHOT);
				while (!figures.containsKey("secondsToLive") || !figures.containsKey("secondsToAll")) {
					double seconds = (System.nanoTime() - child.started()) / 1e9;
					if (seconds > Stage.patience(this.rows, 1_000).toSeconds()) {
						throw new ContestantFailedException("was not live in time after the crash");
					}
					if (phase(child, AFTER_THE_CRASH).getOrZero("count") > 0) {
						figures.putIfAbsent("secondsToLive", seconds);
					}
					if (continues ? isCompleted() : rows(child) >= this.rows) {
						figures.putIfAbsent("secondsToAll", seconds);
					}
					Wait.micros(MICROS_BETWEEN_QUESTIONS);
				}
				pings.end();
			}
			catch (IOException ex) {
				throw new ContestantFailedException("could not be started again: " + ex.getMessage());
			}
			this.stage.progress()
				.log("%s, %s: live %.1f s after a crash at 90 %%, all rows after %.1f s", PART, contestant.id(),
						figures.get("secondsToLive"), figures.get("secondsToAll"));
		});
	}

	/** Whether the newest offset has no rows left to read. */
	private boolean isCompleted() {
		BenchmarkServer server = this.stage.server();
		String table = server.queryForText(this.workload.name(),
				"SELECT relname FROM pg_class WHERE relname ~ '^offset_run_[0-9]+$' ORDER BY oid DESC LIMIT 1");
		return server
			.queryForText(this.workload.name(),
					"SELECT count(*) FROM " + table + " WHERE position LIKE '%cdc_backfill%'")
			.equals("0");
	}

	private void awaitRows(Child child, long rows) throws ContestantFailedException, InterruptedException {
		long deadline = System.nanoTime() + Stage.patience(this.rows, 1_000).toNanos();
		while (rows(child) < rows) {
			if (System.nanoTime() > deadline) {
				throw new ContestantFailedException("did not deliver " + rows + " rows in time");
			}
			Wait.micros(MICROS_BETWEEN_QUESTIONS);
		}
	}

	/** The rows without the changes, which arrive meanwhile. */
	private static long rows(Child child) throws ContestantFailedException, InterruptedException {
		long events = child.ask("count", "count").get("events");
		for (int phase : List.of(MEANWHILE, AFTERWARDS, AFTER_THE_CRASH)) {
			events -= phase(child, phase).getOrZero("count");
		}
		return events;
	}

	private static Child.Figures phase(Child child, int phase) throws ContestantFailedException, InterruptedException {
		return child.ask("phase " + phase, "phase");
	}

	private double p99(Child child, int phase, long written) throws ContestantFailedException, InterruptedException {
		long deadline = System.nanoTime() + Stage.patience(this.rows, 1_000).toNanos();
		while (phase(child, phase).getOrZero("count") < written) {
			if (System.nanoTime() > deadline) {
				throw new ContestantFailedException("did not deliver all " + written + " changes");
			}
			Wait.micros(50_000);
		}
		return phase(child, phase).get("p99") / 1e6;
	}

	/**
	 * Writes changes until it is ended.
	 */
	private static final class Pings implements AutoCloseable {

		private final ExecutorService executor = Executors.newSingleThreadExecutor();

		private final AtomicBoolean ended = new AtomicBoolean();

		private final Future<Long> written;

		Pings(Pinger pinger, int phase) {
			this.written = this.executor.submit(() -> {
				long rows = 0;
				while (!this.ended.get()) {
					rows += pinger.write(phase, RATE, 1);
				}
				return rows;
			});
		}

		long end() throws InterruptedException, ContestantFailedException {
			this.ended.set(true);
			try {
				return this.written.get();
			}
			catch (ExecutionException ex) {
				throw new ContestantFailedException("received no changes: " + ex.getCause());
			}
		}

		@Override
		public void close() {
			this.ended.set(true);
			this.executor.shutdownNow();
		}

	}

}
