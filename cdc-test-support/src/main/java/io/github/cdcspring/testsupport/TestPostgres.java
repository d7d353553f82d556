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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A PostgreSQL server with {@code wal_level=logical}. Most tests share one; a test that
 * stops, promotes or fills its server starts its own.
 */
public final class TestPostgres implements AutoCloseable {

	private static final AtomicInteger databases = new AtomicInteger();

	private static @Nullable TestPostgres shared;

	private final TestDatabase database;

	/** {@code null} if the server runs in a container. */
	private final @Nullable EmbeddedPostgresServer embedded;

	private final AutoCloseable server;

	private TestPostgres(EmbeddedPostgresServer server) {
		this.database = server.database("postgres");
		this.embedded = server;
		this.server = server;
	}

	private TestPostgres(PostgreSQLContainer container) {
		this.database = new TestDatabase(container.getHost(), container.getFirstMappedPort(), "postgres",
				container.getUsername(), container.getPassword());
		this.embedded = null;
		this.server = container;
	}

	static boolean inContainer() {
		return "container".equals(System.getProperty("cdc.test.postgres", "embedded"));
	}

	/**
	 * The requested version of the binaries or of the container.
	 */
	static String majorVersion() {
		String version = inContainer() ? System.getProperty("cdc.test.postgres.version", "18")
				: System.getProperty("postgres-binaries.version", "18");
		return version.split("\\.")[0];
	}

	/**
	 * Return the server that tests share. It stops when the JVM exits.
	 */
	public static synchronized TestPostgres shared() {
		if (shared == null) {
			shared = start(Map.of());
		}
		return shared;
	}

	/**
	 * Start a separate server.
	 * @param settings server settings in addition to those of every test server
	 */
	public static TestPostgres start(Map<String, String> settings) {
		Map<String, String> all = new LinkedHashMap<>(Map.of("wal_level", "logical", "max_wal_senders", "100",
				"max_replication_slots", "500", "max_connections", "300", "synchronous_commit", "on", "fsync", "off",
				// A killed server leaves no memory behind
				"dynamic_shared_memory_type", "mmap"));
		if (Integer.parseInt(majorVersion()) >= 16) {
			// To compute a hash 4,096 times for each connection takes time
			all.put("scram_iterations", "1");
		}
		all.putAll(settings);
		return inContainer() ? startContainer(all) : startEmbedded(all);
	}

	private static TestPostgres startEmbedded(Map<String, String> settings) {
		try {
			return new TestPostgres(
					EmbeddedPostgresServer.builder().dataDirectory(TestDirectory.create()).settings(settings).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static TestPostgres startContainer(Map<String, String> settings) {
		StringBuilder command = new StringBuilder("postgres");
		settings.forEach((name, value) -> command.append(" -c ").append(name).append('=').append(value));
		PostgreSQLContainer container = new PostgreSQLContainer(
				"postgres:" + System.getProperty("cdc.test.postgres.version", "18"))
			.withUsername("postgres")
			.withPassword("postgres")
			.withCommand(command.toString());
		container.start();
		return new TestPostgres(container);
	}

	/**
	 * Create a database with a new name, whose owner is the role of an application.
	 */
	public TestDatabase createDatabase() {
		return createDatabase("test" + databases.incrementAndGet());
	}

	/**
	 * Create a database with the name of another server's.
	 */
	public TestDatabase createDatabase(String name) {
		TestDatabase database = database(name);
		ApplicationRole.createDatabase(this.database, database);
		return database;
	}

	/**
	 * Return a database that exists.
	 */
	public TestDatabase database(String name) {
		return new TestDatabase(this.database.host(), this.database.port(), name, this.database.user(),
				this.database.password());
	}

	public int port() {
		return this.database.port();
	}

	/**
	 * Stop the server and keep its data.
	 */
	public void stop() throws IOException {
		embedded().stop();
	}

	/**
	 * Kill all processes of the server, which keeps its data as a failing machine would.
	 */
	public void kill() throws IOException {
		embedded().kill();
	}

	/**
	 * Start a stopped server on the same port.
	 */
	public void startAgain() throws IOException {
		embedded().startAgain();
	}

	private EmbeddedPostgresServer embedded() {
		if (this.embedded == null) {
			throw new TestAbortedException("A stopped container starts again on another port");
		}
		return this.embedded;
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
