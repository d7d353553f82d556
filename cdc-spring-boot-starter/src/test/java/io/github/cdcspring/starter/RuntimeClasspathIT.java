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

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The engine in a JVM that has the starter's run-time class path and nothing else: what
 * was excluded is not missed.
 */
class RuntimeClasspathIT {

	private static EmbeddedPostgres postgres;

	@TempDir
	private Path folder;

	@BeforeAll
	static void start() throws IOException {
		postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
	}

	@AfterAll
	static void stop() throws IOException {
		postgres.close();
	}

	@Test
	void runsTheEngineFromSnapshotToRestart() throws Exception {
		execute("CREATE TABLE orders (id int PRIMARY KEY, item text, amount numeric, at timestamptz, tags text[], doc jsonb)",
				"CREATE TABLE debezium_signal (id text PRIMARY KEY, type text, data text)",
				"INSERT INTO orders VALUES (1, 'snapshot', 12.50, now(), '{a,b}', '{}')");
		try (Engine engine = new Engine()) {
			engine.awaitEvent("\"op\":\"r\"", "\"item\":\"snapshot\"");
			execute("INSERT INTO orders (id, item) VALUES (2, 'streamed')");
			engine.awaitEvent("\"op\":\"c\"", "\"item\":\"streamed\"");
			execute("UPDATE orders SET item = 'updated' WHERE id = 2");
			engine.awaitEvent("\"op\":\"u\"", "\"item\":\"updated\"");
			execute("DELETE FROM orders WHERE id = 2");
			engine.awaitEvent("\"op\":\"d\"");
			engine.awaitEvent("__debezium-heartbeat.shop");
			execute("SELECT pg_logical_emit_message(true, 'greeting', 'hello')");
			engine.awaitEvent("shop.message", "\"prefix\":\"greeting\"");
			engine.order("snapshot public.orders");
			engine.awaitEvent("\"snapshot\":\"incremental\"", "\"item\":\"snapshot\"");
		}
		execute("INSERT INTO orders (id, item) VALUES (3, 'while down')");
		try (Engine engine = new Engine()) {
			engine.awaitEvent("\"op\":\"c\"", "\"item\":\"while down\"");
			assertThat(engine.lines).noneMatch((line) -> line.contains("\"op\":\"r\""));
		}
	}

	private static void execute(String... statements) throws SQLException {
		try (Connection connection = postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	/** One run of {@link BareEngine}. */
	private final class Engine implements AutoCloseable {

		private final List<String> lines = new CopyOnWriteArrayList<>();

		private final Process process;

		private final Thread reader;

		private final BufferedWriter orders;

		private Engine() throws IOException {
			this.process = new ProcessBuilder(command()).redirectErrorStream(true).start();
			this.orders = this.process.outputWriter();
			this.reader = new Thread(this::read, "engine-output");
			this.reader.start();
		}

		private List<String> command() {
			String classpath = Stream
				.concat(RuntimeClasspath.ofThisBuild().files().stream(), Stream.of(Path.of("target", "test-classes")))
				.map(Path::toString)
				.collect(Collectors.joining(File.pathSeparator));
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
							classpath, BareEngine.class.getName()));
			command.addAll(List.of("name=shop", "topic.prefix=shop",
					"connector.class=io.debezium.connector.postgresql.PostgresConnector", "plugin.name=pgoutput",
					"slot.name=shop", "database.hostname=localhost", "database.port=" + postgres.getPort(),
					"database.user=postgres", "database.password=postgres", "database.dbname=postgres",
					"table.include.list=public.orders,public.debezium_signal",
					"signal.data.collection=public.debezium_signal", "signal.enabled.channels=source,in-process",
					"heartbeat.interval.ms=100", "poll.interval.ms=10", "offset.flush.interval.ms=0",
					"offset.storage=org.apache.kafka.connect.storage.FileOffsetBackingStore",
					"offset.storage.file.filename=" + RuntimeClasspathIT.this.folder.resolve("offsets.dat")));
			return command;
		}

		private void read() {
			try (BufferedReader output = this.process.inputReader()) {
				output.lines().forEach(this.lines::add);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private void awaitEvent(String... parts) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.failFast(this::assertAlive)
				.untilAsserted(() -> assertThat(this.lines)
					.anyMatch((line) -> line.startsWith("EVENT") && Stream.of(parts).allMatch(line::contains)));
		}

		private void assertAlive() {
			assertThat(this.process.isAlive()).as(() -> "The engine ended: " + this.lines).isTrue();
			assertThat(this.lines).noneMatch((line) -> line.startsWith("END"));
		}

		private void order(String order) throws IOException {
			this.orders.write(order);
			this.orders.newLine();
			this.orders.flush();
		}

		@Override
		public void close() throws Exception {
			try {
				order("stop");
				this.reader.join(Duration.ofSeconds(30).toMillis());
				assertThat(this.lines)
					.noneMatch((line) -> line.matches(".*(NoClassDefFound|ClassNotFound|NoSuch|Linkage).*"))
					.anyMatch((line) -> line.startsWith("END true"));
			}
			finally {
				this.process.destroyForcibly();
			}
		}

	}

}
