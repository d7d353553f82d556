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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

import io.github.cdcspring.lab.DrillOptions.Servers;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Kills the primary under an application again and again, and reports what its listeners
 * lost, received again, out of order or in vain.
 */
public final class Drill implements AutoCloseable {

	private static final String DATABASE = "drill";

	/** The permanent slot in Patroni's configuration. */
	private static final String SLOT = "drill";

	private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final DrillOptions options;

	private final PrintStream out;

	private final Cluster cluster;

	private final EmbeddedPostgresServer mirror;

	private final @Nullable KafkaTransport kafka;

	private final ApplicationProcess application;

	private final AcknowledgedWriter writer;

	private final List<Failover> failovers = new ArrayList<>();

	Drill(DrillOptions options, LabFiles files, PrintStream out) throws IOException, SQLException {
		this.options = options;
		this.out = out;
		Path directory = files.emptyDirectory("drill");
		this.cluster = start(options, directory);
		// What the application writes to elsewhere does not fail
		this.mirror = EmbeddedPostgresServer.builder().dataDirectory(directory.resolve("mirror")).start();
		this.kafka = (options.kafka() && this.cluster instanceof PatroniCluster patroni)
				? new KafkaTransport(directory, patroni.networks(), DATABASE) : null;
		this.application = application(files, directory);
		this.writer = new AcknowledgedWriter(this.cluster.jdbcUrl(), options.target().insert(), options.rate());
	}

	/**
	 * Run from the command line, for which {@code lab/drill} is the way.
	 * @param arguments the options
	 */
	public static void main(String[] arguments) {
		if (List.of(arguments).contains("--help")) {
			System.out.println(DrillOptions.USAGE);
			return;
		}
		int status = 1;
		try {
			DrillOptions options = DrillOptions.parse(arguments);
			String missing = missing(options);
			if (missing != null) {
				System.out.println("drill: SKIPPED, " + missing);
				System.exit(0);
			}
			try (Drill drill = new Drill(options, LabFiles.ofSystemProperties(), System.out)) {
				status = drill.run() ? 0 : 1;
			}
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.println(DrillOptions.USAGE);
			status = 2;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			System.out.println("drill: FAILED, " + ex.getMessage());
		}
		System.exit(status);
	}

	private ApplicationProcess application(LabFiles files, Path directory) {
		if (this.options.kafka()) {
			return ApplicationProcess.receivingFromKafka("application", files, directory, arguments());
		}
		Path jar = (this.options.app() != null) ? this.options.app() : files.ledger();
		return new ApplicationProcess("application", jar, files.probe(), directory, arguments());
	}

	/** Why the drill cannot run here, {@code null} if it can. */
	private static @Nullable String missing(DrillOptions options) {
		if (options.servers() == Servers.FAILOVER_SLOTS) {
			return null;
		}
		String missing = PatroniCluster.missing();
		return (missing == null && options.kafka()) ? PrimaryAddress.missing() : missing;
	}

	private static Cluster start(DrillOptions options, Path directory) throws IOException, SQLException {
		if (options.servers() == Servers.FAILOVER_SLOTS) {
			PostgresCluster cluster = PostgresCluster.start(directory, DATABASE, options.loss());
			prepare(options, cluster.primary(DATABASE));
			return cluster;
		}
		return PatroniCluster.start(directory, DATABASE, SLOT, options.servers() == Servers.PATRONI_SYNCHRONOUS,
				options.loss(), (database) -> prepare(options, database));
	}

	private static void prepare(DrillOptions options, TestDatabase database) throws IOException, SQLException {
		if (options.app() == null) {
			LedgerTables.create(database);
		}
		if (options.app() == null && (options.kafka() || options.posture() == Posture.MEMORY)
				&& options.servers() != Servers.FAILOVER_SLOTS) {
			// Without a snapshot, no change may be older than the publication
			LedgerTables.publish(database, SLOT);
		}
		Path schema = options.target().schema();
		if (schema != null) {
			database.execute(Files.readString(schema));
		}
	}

	private List<String> arguments() {
		List<String> arguments = new ArrayList<>(List.of("--spring.datasource.url=" + this.cluster.jdbcUrl(),
				"--spring.datasource.username=" + EmbeddedPostgresServer.USER,
				"--spring.datasource.password=" + EmbeddedPostgresServer.PASSWORD));
		if (this.options.app() == null) {
			arguments.add("--ledger.mirror.jdbc-url=" + this.mirror.database("postgres").jdbcUrl());
			arguments.add("--ledger.mirror.username=" + EmbeddedPostgresServer.USER);
		}
		if (this.options.posture() != null) {
			arguments.addAll(this.options.posture().arguments());
		}
		if (this.options.posture() != null || this.options.servers() != Servers.FAILOVER_SLOTS) {
			arguments.addAll(this.cluster.arguments());
		}
		if (this.kafka != null) {
			arguments.addAll(this.kafka.arguments());
		}
		arguments.addAll(this.options.arguments());
		return arguments;
	}

	/**
	 * Run.
	 * @return whether no failover lost an event, changed the order or left a phantom
	 */
	boolean run() throws IOException, SQLException {
		this.application.start();
		// Without a snapshot, earlier rows would count as lost
		awaitReceiving(() -> true);
		this.writer.start();
		awaitReceiving(() -> !events().isEmpty());
		for (int number = 1; number <= this.options.failovers(); number++) {
			Failover failover = failOver();
			this.failovers.add(failover);
			this.out.println("failover " + number + ": " + failover);
		}
		this.writer.close();
		Map<Long, Integer> present = present();
		Wait.holds(TIMEOUT, () -> check(present).lost() == 0);
		return report(check(present), present);
	}

	private void awaitReceiving(BooleanSupplier further) {
		Wait.until("the application receives", START_TIMEOUT, () -> {
			this.application.check();
			return this.application.recorded().lastState().equals("RUNNING") && further.getAsBoolean();
		});
	}

	private Failover failOver() throws IOException, SQLException {
		if (!this.cluster.awaitReady(TIMEOUT)) {
			this.out.println("No slot of the application survives the next failover");
		}
		awaitCaughtUp();
		long killed = System.currentTimeMillis();
		String event = this.cluster.failOver();
		long promoted = System.currentTimeMillis();
		this.cluster.attachStandby();
		long attached = System.currentTimeMillis();
		Wait.until("the writer continues after the failover; its last error is " + this.writer.failure(), TIMEOUT,
				() -> this.writer.firstAfter(promoted) != null);
		long first = Objects.requireNonNull(this.writer.firstAfter(promoted));
		Wait.until("an event arrives after the failover", TIMEOUT, () -> {
			this.application.check();
			return firstEventFrom(first) > 0;
		});
		long written = Objects.requireNonNull(this.writer.acknowledged().get(first));
		return new Failover(event, killed, promoted, attached, written, firstEventFrom(first),
				this.application.recorded().states().stream().filter((state) -> state.time() >= killed).toList());
	}

	/** A failover hits an application that receives. */
	private void awaitCaughtUp() {
		long written = this.writer.acknowledged().lastKey() + this.options.rate();
		Wait.until("the application catches up; its last state is " + this.application.recorded().lastState(), TIMEOUT,
				() -> {
					this.application.check();
					return this.application.recorded().lastNumber(this.options.target().table()) > written;
				});
	}

	private long firstEventFrom(long number) {
		return events().stream()
			.filter((event) -> event.number() >= number)
			.mapToLong(Recorded.Event::time)
			.findFirst()
			.orElse(0);
	}

	private List<Recorded.Event> events() {
		return this.application.recorded().events(this.options.target().table());
	}

	private Map<Long, Integer> present() {
		TestDatabase database = this.cluster.primary(DATABASE);
		return (this.options.app() != null) ? SurvivingRows.numbers(database, this.options.target().table())
				: SurvivingRows.changes(database);
	}

	private EventCheck check(Map<Long, Integer> present) {
		Map<Long, Integer> possible = new HashMap<>(present);
		if (this.options.app() != null) {
			// The application may change its rows itself
			possible.replaceAll((number, changes) -> Integer.MAX_VALUE);
		}
		return EventCheck.of(events(), present, possible, this.application.recorded().lanes());
	}

	private boolean report(EventCheck check, Map<Long, Integer> present) {
		List<String> unknown = this.application.recorded().unknownBatches().stream().distinct().toList();
		if (!unknown.isEmpty()) {
			this.out.println("These listeners take batches without positions, so their events are not known "
					+ "(List<ChangeEvent<...>> has them): " + String.join(", ", unknown));
		}
		long lostByServer = this.writer.acknowledged().keySet().stream().filter((n) -> !present.containsKey(n)).count();
		Durations total = Durations.of(this.failovers.stream().map(Failover::total).toList());
		Durations own = Durations.of(this.failovers.stream().map(Failover::own).toList());
		this.out.printf(Locale.ROOT, "acknowledged rows that the failovers themselves lost: %d of %d%n", lostByServer,
				this.writer.acknowledged().size());
		this.out.printf(Locale.ROOT,
				"drill: %s, %d failovers, %d rows, first event after a promotion: %s; of it after the server could send: %s%n",
				check, this.failovers.size(), present.size(), total, own);
		return check.isGood();
	}

	@Override
	public void close() throws IOException {
		this.writer.close();
		this.application.close();
		if (this.kafka != null) {
			this.kafka.close();
		}
		this.cluster.close();
		this.mirror.close();
	}

}
