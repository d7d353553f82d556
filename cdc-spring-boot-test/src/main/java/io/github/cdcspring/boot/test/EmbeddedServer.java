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

package io.github.cdcspring.boot.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;

/**
 * The embedded PostgreSQL server of this JVM. It listens on the loopback interface, and
 * stops when the JVM exits, after all application contexts have been closed.
 */
final class EmbeddedServer {

	static final String USER = "postgres";

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedServer.class);

	private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

	private static @Nullable EmbeddedServer shared;

	private final EmbeddedPostgres process;

	private EmbeddedServer(EmbeddedPostgres process) {
		this.process = process;
	}

	/** Return the server, which the first caller starts. */
	static synchronized EmbeddedServer shared() {
		if (shared == null) {
			shared = start();
		}
		return shared;
	}

	private static EmbeddedServer start() {
		try {
			EmbeddedServer server = new EmbeddedServer(EmbeddedPostgres.builder()
				.setRegisterShutdownHook(false)
				.setPGStartupWait(START_TIMEOUT)
				.setServerConfig("listen_addresses", "localhost")
				.setServerConfig("wal_level", "logical")
				// The library turns it off; commits would be sent up to 200 ms late
				.setServerConfig("synchronous_commit", "on")
				.setServerConfig("fsync", "off")
				.setServerConfig("max_connections", "500")
				.setServerConfig("max_wal_senders", "100")
				.setServerConfig("max_replication_slots", "200")
				// Paused contexts keep their slots, so what these may hold is limited
				.setServerConfig("max_slot_wal_keep_size", "1GB")
				.start());
			SpringApplication.getShutdownHandlers().add(server::stop);
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"The embedded PostgreSQL server cannot start. It needs the binaries of "
							+ "io.zonky.test.postgres for this platform, and a user other than root on some of them.",
					ex);
		}
	}

	private void stop() {
		try {
			this.process.close();
		}
		catch (IOException ex) {
			logger.warn("The embedded PostgreSQL server could not be stopped: {}", ex.getMessage());
		}
	}

	String jdbcUrl(String database) {
		return "jdbc:postgresql://localhost:" + this.process.getPort() + "/" + database;
	}

	/** Run a statement in the maintenance database. */
	void execute(String sql) throws SQLException {
		try (Connection connection = this.process.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
