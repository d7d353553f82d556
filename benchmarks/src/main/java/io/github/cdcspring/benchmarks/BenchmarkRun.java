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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.benchmarks.Options.Part;

import org.springframework.util.FileSystemUtils;

/**
 * Runs all contestants on one server, and reports the results.
 *
 * @since 0.1.0
 */
public final class BenchmarkRun {

	private static final long ONE_MILLISECOND = 1_000;

	/** The starter without waiting until transactions are visible. */
	static final String NOT_WAITING = "starter-not-waiting";

	private final Options options;

	private final Results results = new Results();

	private final Progress progress = new Progress(System.out);

	private final Contestant starter;

	private BenchmarkRun(Options options) {
		this.options = options;
		this.starter = Contestant.starter(options.starter());
	}

	/**
	 * Run from the command line. Use {@code benchmarks/run}.
	 * @param arguments the options
	 */
	public static void main(String[] arguments) throws Exception {
		if (List.of(arguments).contains("--help")) {
			System.out.println(Options.USAGE);
			return;
		}
		try {
			Path directory = Path.of(System.getProperty("benchmarks.directory", "target")).toAbsolutePath();
			BenchmarkRun run = new BenchmarkRun(Options.parse(directory, arguments));
			System.exit(run.run() ? 0 : 1);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.println(Options.USAGE);
			System.exit(2);
		}
	}

	private boolean run() throws IOException, SQLException, InterruptedException {
		Path work = this.options.directory().resolve("run");
		FileSystemUtils.deleteRecursively(work);
		Files.createDirectories(work);
		try {
			runParts(work);
		}
		finally {
			Report report = new Report(this.options, this.results, this.progress.seconds());
			report.write(this.options.directory());
			System.out.println(report.markdown());
		}
		return this.results.failures().isEmpty();
	}

	private void runParts(Path work) throws IOException, SQLException, InterruptedException {
		if (this.options.runs(Part.JMH)) {
			new JmhPart(this.results, this.progress, work).run(this.options.quick());
		}
		try (BenchmarkServer server = BenchmarkServer.start(work)) {
			this.results.server("PostgreSQL " + server.queryForText("postgres", "SHOW server_version"));
			String classPath = System.getProperty("java.class.path");
			Stage stage = new Stage(server, work, classPath, this.results, this.progress, this.options);
			if (this.options.runs(Part.DRAIN) || this.options.runs(Part.FIRST)) {
				drain(stage, new FirstEventPart(stage, classPath));
			}
			if (this.options.runs(Part.WORK)) {
				work(stage);
			}
			if (this.options.runs(Part.GROWTH)) {
				growth(stage);
			}
			if (this.options.runs(Part.VISIBLE)) {
				visible(stage);
			}
			if (this.options.runs(Part.BACKFILL)) {
				int rows = this.options.choose(1_000_000, 10_000_000);
				with(stage, Workloads.existing(rows),
						(existing) -> new BackfillPart(stage, this.results, existing, rows).run(this.starter,
								this.options.rounds()));
			}
			if (this.options.runs(Part.KAFKA)) {
				with(stage,
						Workloads.items("kafka", "Inserts of 200 bytes, 10 per transaction, through Kafka", 1,
								this.options.choose(60_000, 300_000), 10),
						(items) -> new KafkaPart(stage, this.results, items, this.options.choose(1_000, 10_000))
							.run(this.starter, this.options.rounds()));
			}
			with(stage, Workloads.ping(), (pings) -> {
				LatencyPart latency = new LatencyPart(stage, pings, this.options.choose(2, 5));
				if (this.options.runs(Part.LATENCY)) {
					latency(latency);
				}
				if (this.options.runs(Part.IDLE)) {
					idle(latency);
				}
				if (this.options.runs(Part.POLL)) {
					poll(latency);
				}
				if (this.options.runs(Part.VISIBLE)) {
					visible(latency);
				}
			});
		}
	}

	private void drain(Stage stage, FirstEventPart first) throws InterruptedException {
		int rounds = this.options.rounds();
		List<Contestant> main = List.of(Contestant.DEBEZIUM, Contestant.DEBEZIUM_TUNED, Contestant.INTEGRATION,
				this.starter);
		List<Contestant> all = new ArrayList<>(List.of(Contestant.RECVLOGICAL, Contestant.DRIVER));
		all.addAll(main);
		all.add(this.starter.withConcurrency(8));
		with(stage, Workloads.pgbench(this.options.choose(15_000, 100_000)), (tpcb) -> {
			if (this.options.runs(Part.FIRST)) {
				first.run(tpcb, Contestant.DEBEZIUM_TUNED, this.starter, this.options);
			}
			if (this.options.runs(Part.DRAIN)) {
				new DrainPart(stage, "drain").run(tpcb, installed("drain", tpcb, this.options.choose(main, all)),
						rounds);
			}
		});
		if (!this.options.runs(Part.DRAIN) || this.options.quick()) {
			return;
		}
		for (Workload workload : List.of(
				Workloads.items("items", "Inserts of 200 bytes, 10 per transaction", 1, 250_000, 10),
				Workloads.wide(150_000),
				Workloads.items("bulk", "One transaction of 1 million rows of 200 bytes", 1, 1_000_000, 1_000_000),
				Workloads.updates(150_000), Workloads.items("tables",
						"Inserts of 200 bytes into 200 tables, 10 per transaction", 200, 200_000, 10))) {
			boolean isLong = workload.events() >= 1_000_000;
			with(stage, workload, (filled) -> new DrainPart(stage, "drain").run(filled,
					isLong ? main.subList(1, main.size()) : main, isLong ? Math.min(2, rounds) : rounds));
		}
	}

	/** A contestant whose program is not installed is skipped with a message. */
	private List<Contestant> installed(String part, Workload workload, List<Contestant> contestants) {
		return contestants.stream().filter((contestant) -> {
			boolean installed = contestant.isInstalled();
			if (!installed) {
				this.progress.log("%s %s: skipped %s, because the program is not installed", part, workload.name(),
						contestant.id());
			}
			return installed;
		}).toList();
	}

	private void work(Stage stage) throws InterruptedException {
		int perWorker = this.options.choose(1_000, 3_000);
		int rounds = this.options.choose(1, 3);
		DrainPart part = new DrainPart(stage, "work");
		with(stage, Workloads.counters("keys", "Updates of 10,000 keys, listener takes 1 ms", 10_000, perWorker * 20),
				(keys) -> {
					for (int round = 1; round <= rounds; round++) {
						for (int concurrency : this.options.choose(List.of(1, 16), List.of(1, 8, 16, 64))) {
							part.work(keys, this.starter.withConcurrency(concurrency), round,
									(long) perWorker * Math.min(concurrency, 20), ONE_MILLISECOND);
						}
						if (!this.options.quick()) {
							part.work(keys, Contestant.DEBEZIUM_TUNED, round, perWorker, ONE_MILLISECOND);
							part.work(keys, Contestant.INTEGRATION, round, perWorker, ONE_MILLISECOND);
						}
					}
				});
		if (!this.options.quick()) {
			with(stage, Workloads.counters("key", "Updates of one key, listener takes 1 ms", 1, perWorker * 2),
					(key) -> {
						for (int round = 1; round <= rounds; round++) {
							part.work(key, this.starter, round, perWorker, ONE_MILLISECOND);
							part.work(key, this.starter.withConcurrency(16), round, perWorker, ONE_MILLISECOND);
						}
					});
		}
	}

	private void growth(Stage stage) throws InterruptedException {
		if (this.options.quick()) {
			return;
		}
		List<Contestant> two = List.of(Contestant.DEBEZIUM_TUNED, this.starter);
		for (int tables : List.of(1, 10, 100, 1_000)) {
			with(stage, Workloads.items("tables_" + tables, tables + " table(s), 10 events per transaction", tables,
					150_000, 10), (workload) -> new DrainPart(stage, "growth").run(workload, two, 2));
		}
		with(stage, Workloads.items("tx_1000", "1 table, 1,000 events per transaction", 1, 150_000, 1_000),
				(workload) -> new DrainPart(stage, "growth").run(workload, two, 2));
	}

	/** What it costs to hold events back until their transactions are visible. */
	private void visible(Stage stage) throws InterruptedException {
		for (Workload workload : List.of(Workloads.pgbench(this.options.choose(15_000, 100_000)), Workloads
			.items("visible", "Inserts of 200 bytes, 1 per transaction", 1, this.options.choose(60_000, 250_000), 1))) {
			with(stage, workload, (filled) -> new DrainPart(stage, "visible").run(filled,
					List.of(this.starter, notWaiting()), this.options.rounds()));
		}
	}

	private void visible(LatencyPart latency) throws InterruptedException {
		for (int round = 1; round <= this.options.rounds(); round++) {
			for (Contestant contestant : List.of(this.starter, notWaiting())) {
				latency.latency("visible-latency", contestant, round, Map.of(100, this.options.choose(4, 15)));
			}
		}
	}

	private Contestant notWaiting() {
		return this.starter.with(NOT_WAITING, "starter, visible-transactions=false",
				Map.of("cdc.listener.visible-transactions", "false"));
	}

	private void latency(LatencyPart latency) throws InterruptedException {
		Map<Integer, Integer> rates = new LinkedHashMap<>();
		if (!this.options.quick()) {
			rates.put(10, 15);
		}
		rates.put(100, this.options.choose(4, 15));
		if (!this.options.quick()) {
			rates.put(1_000, 8);
		}
		List<Contestant> contestants = this.options.choose(List.of(Contestant.DRIVER, this.starter),
				List.of(Contestant.DRIVER, Contestant.DEBEZIUM, Contestant.DEBEZIUM_TUNED, Contestant.INTEGRATION,
						this.starter));
		for (Contestant contestant : contestants) {
			latency.latency("latency", contestant, 1, rates);
		}
	}

	private void idle(LatencyPart latency) throws InterruptedException {
		Contestant polling = this.starter.with("starter-poll-500", "starter, poll.interval.ms=500",
				Map.of("cdc.debezium.poll.interval.ms", "500"));
		latency.idle(
				"idle", this.options.choose(List.of(this.starter, polling), List.of(Contestant.DRIVER,
						Contestant.DEBEZIUM, Contestant.DEBEZIUM_TUNED, this.starter, polling)),
				1, this.options.choose(8, 60));
	}

	/** The starter's latency and idle CPU for several of Debezium's poll intervals. */
	private void poll(LatencyPart latency) throws InterruptedException {
		List<Contestant> starters = new ArrayList<>(List.of(this.starter));
		for (int interval : List.of(1, 2, 5, 10, 20, 50, 500)) {
			starters.add(this.starter.with("starter-poll-" + interval, "starter, poll.interval.ms=" + interval,
					Map.of("cdc.debezium.poll.interval.ms", "" + interval)));
		}
		for (Contestant contestant : starters) {
			latency.latency("poll", contestant, 1, Map.of(100, this.options.choose(5, 15)));
		}
		latency.idle("poll-idle", starters, 1, this.options.choose(10, 60));
	}

	private void with(Stage stage, Workload workload, Use use) throws InterruptedException {
		this.results.title(workload.name(), workload.title());
		try {
			this.progress.log("Preparing workload %s: %s", workload.name(), workload.title());
			workload.prepare(stage.server());
			use.use(workload);
		}
		catch (SQLException | IOException ex) {
			this.results.fail("prepare", workload.name(), this.starter, 0, String.valueOf(ex.getMessage()));
			this.progress.log("Workload %s could not be prepared: %s", workload.name(), ex.getMessage());
		}
		finally {
			drop(stage, workload);
		}
	}

	private void drop(Stage stage, Workload workload) {
		try {
			workload.drop(stage.server());
		}
		catch (SQLException ex) {
			this.progress.log("Workload %s could not be dropped: %s", workload.name(), ex.getMessage());
		}
	}

	/** Runs contestants on a workload. */
	private interface Use {

		void use(Workload workload) throws InterruptedException;

	}

}
