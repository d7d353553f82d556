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

package io.github.cdcspring.starter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The engine in a JVM that has exactly the starter's runtime class path: no excluded
 * dependency is missing.
 */
class RuntimeClasspathIT {

	private static EmbeddedPostgresServer server;

	private static TestDatabase database;

	@TempDir
	private Path folder;

	@BeforeAll
	static void start() throws IOException {
		server = EmbeddedPostgresServer.builder().start();
		database = server.database("postgres");
	}

	@AfterAll
	static void stop() throws IOException {
		server.close();
	}

	@Test
	void runsTheEngineFromSnapshotToRestart() throws Exception {
		database.execute(
				"CREATE TABLE orders (id int PRIMARY KEY, item text, amount numeric, at timestamptz, tags text[], doc jsonb)",
				"INSERT INTO orders VALUES (1, 'snapshot', 12.50, now(), '{a,b}', '{}')");
		try (ForkedProcess engine = engine()) {
			engine.awaitEvent("\"op\":\"r\"", "\"item\":\"snapshot\"");
			database.execute("INSERT INTO orders (id, item) VALUES (2, 'streamed')");
			engine.awaitEvent("\"op\":\"c\"", "\"item\":\"streamed\"");
			database.execute("UPDATE orders SET item = 'updated' WHERE id = 2");
			engine.awaitEvent("\"op\":\"u\"", "\"item\":\"updated\"");
			database.execute("DELETE FROM orders WHERE id = 2");
			engine.awaitEvent("\"op\":\"d\"");
			engine.awaitEvent("__debezium-heartbeat.shop");
			database.execute("SELECT pg_logical_emit_message(true, 'greeting', 'hello')");
			engine.awaitEvent("shop.message", "\"prefix\":\"greeting\"");
		}
		database.execute("INSERT INTO orders (id, item) VALUES (3, 'while down')");
		try (ForkedProcess engine = engine()) {
			engine.awaitEvent("\"op\":\"c\"", "\"item\":\"while down\"");
			assertThat(engine.lines()).noneMatch((line) -> line.contains("\"op\":\"r\""));
		}
	}

	@Test
	void runsAnApplicationWithoutWebWithoutActuatorAndWithoutJdbc() throws Exception {
		database.execute("CREATE TABLE plain (id int PRIMARY KEY, item text)",
				"INSERT INTO plain VALUES (1, 'snapshot')");
		try (ForkedProcess application = application()) {
			application.awaitEvent("READ 1 snapshot");
			database.execute("INSERT INTO plain VALUES (2, 'streamed')");
			application.awaitEvent("CREATE 2 streamed");
		}
		database.execute("INSERT INTO plain VALUES (3, 'while down')");
		try (ForkedProcess application = application()) {
			application.awaitEvent("CREATE 3 while down");
			assertThat(application.lines()).noneMatch((line) -> line.startsWith("EVENT READ"));
		}
	}

	private ForkedProcess engine() throws IOException {
		return new ForkedProcess(BareEngine.class, List.of("name=shop", "topic.prefix=shop",
				"connector.class=io.debezium.connector.postgresql.PostgresConnector", "plugin.name=pgoutput",
				"slot.name=shop", "database.hostname=localhost", "database.port=" + database.port(),
				"database.user=postgres", "database.password=postgres", "database.dbname=postgres",
				"table.include.list=public.orders", "heartbeat.interval.ms=100", "poll.interval.ms=10",
				"offset.flush.interval.ms=0", "offset.storage=org.apache.kafka.connect.storage.FileOffsetBackingStore",
				"offset.storage.file.filename=" + this.folder.resolve("offsets.dat")));
	}

	private ForkedProcess application() throws IOException {
		return new ForkedProcess(PlainApplication.class,
				List.of("--cdc.connection.url=" + database.jdbcUrl(), "--cdc.connection.username=postgres",
						"--cdc.connection.password=postgres",
						"--cdc.offset.file.path=" + this.folder.resolve("cdc-offset"),
						// the directory of the test is temporary
						"--cdc.safety.accept=ephemeral-offset-file"));
	}

}
