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

package io.github.cdcspring.internal.engine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A backfill of a table whose rows pgbench updates all the time. The application is
 * killed again and again. In the end, the mirror equals the table, and within one start
 * of the application no row has returned to an older version.
 */
@PostgresTest
@Tag("faults")
class BackfillPgbenchIT {

	private static final int ROWS = 1_000_000;

	private static final int KILLS = 10;

	private static final Duration PATIENCE = Duration.ofMinutes(20);

	private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

	private static final String[] SETTINGS = { "cdc.snapshot.mode=backfill", "cdc.listener.concurrency=8",
			"cdc.backfill.concurrency=4", "cdc.offset.flush-interval=100ms", "cdc.heartbeat.interval=100ms" };

	@TempDir
	private Path directory;

	@BeforeEach
	void createTables(TestDatabase database) {
		Assumptions.assumeTrue(
				Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
					.anyMatch((path) -> Files.isExecutable(Path.of(path, "pgbench"))),
				"The directories of PATH have no pgbench, which updates the rows");
		database.execute("CREATE TABLE items (id int PRIMARY KEY, version int NOT NULL)",
				"CREATE TABLE mirror (id int PRIMARY KEY, version int NOT NULL, run text NOT NULL, "
						+ "older int NOT NULL DEFAULT 0)",
				"INSERT INTO items SELECT n, 0 FROM generate_series(1, " + ROWS + ") n", "ANALYZE items");
		database.grantWriting("mirror");
	}

	@Test
	void mirrorEqualsTheTableThoughTheApplicationIsKilled(TestDatabase database) throws Exception {
		Process pgbench = update(database);
		try {
			for (int kill = 1; kill <= KILLS; kill++) {
				long until = (long) ROWS * kill / (KILLS + 1);
				Process application = MirrorApplication.start(database, SETTINGS);
				try {
					await().atMost(PATIENCE).pollInterval(POLL_INTERVAL).until(() -> rows(database) >= until);
					assertThat(application.isAlive()).isTrue();
				}
				finally {
					application.destroyForcibly().waitFor();
				}
				assertThat(rows(database)).isLessThan(ROWS);
				await().until(() -> "f".equals(database.queryForText(
						"SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
			}
			try (TestApplication application = TestApplication.run(database, Mirror.class, SETTINGS)) {
				await().atMost(PATIENCE).until(() -> application.engine().backfill().list().isEmpty());
				assertThat(pgbench.isAlive()).isTrue();
				end(pgbench);
				await().atMost(PATIENCE)
					.pollInterval(POLL_INTERVAL)
					.untilAsserted(() -> assertThat(differences(database)).isZero());
			}
		}
		finally {
			end(pgbench);
		}
		assertThat(older(database)).isZero();
	}

	/** A control: rows that are read without watermarks return to older versions. */
	@Test
	void rowsThatAreReadWithoutWatermarksReturnToOlderVersions(TestDatabase database) throws Exception {
		Process pgbench = update(database);
		try (TestApplication application = TestApplication.run(database, Mirror.class, "cdc.snapshot.mode=no_data",
				"cdc.listener.concurrency=8")) {
			Mirror mirror = application.bean(Mirror.class);
			JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
			for (int after = 0; after < ROWS; after += 2_000) {
				mirror.on(jdbc.query("SELECT id, version FROM items WHERE id > ? ORDER BY id LIMIT 2000",
						(row, number) -> new Item(row.getInt(1), row.getInt(2)), after));
			}
			end(pgbench);
			assertThat(older(database)).isPositive();
		}
		finally {
			end(pgbench);
		}
	}

	private Process update(TestDatabase database) throws IOException {
		Path script = Files.writeString(this.directory.resolve("update.sql"),
				"\\set id random(1, " + ROWS + ")\n" + "UPDATE items SET version = version + 1 WHERE id = :id;\n");
		ProcessBuilder builder = new ProcessBuilder("pgbench", "-h", database.host(), "-p",
				String.valueOf(database.port()), "-U", "postgres", "-n", "-c", "4", "-T", "7200", "-R", "2000", "-M",
				"prepared", "-f", script.toString(), database.name());
		builder.environment().put("PGPASSWORD", "postgres");
		return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
	}

	private static void end(Process process) throws InterruptedException {
		process.destroyForcibly().waitFor();
	}

	private static long rows(TestDatabase database) {
		return Long.parseLong(database.queryForText("SELECT count(*) FROM mirror"));
	}

	private static long differences(TestDatabase database) {
		return Long.parseLong(database.queryForText("SELECT count(*) FROM items i FULL JOIN mirror m USING (id) "
				+ "WHERE i.version IS DISTINCT FROM m.version"));
	}

	private static long older(TestDatabase database) {
		return Long.parseLong(database.queryForText("SELECT sum(older) FROM mirror"));
	}

	record Item(int id, int version) {
	}

	/** The application in a process of its own, to be killed at any moment. */
	static final class MirrorApplication {

		private MirrorApplication() {
		}

		static Process start(TestDatabase database, String... settings) throws IOException {
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
							System.getProperty("java.class.path"), "-Xmx256m", MirrorApplication.class.getName(),
							database.host(), String.valueOf(database.port()), database.name()));
			command.addAll(List.of(settings));
			return new ProcessBuilder(command).inheritIO().start();
		}

		public static void main(String[] arguments) throws Exception {
			TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2],
					"postgres", "postgres");
			TestApplication.start(database, Mirror.class, Arrays.copyOfRange(arguments, 3, arguments.length));
			Thread.currentThread().join();
		}

	}

	static class Mirror {

		private final String run = UUID.randomUUID().toString();

		private final JdbcTemplate jdbc;

		Mirror(DataSource dataSource) {
			this.jdbc = new JdbcTemplate(dataSource);
		}

		@CdcListener("items")
		void on(List<Item> items) {
			this.jdbc.batchUpdate("""
					INSERT INTO mirror AS m (id, version, run) VALUES (?, ?, ?)
					ON CONFLICT (id) DO UPDATE SET version = excluded.version, run = excluded.run,
						older = m.older + (m.run = excluded.run AND m.version > excluded.version)::int""",
					items.stream()
						// In any other order, two lanes may deadlock
						.sorted(Comparator.comparingInt(Item::id))
						.map((item) -> new Object[] { item.id(), item.version(), this.run })
						.toList());
		}

	}

}
