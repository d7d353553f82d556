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

package io.github.cdcspring.internal.row;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Assumptions;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A server of Debian's package postgresql-15, which contains the extensions that the
 * embedded server lacks.
 */
final class DebianPostgres implements AutoCloseable {

	private static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");

	private final Path data;

	private final Process process;

	private final TestDatabase database;

	private DebianPostgres(Path data, Path locales) throws Exception {
		this.data = data;
		run(command("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
				"--no-sync"));
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		this.process = start(Map.of("LOCPATH", locales.toString()),
				command("postgres", "-D", data.toString(), "-p", String.valueOf(port), "-c",
						"listen_addresses=localhost", "-c", "unix_socket_directories=", "-c", "wal_level=logical", "-c",
						"fsync=off"));
		this.database = new TestDatabase("localhost", port, "postgres", "postgres", "postgres");
		await().ignoreExceptions().until(() -> "1".equals(this.database.queryForText("SELECT 1")));
	}

	/**
	 * Start a server, or skip the test on a machine without the package.
	 */
	static DebianPostgres start() throws Exception {
		Assumptions.assumeTrue(Files.isExecutable(BINARIES.resolve("initdb")),
				() -> "Debian's package postgresql-15 is not installed in " + BINARIES);
		Path directory = Files.createTempDirectory("cdc-debian-postgres");
		return new DebianPostgres(directory.resolve("data"), directory.resolve("locales"));
	}

	/** PostgreSQL refuses to run as root, so root uses another user namespace. */
	private static List<String> command(String program, String... arguments) {
		List<String> command = new ArrayList<>();
		if (System.getProperty("user.name").equals("root")) {
			command.addAll(List.of("unshare", "-U"));
		}
		command.add(BINARIES.resolve(program).toString());
		command.addAll(List.of(arguments));
		return command;
	}

	private static Process start(Map<String, String> environment, List<String> command) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.environment().putAll(environment);
		return builder.start();
	}

	private static void run(List<String> command) throws Exception {
		Process process = start(Map.of(), command);
		if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
			throw new IllegalStateException(command + " failed");
		}
	}

	TestDatabase createDatabase(String name) {
		this.database.execute("CREATE DATABASE " + name);
		return new TestDatabase(this.database.host(), this.database.port(), name, "postgres", "postgres");
	}

	/**
	 * Make a locale known to the server, or skip the test on a machine without its
	 * definition, which Debian's package locales contains.
	 * @return the name of the locale
	 */
	String createLocale(String name) throws Exception {
		Assumptions.assumeTrue(Files.isReadable(Path.of("/usr/share/i18n/locales", name)),
				() -> "Debian's package locales is not installed: no definition of " + name);
		Path locales = Files.createDirectories(this.data.resolveSibling("locales"));
		run(List.of("localedef", "-i", name, "-f", "UTF-8", locales.resolve(name + ".UTF-8").toString()));
		return name + ".UTF-8";
	}

	/**
	 * The extensions that have types.
	 */
	List<String> extensions() {
		return this.database.queryForTexts("SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'cube', "
				+ "'earthdistance', 'hstore', 'intarray', 'isn', 'lo', 'ltree', 'pg_trgm', 'seg', 'uuid-ossp')");
	}

	boolean hasExtension(String name) {
		return !this.database.queryForTexts("SELECT name FROM pg_available_extensions WHERE name = '" + name + "'")
			.isEmpty();
	}

	@Override
	public void close() throws Exception {
		run(command("pg_ctl", "stop", "-D", this.data.toString(), "-m", "immediate"));
		this.process.waitFor();
		FileSystemUtils.deleteRecursively(this.data.getParent());
	}

}
