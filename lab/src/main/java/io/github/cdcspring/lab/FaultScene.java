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
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;

/**
 * The ledger sample behind a proxy, with a database of its own and a writer that does not
 * use the proxy.
 */
final class FaultScene implements AutoCloseable {

	static final String TABLE = "ledger_extra";

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final PostgresNode server;

	private final String name;

	private final TcpProxy proxy;

	private final ApplicationProcess application;

	private final AcknowledgedWriter writer;

	/**
	 * Start the application, and wait until it receives.
	 * @param name the database and the slot
	 */
	FaultScene(PostgresNode server, EmbeddedPostgresServer mirror, LabFiles files, Path directory, String name)
			throws IOException, SQLException {
		this.server = server;
		this.name = name;
		server.query("CREATE DATABASE " + name);
		LedgerTables.create(database());
		this.proxy = TcpProxy.to("localhost", server.port());
		TestDatabase mirrored = mirror.createDatabase(name);
		this.application = new ApplicationProcess(name, files.ledger(), files.probe(), directory,
				List.of("--cdc.connection.url=" + this.proxy.through(database()).jdbcUrl(),
						"--cdc.connection.username=postgres", "--cdc.slot.name=" + name,
						"--spring.datasource.url=" + database().jdbcUrl(), "--spring.datasource.username=postgres",
						"--spring.datasource.hikari.maximum-pool-size=3",
						"--ledger.mirror.jdbc-url=" + mirrored.jdbcUrl(), "--ledger.mirror.username=postgres",
						"--ledger.mirror.maximum-pool-size=3"));
		this.writer = new AcknowledgedWriter(database().jdbcUrl(),
				"INSERT INTO ledger_extra (id, note, amount) VALUES (:n, 'fault', 1)", 50);
		this.application.start();
		this.writer.start();
		Wait.until("the application receives", TIMEOUT, () -> {
			this.application.check();
			return recorded().lastState().equals("RUNNING")
					&& recorded().events().stream().anyMatch((event) -> event.operation().equals("CREATE"));
		});
	}

	TestDatabase database() {
		return this.server.database(this.name);
	}

	PostgresNode server() {
		return this.server;
	}

	TcpProxy proxy() {
		return this.proxy;
	}

	ApplicationProcess application() {
		return this.application;
	}

	Recorded recorded() {
		return this.application.recorded();
	}

	/** Run a statement in the application's database; {@code $slot} is its slot. */
	void execute(String sql) {
		this.server.query(this.name, sql.replace("$slot", this.name));
	}

	/** End the process that sends to the application, and run a statement on its slot. */
	void withoutReader(String sql) {
		this.application.pause();
		try {
			Wait.until("the slot is free", TIMEOUT, () -> {
				execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '$slot'");
				return "f".equals(this.server
					.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + this.name + "'"));
			});
			execute(sql);
		}
		finally {
			this.application.resume();
		}
	}

	/**
	 * Wait until a row that is written from now on arrives.
	 * @return when it arrived in milliseconds since 1970, 0 if it has not in time
	 */
	long awaitNewRow(Duration timeout) {
		long since = System.currentTimeMillis();
		long[] arrived = new long[1];
		Wait.holds(timeout, () -> {
			Long number = this.writer.firstAfter(since);
			arrived[0] = (number != null) ? timeOf(number) : 0;
			return arrived[0] > 0;
		});
		return arrived[0];
	}

	private long timeOf(long number) {
		return recorded().events()
			.stream()
			.filter((event) -> event.table().equals(TABLE) && Long.parseLong(event.key()) >= number)
			.mapToLong(Recorded.Event::time)
			.findFirst()
			.orElse(0);
	}

	/** Stop writing, and compare what arrived with what is there. */
	EventCheck check() {
		this.writer.close();
		Set<Long> present = SurvivingRows.numbers(database(), TABLE);
		Wait.holds(Duration.ofSeconds(30), () -> compare(present).lost() == 0);
		return compare(present);
	}

	private EventCheck compare(Set<Long> present) {
		return EventCheck.of(recorded().events().stream().filter((event) -> event.table().equals(TABLE)).toList(),
				present);
	}

	@Override
	public void close() throws IOException {
		this.writer.close();
		this.application.close();
		this.proxy.close();
		this.server.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
				+ this.name + "' AND NOT active");
	}

}
