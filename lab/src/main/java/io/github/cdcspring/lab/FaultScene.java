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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * The ledger sample behind proxies, with a database and a least-privilege role of its
 * own, and a writer that uses neither.
 */
final class FaultScene implements AutoCloseable {

	static final String PASSWORD = "change-me";

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Duration STEADY = Duration.ofSeconds(6);

	private final PostgresNode server;

	private final String name;

	private final Path directory;

	/** Between the engine and its server. */
	private final TcpProxy proxy;

	/**
	 * Between the {@code DataSource} of the application, as the store uses it, and its
	 * server.
	 */
	private final TcpProxy storeProxy;

	private final ApplicationProcess application;

	private final AcknowledgedWriter writer;

	private long struck;

	private EventCheck checked = new EventCheck(0, 0, 0, 0);

	/**
	 * Start the application, and wait until it receives.
	 * @param name the database, the slot and the publication
	 */
	FaultScene(PostgresNode server, EmbeddedPostgresServer mirror, LabFiles files, Path parent, String name,
			Fault fault) throws IOException, SQLException {
		this.server = server;
		this.name = name;
		this.directory = Files.createDirectories(parent.resolve(name));
		server.query("CREATE DATABASE " + name);
		LedgerTables.create(database());
		LedgerTables.grant(database(), name, role(), PASSWORD);
		if (fault.prepared() != null) {
			execute(fault.prepared());
		}
		this.proxy = TcpProxy.to("localhost", server.port());
		this.storeProxy = TcpProxy.to("localhost", server.port());
		this.application = ApplicationProcess.withHealth(name, files, this.directory,
				arguments(mirror.createDatabase(name), fault.arguments()));
		write("clock", "+0");
		this.application.environment(fault.environment(this.directory));
		if (fault.disk() != null) {
			this.application.startedBy(SmallDisk.at(Files.createDirectories(this.directory.resolve(fault.disk()))));
		}
		this.writer = AcknowledgedWriter.ofLedger(database().jdbcUrl(), 50);
		try {
			this.application.start();
			this.writer.start();
			Wait.until("the application receives", TIMEOUT, () -> {
				this.application.check();
				return recorded().lastState().equals("RUNNING")
						&& recorded().events().stream().anyMatch((event) -> event.operation().equals("CREATE"));
			});
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	private List<String> arguments(TestDatabase mirrored, List<String> further) {
		TestDatabase own = this.proxy.through(database());
		List<String> arguments = new ArrayList<>(List.of("--cdc.connection.url=" + own.jdbcUrl(),
				"--cdc.connection.username=" + role(), "--cdc.connection.password=" + PASSWORD,
				"--cdc.slot.name=" + this.name, "--cdc.publication.create=false",
				"--spring.datasource.url=" + this.storeProxy.through(database()).jdbcUrl(),
				"--spring.datasource.username=" + role(), "--spring.datasource.password=" + PASSWORD,
				"--spring.datasource.hikari.maximum-pool-size=3", "--ledger.mirror.jdbc-url=" + mirrored.jdbcUrl(),
				"--ledger.mirror.username=" + EmbeddedPostgresServer.USER, "--ledger.mirror.maximum-pool-size=3",
				"--lab.fault=" + commandFile()));
		further.forEach((argument) -> arguments.add(argument.replace("$directory", this.directory.toString())));
		return arguments;
	}

	TestDatabase database() {
		return this.server.database(this.name);
	}

	/** The role with which the application connects. */
	String role() {
		return this.name + "_cdc";
	}

	Path directory() {
		return this.directory;
	}

	PostgresNode server() {
		return this.server;
	}

	/** Between the engine and its server. */
	TcpProxy proxy() {
		return this.proxy;
	}

	/** Between the {@code DataSource} of the application and its server. */
	TcpProxy storeProxy() {
		return this.storeProxy;
	}

	/** Change all of the network between application and server. */
	void network(Consumer<TcpProxy> change) {
		change.accept(this.proxy);
		change.accept(this.storeProxy);
	}

	ApplicationProcess application() {
		return this.application;
	}

	Recorded recorded() {
		return this.application.recorded();
	}

	/** The fault strikes only now; what was before has prepared it. */
	void strikes() {
		this.struck = System.currentTimeMillis();
	}

	/** Start the application; the fault strikes when its engine starts. */
	void startWithFault() {
		this.application.start();
		awaitState("STARTING");
		strikes();
	}

	/** When the last fault struck, at the earliest at a time. */
	long struck(long earliest) {
		return Math.max(this.struck, earliest);
	}

	/** Run a statement in the application's database, as {@link #sql} makes it. */
	void execute(String sql) {
		this.server.query(this.name, sql(sql));
	}

	/** {@code $slot} is the slot and the publication, {@code $role} the role. */
	private String sql(String sql) {
		return sql.replace("$slot", this.name).replace("$role", role());
	}

	/** End the process that sends to the application. */
	void endStream() {
		execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '$slot'");
	}

	/** End all connections of the application. */
	void endConnections() {
		execute(endOfConnections());
	}

	/** The statement that ends all connections of the application. */
	String endOfConnections() {
		return sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '$role'");
	}

	/** End the process that sends to the application, and run a statement on its slot. */
	void withoutReader(String sql) {
		withoutReader(() -> execute(sql));
	}

	/** Do something while nobody receives from the slot. */
	void withoutReader(Runnable action) {
		this.application.pause();
		try {
			awaitNoReader();
			action.run();
		}
		finally {
			this.application.resume();
		}
	}

	/** Wait until nobody receives from the slot. */
	void awaitNoReader() {
		Wait.until("the slot is free", TIMEOUT, () -> {
			endStream();
			return "f".equals(slot("active"));
		});
	}

	void awaitInvalidated() {
		Wait.until("the slot is invalidated", TIMEOUT, () -> slot("invalidation_reason") != null);
	}

	private @Nullable String slot(String column) {
		return this.server
			.query("SELECT " + column + " FROM pg_replication_slots WHERE slot_name = '" + this.name + "'");
	}

	/** Have the probe in the application do something at the next event. */
	void command(String command) {
		write(commandFile().getFileName().toString(), command);
	}

	/** Wait until the probe has done what it was told. */
	void awaitCommand() {
		Wait.until("the probe has done it", TIMEOUT, () -> Files.notExists(commandFile()));
	}

	void endCommand() {
		try {
			Files.deleteIfExists(commandFile());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path commandFile() {
		return this.directory.resolve("command");
	}

	/** Write a file of the scene, which is complete at each time. */
	void write(String file, String content) {
		try {
			Path written = Files.writeString(this.directory.resolve(file + ".new"), content);
			Files.move(written, this.directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Let the application work under the fault. */
	void pauseFor(int millis) {
		Wait.pause(millis);
		this.application.check();
	}

	/** Wait until the engine has entered one of some states. */
	void awaitState(String... states) {
		long since = System.currentTimeMillis();
		Wait.until("the state is " + String.join(" or ", states), TIMEOUT,
				() -> recorded().states()
					.stream()
					.anyMatch((state) -> state.time() >= since - 1_000 && List.of(states).contains(state.name())));
	}

	/** Wait until the engine has received for so long that it has forgotten failures. */
	void awaitSteady() {
		Wait.until("the engine receives for " + STEADY.toSeconds() + " s", TIMEOUT,
				() -> recorded().lastState().equals("RUNNING")
						&& System.currentTimeMillis() - recorded().lastStateTime() > STEADY.toMillis());
	}

	void awaitNewRow() {
		if (awaitNewRow(TIMEOUT) == 0) {
			throw new IllegalStateException("No row arrives");
		}
	}

	/**
	 * Wait until a row that is written from now on arrives.
	 * @return when it was seen in milliseconds since 1970, 0 if it has not arrived in
	 * time
	 */
	long awaitNewRow(Duration timeout) {
		long since = System.currentTimeMillis();
		boolean arrived = Wait.holds(timeout, () -> {
			Long number = this.writer.firstAfter(since);
			return number != null && hasArrived(number);
		});
		return arrived ? System.currentTimeMillis() : 0;
	}

	private boolean hasArrived(long number) {
		return recorded().lastNumber(LedgerTables.EXTRA) >= number;
	}

	/**
	 * Compare what arrived since the last check with what is there.
	 * @param kept the rows that the listeners do not get, {@code null} for none
	 */
	EventCheck check(@Nullable Function<FaultScene, Set<Long>> kept) {
		if (kept != null) {
			this.writer.close();
		}
		Map<Long, Integer> expected = SurvivingRows.changes(database());
		if (kept != null) {
			Wait.until("the application keeps rows from its listeners", TIMEOUT, () -> !kept.apply(this).isEmpty());
			expected.keySet().removeAll(kept.apply(this));
		}
		Wait.holds(Duration.ofSeconds(30), () -> compare(expected, expected).lost() == 0);
		List<Recorded.Event> received = received();
		EventCheck all = EventCheck.of(received, expected, SurvivingRows.changes(database()), recorded().lanes());
		EventCheck since = all.since(this.checked);
		this.checked = all;
		return since;
	}

	/** The numbers of rows that a query finds. */
	Set<Long> numbers(String sql) {
		return database().queryForTexts(sql(sql))
			.stream()
			.map(String::valueOf)
			.map(Long::valueOf)
			.collect(Collectors.toSet());
	}

	/** Wait until an update of a table has arrived. */
	void awaitUpdate(String table) {
		Wait.until("an update of " + table + " arrives", TIMEOUT,
				() -> recorded().events(table).stream().anyMatch((event) -> event.operation().equals("UPDATE")));
	}

	/** Wait until events of so many rows of a table have arrived. */
	void awaitRows(String table, int count) {
		Wait.until(count + " rows of " + table + " arrive", TIMEOUT,
				() -> recorded().events(table).stream().map(Recorded.Event::key).distinct().count() >= count);
	}

	private EventCheck compare(Map<Long, Integer> expected, Map<Long, Integer> possible) {
		return EventCheck.of(received(), expected, possible, recorded().lanes());
	}

	private List<Recorded.Event> received() {
		return recorded().events(LedgerTables.EXTRA);
	}

	/** End everything. The slot goes, too, unless the server is away. */
	@Override
	public void close() {
		this.writer.close();
		this.application.close();
		this.proxy.close();
		this.storeProxy.close();
		if (this.server.accepts()) {
			dropSlot();
		}
	}

	/** A slot that stays would keep WAL, and a place. */
	private void dropSlot() {
		if (slot("slot_name") != null) {
			awaitNoReader();
			execute("SELECT pg_drop_replication_slot('$slot')");
		}
	}

}
