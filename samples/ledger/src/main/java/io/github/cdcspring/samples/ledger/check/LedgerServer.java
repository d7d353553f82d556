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

package io.github.cdcspring.samples.ledger.check;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.util.FileSystemUtils;

/**
 * One PostgreSQL server with a database {@code source} and a database {@code mirror}. It
 * listens on the loopback interface only.
 */
final class LedgerServer implements AutoCloseable {

	static final String USER = "postgres";

	private final EmbeddedPostgres postgres;

	private LedgerServer(EmbeddedPostgres postgres) {
		this.postgres = postgres;
	}

	static LedgerServer start(Path directory) throws IOException, SQLException {
		deleteHalfUnpacked(Files.createDirectories(directory.resolve("postgres")));
		EmbeddedPostgres postgres = EmbeddedPostgres.builder()
			.setOverrideWorkingDirectory(directory.resolve("postgres").toFile())
			.setDataDirectory(directory.resolve("data"))
			.setCleanDataDirectory(true)
			.setServerConfig("wal_level", "logical")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("max_wal_size", "4GB")
			.start();
		LedgerServer server = new LedgerServer(postgres);
		server.createDatabase("source");
		server.createDatabase("mirror");
		return server;
	}

	/** Who was interrupted while unpacking the binaries did not get to their marker. */
	private static void deleteHalfUnpacked(Path directory) throws IOException {
		try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(directory, "PG-*")) {
			for (Path binaries : unpacked) {
				if (Files.isDirectory(binaries) && Files.notExists(binaries.resolve(".exists"))) {
					FileSystemUtils.deleteRecursively(binaries);
				}
			}
		}
	}

	void createDatabase(String name) throws SQLException {
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE DATABASE " + name);
		}
	}

	DataSource database(String name) {
		return this.postgres.getDatabase(USER, name);
	}

	String jdbcUrl(String name) {
		return "jdbc:postgresql://localhost:" + port() + "/" + name;
	}

	int port() {
		return this.postgres.getPort();
	}

	@Override
	public void close() throws IOException {
		this.postgres.close();
	}

}
