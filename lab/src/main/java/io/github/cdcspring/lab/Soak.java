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

package io.github.cdcspring.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;

/**
 * One application under load for long, with a random fault at each interval. It must
 * receive all changes, and need no more memory and threads in the end than in the
 * beginning.
 */
public final class Soak implements AutoCloseable {

	private static final Duration INTERVAL = Duration.ofSeconds(20);

	private static final Duration RECOVERY = Duration.ofMinutes(2);

	private static final int MEBIBYTE = 1024 * 1024;

	private final PrintStream out;

	private final PostgresNode server;

	private final EmbeddedPostgresServer mirror;

	private final FaultScene scene;

	Soak(LabFiles files, PrintStream out) throws IOException, SQLException {
		this.out = out;
		Path directory = files.emptyDirectory("soak");
		this.server = PostgresNode.create("server", directory);
		this.server.set("wal_sender_timeout", Faults.WAL_SENDER_TIMEOUT.toSeconds() + "s");
		this.server.requirePasswords();
		this.server.start();
		this.mirror = EmbeddedPostgresServer.builder().dataDirectory(directory.resolve("mirror")).start();
		this.scene = new FaultScene(this.server, this.mirror, files, directory, "soak",
				Fault.of("soak", "Random faults", (scene) -> {
				}));
	}

	/**
	 * Run from the command line, for which {@code lab/soak} is the way.
	 * @param arguments how many minutes, and the seed of the random faults
	 */
	public static void main(String[] arguments) {
		int minutes = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 30;
		long seed = (arguments.length > 1) ? Long.parseLong(arguments[1]) : 1;
		int status = 1;
		try (Soak soak = new Soak(LabFiles.ofSystemProperties(), System.out)) {
			status = soak.run(Duration.ofMinutes(minutes), new Random(seed)) ? 0 : 1;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			System.out.println("soak: FAILED, " + ex.getMessage());
		}
		System.exit(status);
	}

	/**
	 * Run.
	 * @return whether nothing was lost or out of order, and memory and threads are flat
	 */
	boolean run(Duration duration, Random random) {
		// A restarted application would hide a leak
		List<Fault> faults = FaultCatalog.ALL.stream()
			.filter((fault) -> !fault.isAlone() && !fault.isRestarting() && fault.unavailable() == null
					&& fault != NetworkFaults.AWAY)
			.toList();
		long end = System.nanoTime() + duration.toNanos();
		int number = 0;
		for (long next = System.nanoTime(); next < end; next = Math.max(next + INTERVAL.toNanos(), System.nanoTime())) {
			Wait.pause((int) Math.max(0, (next - System.nanoTime()) / 1_000_000));
			Fault fault = faults.get(random.nextInt(faults.size()));
			number++;
			long began = System.nanoTime();
			fault.happen(this.scene);
			long ended = System.nanoTime();
			if (this.scene.awaitNewRow(RECOVERY) == 0) {
				throw new IllegalStateException("Nothing is received after " + fault);
			}
			this.out.println(String.format(Locale.ROOT, "%d. %s: lasts %.1f s, recovered %.1f s later, %s", number,
					fault, (ended - began) / 1e9, (System.nanoTime() - ended) / 1e9,
					last(this.scene.recorded().resources())));
		}
		return report(number);
	}

	private static Object last(List<Recorded.Resources> resources) {
		return resources.isEmpty() ? "no figures yet" : resources.get(resources.size() - 1);
	}

	private boolean report(int faults) {
		EventCheck check = this.scene.check(null);
		Trend heap = Trend.of(this.scene.recorded().resources().stream().map(Recorded.Resources::heap).toList());
		Trend threads = Trend
			.of(this.scene.recorded().resources().stream().map((resources) -> (long) resources.threads()).toList());
		this.out.println(String.format(Locale.ROOT,
				"soak: %s, %d faults, heap after collections %d MB, then %d MB, threads %d, then %d", check, faults,
				heap.early() / MEBIBYTE, heap.late() / MEBIBYTE, threads.early(), threads.late()));
		return check.isGood() && heap.late() < heap.early() + 16L * MEBIBYTE && threads.late() <= threads.early() + 4;
	}

	@Override
	public void close() throws IOException {
		this.scene.close();
		this.server.close();
		this.mirror.close();
	}

	/**
	 * The medians of the second and the last fifth of some figures. The first fifth warms
	 * up.
	 */
	private record Trend(long early, long late) {

		private static Trend of(List<Long> figures) {
			int fifth = figures.size() / 5;
			return (fifth == 0) ? new Trend(0, 0) : new Trend(median(figures.subList(fifth, 2 * fifth)),
					median(figures.subList(figures.size() - fifth, figures.size())));
		}

		private static long median(List<Long> figures) {
			return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElse(0L);
		}

	}

}
