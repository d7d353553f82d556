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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;

/**
 * The server, with a database for each workload. It does not wait for the disk, because
 * that would hide the differences between the contestants, and it runs no background work
 * during a measurement.
 */
final class BenchmarkServer implements AutoCloseable {

	static final String USER = EmbeddedPostgresServer.USER;

	private final EmbeddedPostgresServer server;

	private BenchmarkServer(EmbeddedPostgresServer server) {
		this.server = server;
	}

	static BenchmarkServer start(Path directory) throws IOException {
		return new BenchmarkServer(EmbeddedPostgresServer.builder()
			.dataDirectory(directory.resolve("data"))
			.setting("max_replication_slots", "100")
			.setting("max_wal_senders", "50")
			.setting("max_connections", "100")
			.setting("fsync", "off")
			.setting("autovacuum", "off")
			.setting("max_wal_size", "20GB")
			.setting("checkpoint_timeout", "1h")
			.setting("shared_buffers", "512MB")
			.start());
	}

	int port() {
		return this.server.port();
	}

	Connection connect(String database) throws SQLException {
		return this.server.database(database).connect();
	}

	void execute(String database, String... statements) {
		this.server.database(database).execute(statements);
	}

	String queryForText(String database, String sql) {
		return String.valueOf(this.server.database(database).queryForText(sql));
	}

	/** Disconnect the client of a slot and drop the slot. */
	void dropSlot(String slot) {
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
		this.server.close();
	}

}
