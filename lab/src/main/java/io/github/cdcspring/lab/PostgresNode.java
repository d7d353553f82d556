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
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.ChildProcess;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server on the loopback interface with a directory and a port of its own,
 * which keeps its port when it is replaced.
 */
final class PostgresNode implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	/** Settings in addition to those that initdb writes. */
	private static final String CONFIGURATION = "lab.conf";

	private final String name;

	private final Path binaries;

	private final Path directory;

	private final int port = freePort();

	private final Map<String, String> settings = new LinkedHashMap<>();

	private @Nullable ChildProcess process;

	private PostgresNode(String name, Path binaries, Path directory) {
		this.name = name;
		this.binaries = binaries;
		this.directory = directory;
		set("listen_addresses", "localhost");
		set("unix_socket_directories", "");
		set("port", String.valueOf(this.port));
		set("wal_level", "logical");
		set("fsync", "off");
		set("max_wal_senders", "20");
		set("max_replication_slots", "20");
		set("shared_buffers", "64MB");
		set("timezone", "UTC");
	}

	private static int freePort() {
		try {
			return EmbeddedPostgresServer.freePort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Create a server with no data but initdb's.
	 * @param parent the directory in which the server's directory is created
	 */
	static PostgresNode create(String name, Path parent) throws IOException {
		Path directory = parent.resolve(name);
		EmbeddedPostgresServer server = EmbeddedPostgresServer.builder()
			.dataDirectory(directory)
			.withoutShutdownHook()
			.start();
		// initdb comes with the first start, which also tells where the program is
		Path binaries = Path.of(String
			.valueOf(server.database("postgres").queryForText("SELECT setting FROM pg_config WHERE name = 'BINDIR'")));
		server.stop();
		Path configuration = directory.resolve("postgresql.conf");
		Files.writeString(configuration,
				Files.readString(configuration) + "\ninclude_if_exists = '" + CONFIGURATION + "'\n");
		return new PostgresNode(name, binaries, directory);
	}

	/** Another server of the same program, in a directory beside this one's. */
	PostgresNode sibling(String name) {
		return new PostgresNode(name, this.binaries, this.directory.resolveSibling(name));
	}

	String name() {
		return this.name;
	}

	int port() {
		return this.port;
	}

	TestDatabase database(String name) {
		return new TestDatabase("localhost", this.port, name, EmbeddedPostgresServer.USER,
				EmbeddedPostgresServer.PASSWORD);
	}

	/** Change a setting, which takes effect at the next start or reload. */
	void set(String name, String value) {
		this.settings.put(name, value);
	}

	/** Apply the settings that take effect without a restart. */
	void reload() {
		writeSettings();
		query("SELECT pg_reload_conf()");
	}

	private void writeSettings() {
		try {
			Files.writeString(this.directory.resolve(CONFIGURATION),
					this.settings.entrySet()
						.stream()
						.map((setting) -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'\n")
						.collect(Collectors.joining()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Start, and wait until the server accepts connections. */
	void start() {
		writeSettings();
		List<String> command = new ArrayList<>();
		if ("root".equals(System.getProperty("user.name"))) {
			// PostgreSQL refuses to run as root
			command.addAll(List.of("unshare", "-U"));
		}
		command.addAll(List.of(this.binaries.resolve("postgres").toString(), "-D", this.directory.toString()));
		Path log = this.directory.resolveSibling(this.name + ".log");
		ChildProcess process = ChildProcess.start(new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
		this.process = process;
		Wait.until("server " + this.name + " accepts connections; its log is " + log, TIMEOUT,
				() -> !process.isAlive() || accepts());
		if (!process.isAlive()) {
			throw new IllegalStateException("Server " + this.name + " has not started; its log is " + log);
		}
	}

	boolean accepts() {
		try (Connection connection = database("postgres").connect()) {
			return connection.isValid(5);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	/** Stop and end all connections ({@code pg_ctl stop -m fast}). */
	void stopFast() {
		end("INT");
	}

	/** Stop without a checkpoint ({@code pg_ctl stop -m immediate}). */
	void stopImmediately() {
		end("QUIT");
	}

	private void end(String signal) {
		ChildProcess process = this.process;
		if (process != null) {
			process.signal(signal);
			if (!process.awaitEnd((int) TIMEOUT.toSeconds())) {
				process.kill();
			}
		}
	}

	/** End all processes of the server with SIGKILL, as the loss of its machine does. */
	void kill() {
		if (this.process != null) {
			this.process.kill();
		}
	}

	/** Stop all processes of the server with SIGSTOP. */
	void pause() {
		if (this.process != null) {
			this.process.signalAll("STOP");
		}
	}

	/** Continue the processes of a paused server. */
	void resume() {
		if (this.process != null) {
			this.process.signalAll("CONT");
		}
	}

	/** Make a standby the primary, and wait until it is. */
	void promote() {
		query("SELECT pg_promote(true, " + TIMEOUT.toSeconds() + ")");
		Wait.until("server " + this.name + " is promoted", TIMEOUT,
				() -> "f".equals(query("SELECT pg_is_in_recovery()")));
	}

	/**
	 * Run a statement on a connection of its own.
	 * @return the first column of the first row as text
	 */
	@Nullable String query(String sql) {
		return query("postgres", sql);
	}

	@Nullable String query(String database, String sql) {
		try (Connection connection = database(database).connect(); Statement statement = connection.createStatement()) {
			if (!statement.execute(sql)) {
				return null;
			}
			try (ResultSet result = statement.getResultSet()) {
				return result.next() ? result.getString(1) : null;
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Server " + this.name + ": " + ex.getMessage(), ex);
		}
	}

	/** Require the password of every role but the superuser. */
	void requirePasswords() {
		try {
			Files.writeString(this.directory.resolve("pg_hba.conf"), """
					host all,replication postgres localhost trust
					host all,replication all localhost scram-sha-256
					""");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Save the data of a server that is stopped. */
	void save() {
		copyData(this.directory, saved());
	}

	/** Replace the data of a server that is stopped by what was saved. */
	void restore() {
		copyData(saved(), this.directory);
	}

	private Path saved() {
		return this.directory.resolveSibling(this.name + ".saved");
	}

	private static void copyData(Path from, Path to) {
		try {
			FileSystemUtils.deleteRecursively(to);
			FileSystemUtils.copyRecursively(from, to);
			Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Replace the data by a copy of a running primary, taken as an online backup. The
	 * server must be stopped, and a physical slot of the primary must keep its WAL.
	 *
	 * @see <a href=
	 * "https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">PostgreSQL:
	 * low level base backup</a>
	 */
	void copyFrom(PostgresNode primary) throws IOException, SQLException {
		FileSystemUtils.deleteRecursively(this.directory);
		Files.createDirectories(this.directory);
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
		try (Connection connection = primary.database("postgres").connect();
				Statement statement = connection.createStatement()) {
			statement.execute("SELECT pg_backup_start('lab', true)");
			DirectoryCopy.copy(primary.directory, this.directory, (path) -> !path.startsWith("pg_wal"));
			try (ResultSet result = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
				result.next();
				Files.writeString(this.directory.resolve("backup_label"), result.getString(1));
			}
		}
		DirectoryCopy.copy(primary.directory, this.directory, (path) -> path.startsWith("pg_wal"));
		Files.createFile(this.directory.resolve("standby.signal"));
	}

	@Override
	public void close() {
		kill();
	}

}
