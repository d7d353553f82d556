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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import org.jspecify.annotations.Nullable;

/**
 * Runs each fault against an application of its own, and writes what happened as a page.
 */
public final class Faults implements AutoCloseable {

	static final Duration WAL_SENDER_TIMEOUT = Duration.ofSeconds(4);

	private static final Duration RECOVERY = Duration.ofSeconds(60);

	private final LabFiles files;

	private final Path directory;

	private final PrintStream out;

	private final EmbeddedPostgresServer mirror;

	private PostgresNode server;

	private int servers;

	private int scenes;

	/** An application that has recovered, {@code null} if there is none. */
	private @Nullable FaultScene shared;

	Faults(LabFiles files, PrintStream out) throws IOException {
		this.files = files;
		this.out = out;
		this.directory = files.emptyDirectory("faults");
		this.server = startServer();
		this.mirror = EmbeddedPostgresServer.builder().dataDirectory(this.directory.resolve("mirror")).start();
	}

	/**
	 * Run from the command line, for which {@code lab/faults} is the way.
	 * @param arguments the file to write the page to, and names of faults, all if there
	 * is none
	 */
	public static void main(String[] arguments) {
		int status = 1;
		try {
			List<Fault> chosen = FaultCatalog.find(List.of(arguments).subList(1, arguments.length));
			try (Faults faults = new Faults(LabFiles.ofSystemProperties(), System.out)) {
				List<FaultResult> results = faults.run(chosen, Path.of(arguments[0]));
				long expected = results.stream().filter(FaultResult::isExpected).count();
				System.out.println("faults: " + expected + " of " + results.size() + " as expected");
				status = (expected == results.size()) ? 0 : 1;
			}
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			status = 2;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			System.out.println("faults: FAILED, " + ex.getMessage());
		}
		System.exit(status);
	}

	/** Run faults, and write what is known so far after each of them. */
	private List<FaultResult> run(List<Fault> faults, Path page) throws IOException, SQLException {
		List<FaultResult> results = new ArrayList<>();
		for (Fault fault : faults) {
			FaultResult result = run(fault);
			this.out.println((result.isExpected() ? "" : "UNEXPECTED ") + result);
			results.add(result);
			Files.writeString(page, page(results));
		}
		return results;
	}

	private PostgresNode startServer() throws IOException {
		this.servers++;
		PostgresNode server = PostgresNode.create("server" + this.servers, this.directory);
		server.set("wal_sender_timeout", WAL_SENDER_TIMEOUT.toSeconds() + "s");
		server.requirePasswords();
		server.start();
		return server;
	}

	private FaultResult run(Fault fault) throws IOException {
		if (fault.unavailable() != null) {
			return FaultResult.skipped(fault);
		}
		FaultResult result = runOnServer(fault);
		if (!result.isExpected()) {
			// Nothing of what it left behind may reach the next fault
			endShared();
			this.server.close();
			this.server = startServer();
		}
		return result;
	}

	private FaultResult runOnServer(Fault fault) {
		try {
			FaultScene scene = fault.isAlone() ? alone(fault) : shared(fault);
			try {
				FaultResult result = run(fault, scene);
				if (result.isExpected() && !fault.isAlone()) {
					this.shared = scene;
				}
				return result;
			}
			finally {
				if (this.shared != scene) {
					scene.close();
				}
			}
		}
		catch (IOException | SQLException | RuntimeException ex) {
			return FaultResult.broken(fault, String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Its fault may strike the whole server, as a restored copy does, and an application
	 * that has recovered must not meet it.
	 */
	private FaultScene alone(Fault fault) throws IOException, SQLException {
		endShared();
		return scene(fault);
	}

	/** An application that has recovered from one fault is used for the next one. */
	private FaultScene shared(Fault fault) throws IOException, SQLException {
		FaultScene scene = this.shared;
		this.shared = null;
		if (scene == null) {
			return scene(fault);
		}
		try {
			scene.awaitSteady();
		}
		catch (IllegalStateException ex) {
			scene.close();
			throw ex;
		}
		return scene;
	}

	private void endShared() {
		if (this.shared != null) {
			this.shared.close();
			this.shared = null;
		}
	}

	private FaultScene scene(Fault fault) throws IOException, SQLException {
		this.scenes++;
		return new FaultScene(this.server, this.mirror, this.files, this.directory,
				fault.name().replace('-', '_') + "_" + this.scenes, fault);
	}

	private static FaultResult run(Fault fault, FaultScene scene) {
		long traces = scene.application().stackTraceLines();
		long began = System.currentTimeMillis();
		try {
			fault.happen(scene);
			long ended = System.currentTimeMillis();
			long arrived = awaitOutcome(fault, scene);
			EventCheck check = scene.check(fault.kept());
			if (!fault.refusals().isEmpty()) {
				// Later changes are not delivered, and a restored server has lost some
				check = new EventCheck(0, check.duplicated(), check.outOfOrder(), 0);
			}
			return new FaultResult(fault, FaultResult.Seen.since(scene.struck(began), scene.recorded()),
					(arrived > 0) ? Duration.ofMillis(arrived - ended) : null, check,
					scene.application().stackTraceLines() - traces, null);
		}
		catch (IllegalStateException | UncheckedIOException ex) {
			return FaultResult.broken(fault, FaultResult.Seen.since(scene.struck(began), scene.recorded()),
					String.valueOf(ex.getMessage()));
		}
	}

	/** A fault that is not noticed at once must not pass for one that did no harm. */
	private static long awaitOutcome(Fault fault, FaultScene scene) {
		if (fault.refusals().isEmpty()) {
			return scene.awaitNewRow(RECOVERY);
		}
		Wait.holds(RECOVERY, () -> scene.recorded().lastState().equals("REFUSED"));
		return scene.awaitNewRow(Duration.ofSeconds(3));
	}

	private static String page(List<FaultResult> results) {
		return """
				# What happens when something fails?

				`lab/faults` has written this page. It runs each fault against the [ledger sample](../samples/ledger) with the
				[least-privilege role](role-and-rights.md) on a PostgreSQL 18 of its own, under a load of 50 transactions a second. It restarts the
				application only where the table says so. `wal_sender_timeout` is %d s, and the sample limits how long its
				[pool waits](deploy.md#a-network-that-goes-away); the other settings have their defaults.

				- *noticed*: from the fault until [health](monitoring.md) is not `UP`. Health is asked every 0.1 s.
				- *recovered*: from the end of the fault until a row arrives that was written after it.
				- *l / d / o / p*: changes lost, duplicated, out of order, and phantoms. Delivery is at-least-once, so duplicates are permitted.

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
		endShared();
		this.server.close();
		this.mirror.close();
	}

}
