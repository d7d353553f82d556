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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;

/**
 * Runs each fault against an application of its own, and writes what happened as a page.
 */
public final class Faults implements AutoCloseable {

	static final Duration WAL_SENDER_TIMEOUT = Duration.ofSeconds(4);

	private static final Duration RECOVERY = Duration.ofSeconds(60);

	private final LabFiles files;

	private final Path directory;

	private final PrintStream out;

	private final PostgresNode server;

	private final EmbeddedPostgresServer mirror;

	Faults(LabFiles files, PrintStream out) throws IOException {
		this.files = files;
		this.out = out;
		this.directory = files.emptyDirectory("faults");
		this.server = PostgresNode.create("server", this.directory);
		this.server.set("wal_sender_timeout", WAL_SENDER_TIMEOUT.toSeconds() + "s");
		this.server.start();
		this.mirror = EmbeddedPostgresServer.builder().dataDirectory(this.directory.resolve("mirror")).start();
	}

	/**
	 * Run from the command line, for which {@code lab/faults} is the way.
	 * @param arguments the file to write the page to, and names of faults, all if there
	 * is none
	 */
	public static void main(String[] arguments) {
		int status = 1;
		try (Faults faults = new Faults(LabFiles.ofSystemProperties(), System.out)) {
			List<Fault> chosen = (arguments.length > 1)
					? List.of(arguments).subList(1, arguments.length).stream().map(Fault::valueOf).toList()
					: List.of(Fault.values());
			List<FaultResult> results = faults.run(chosen);
			Files.writeString(Path.of(arguments[0]), page(results));
			long expected = results.stream().filter(FaultResult::isExpected).count();
			System.out.println("faults: " + expected + " of " + results.size() + " as expected");
			status = (expected == results.size()) ? 0 : 1;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			System.out.println("faults: FAILED, " + ex.getMessage());
		}
		System.exit(status);
	}

	List<FaultResult> run(List<Fault> faults) throws IOException, SQLException {
		List<FaultResult> results = new ArrayList<>();
		for (Fault fault : faults) {
			FaultResult result = run(fault);
			this.out.println((result.isExpected() ? "" : "UNEXPECTED ") + result);
			results.add(result);
		}
		return results;
	}

	private FaultResult run(Fault fault) throws IOException, SQLException {
		String name = fault.name().toLowerCase(Locale.ROOT);
		try (FaultScene scene = new FaultScene(this.server, this.mirror, this.files, this.directory, name)) {
			long began = System.currentTimeMillis();
			fault.happen(scene);
			long ended = System.currentTimeMillis();
			long arrived = awaitOutcome(fault, scene);
			EventCheck check = (fault.refusal() != null) ? new EventCheck(0, 0, 0, 0) : scene.check();
			List<Recorded.State> states = scene.recorded()
				.states()
				.stream()
				.filter((state) -> state.time() >= began)
				.toList();
			Duration noticed = states.stream()
				.filter((state) -> !state.name().equals("RUNNING"))
				.findFirst()
				.map((state) -> Duration.ofMillis(state.time() - began))
				.orElse(null);
			return new FaultResult(fault, states, noticed, (arrived > 0) ? Duration.ofMillis(arrived - ended) : null,
					check);
		}
	}

	/** A fault that is not noticed at once must not pass for one that did no harm. */
	private static long awaitOutcome(Fault fault, FaultScene scene) {
		if (fault.refusal() == null) {
			return scene.awaitNewRow(RECOVERY);
		}
		Wait.holds(RECOVERY, () -> scene.recorded().lastState().equals("REFUSED"));
		return scene.awaitNewRow(Duration.ofSeconds(3));
	}

	private static String page(List<FaultResult> results) {
		return """
				# What happens when something fails?

				`lab/faults` has written this page. It runs each fault against the [ledger sample](../samples/ledger) on a PostgreSQL 18 of its own, under a
				load of 50 rows a second, and without a restart of the application unless the fault is one. `wal_sender_timeout` is %d s; the other settings
				have their defaults.

				- *what you see*: the state of the engine, or `DOWN` for one that is `RUNNING` with a `failure`.
				- *noticed*: from the fault until [health](monitoring.md) is `DOWN`, which it is in each of these states.
				- *recovered*: from the end of the fault until a row arrives that was written after it.
				- *l / d / o / p*: rows lost, duplicated, out of order, and phantoms. Delivery is at-least-once, so duplicates are permitted.

				| fault | what you see | noticed | recovered | l / d / o / p |
				|---|---|---|---|---|
				%s

				[Faults that are detected](faults-handled.md) explains the rules. [The drill](drill.md) kills a primary and promotes a standby.
				"""
			.formatted(WAL_SENDER_TIMEOUT.toSeconds(),
					results.stream().map(FaultResult::row).collect(Collectors.joining("\n")));
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		this.mirror.close();
	}

}
