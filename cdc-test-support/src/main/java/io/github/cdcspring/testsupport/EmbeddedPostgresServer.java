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

package io.github.cdcspring.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server with {@code wal_level=logical} as a child process. It listens on
 * the loopback interface only. The server stops when it is closed or when the JVM exits;
 * then its files are removed.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

	private static final String HOST = "localhost";

	public static final String USER = "postgres";

	/**
	 * The server trusts local connections and ignores the password.
	 */
	public static final String PASSWORD = "postgres";

	/** A busy machine needs longer than the ten seconds that are the default. */
	private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

	private final Map<String, String> settings;

	private final Path dataDirectory;

	private final int port;

	private final @Nullable Thread shutdownHook;

	private @Nullable EmbeddedPostgres process;

	private boolean closed;

	private EmbeddedPostgresServer(Builder builder) throws IOException {
		this.settings = Map.copyOf(builder.settings);
		this.dataDirectory = (builder.dataDirectory != null) ? builder.dataDirectory
				: Files.createTempDirectory("cdc-postgres");
		this.port = freePort();
		this.shutdownHook = builder.shutdownHook ? new Thread(this::closeAtExit, "embedded-postgres-exit") : null;
	}

	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Find a port below the range of outgoing connections, so that none of them takes it
	 * while the server is stopped.
	 */
	public static int freePort() throws IOException {
		while (true) {
			int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
			try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (BindException ex) {
				// Another program uses this port
			}
		}
	}

	private void start() throws IOException {
		if (this.shutdownHook != null) {
			Runtime.getRuntime().addShutdownHook(this.shutdownHook);
		}
		try {
			FileSystemUtils.deleteRecursively(this.dataDirectory);
			startAgain();
		}
		catch (IOException | RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Start a stopped server on the same port, with the same data.
	 */
	public synchronized void startAgain() throws IOException {
		EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
			.setDataDirectory(this.dataDirectory)
			.setCleanDataDirectory(false)
			.setRegisterShutdownHook(false)
			.setPGStartupWait(START_TIMEOUT)
			.setPort(this.port)
			.setServerConfig("listen_addresses", HOST)
			.setServerConfig("wal_level", "logical")
			// The library turns it off; commits would be sent up to 200 ms late
			.setServerConfig("synchronous_commit", "on");
		this.settings.forEach(builder::setServerConfig);
		this.process = builder.start();
	}

	/**
	 * Stop the server and keep its data.
	 */
	public synchronized void stop() throws IOException {
		if (this.process != null) {
			this.process.close();
		}
		killSurvivor();
	}

	/**
	 * Kill the server and keep its data.
	 */
	public synchronized void kill() throws IOException {
		killSurvivor();
		stop();
	}

	public int port() {
		return this.port;
	}

	/**
	 * Return a database that exists.
	 */
	public TestDatabase database(String name) {
		return new TestDatabase(HOST, this.port, name, USER, PASSWORD);
	}

	public TestDatabase createDatabase(String name) {
		database("postgres").execute("CREATE DATABASE " + name);
		return database(name);
	}

	/**
	 * Stop the server and remove its files.
	 */
	@Override
	public synchronized void close() throws IOException {
		if (this.closed) {
			return;
		}
		this.closed = true;
		stop();
		FileSystemUtils.deleteRecursively(this.dataDirectory);
		removeShutdownHook();
	}

	private void removeShutdownHook() {
		try {
			if (this.shutdownHook != null) {
				Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
			}
		}
		catch (IllegalStateException ex) {
			// The JVM already exits
		}
	}

	private void closeAtExit() {
		try {
			close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kill a server that still runs. The library's stop gives up after five seconds, for
	 * example if a replication client does not answer.
	 */
	private void killSurvivor() throws IOException {
		Path pidFile = this.dataDirectory.resolve("postmaster.pid");
		if (Files.notExists(pidFile)) {
			return;
		}
		long pid = Long.parseLong(Files.readAllLines(pidFile).get(0));
		Optional<ProcessHandle> postmaster = ProcessHandle.of(pid).filter(EmbeddedPostgresServer::isPostgres);
		if (postmaster.isPresent()) {
			List<ProcessHandle> processes = Stream.concat(postmaster.stream(), postmaster.get().descendants()).toList();
			processes.forEach(ProcessHandle::destroyForcibly);
			processes.forEach((process) -> process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join());
		}
	}

	private static boolean isPostgres(ProcessHandle process) {
		return process.info().command().map(Path::of).filter((path) -> path.endsWith("postgres")).isPresent();
	}

	/**
	 * Builds a server.
	 */
	public static final class Builder {

		private final Map<String, String> settings = new LinkedHashMap<>();

		private @Nullable Path dataDirectory;

		private boolean shutdownHook = true;

		private Builder() {
		}

		/**
		 * Add a server setting, as {@code postgres -c} takes it.
		 */
		public Builder setting(String name, String value) {
			this.settings.put(name, value);
			return this;
		}

		public Builder settings(Map<String, String> settings) {
			this.settings.putAll(settings);
			return this;
		}

		/**
		 * Keep the data in this directory instead of a temporary one. An earlier content
		 * is removed.
		 */
		public Builder dataDirectory(Path dataDirectory) {
			this.dataDirectory = dataDirectory;
			return this;
		}

		/**
		 * Do not stop the server when the JVM exits: the owner closes it, after the
		 * programs that use it.
		 */
		public Builder withoutShutdownHook() {
			this.shutdownHook = false;
			return this;
		}

		public EmbeddedPostgresServer start() throws IOException {
			EmbeddedPostgresServer server = new EmbeddedPostgresServer(this);
			server.start();
			return server;
		}

	}

}
