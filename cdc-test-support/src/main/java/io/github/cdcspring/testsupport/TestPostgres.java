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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.util.FileSystemUtils;
import org.springframework.util.function.ThrowingSupplier;

/**
 * A PostgreSQL server with {@code wal_level=logical}. Most tests share one; a test that
 * stops, promotes or fills its server starts its own.
 */
public final class TestPostgres implements AutoCloseable {

	private static final AtomicInteger databases = new AtomicInteger();

	private static @Nullable TestPostgres shared;

	private final String host;

	private final int port;

	private final String password;

	private final ThrowingSupplier<AutoCloseable> starter;

	private AutoCloseable server;

	private TestPostgres(String host, int port, String password, AutoCloseable server,
			ThrowingSupplier<AutoCloseable> starter) {
		this.host = host;
		this.port = port;
		this.password = password;
		this.server = server;
		this.starter = starter;
	}

	static boolean inContainer() {
		return "container".equals(System.getProperty("cdc.test.postgres", "embedded"));
	}

	/**
	 * The version that was asked for, of the binaries or of the container.
	 */
	static String majorVersion() {
		String version = inContainer() ? System.getProperty("cdc.test.postgres.version", "18")
				: System.getProperty("postgres-binaries.version", "18");
		return version.split("\\.")[0];
	}

	/**
	 * The server that tests share; it ends with the JVM.
	 */
	public static synchronized TestPostgres shared() {
		if (shared == null) {
			shared = start(Map.of());
		}
		return shared;
	}

	/**
	 * Start a server of one's own.
	 * @param settings server settings beside those that every test server has
	 */
	public static TestPostgres start(Map<String, String> settings) {
		Map<String, String> all = new LinkedHashMap<>(Map.of("wal_level", "logical", "max_wal_senders", "100",
				"max_replication_slots", "500", "max_connections", "300", "synchronous_commit", "on", "fsync", "off"));
		all.putAll(settings);
		return inContainer() ? startContainer(all) : startEmbedded(all);
	}

	private static TestPostgres startEmbedded(Map<String, String> settings) {
		try {
			Path directory = Files.createTempDirectory("cdc-postgres");
			EmbeddedPostgres server = builder(settings, directory).start();
			int port = server.getPort();
			TestPostgres postgres = new TestPostgres("localhost", port, "postgres", server,
					() -> builder(settings, directory).setPort(port).start());
			Runtime.getRuntime().addShutdownHook(new Thread(() -> postgres.remove(directory)));
			return postgres;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static EmbeddedPostgres.Builder builder(Map<String, String> settings, Path directory) {
		EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
			.setDataDirectory(directory)
			.setCleanDataDirectory(false)
			.setRegisterShutdownHook(false);
		settings.forEach(builder::setServerConfig);
		return builder;
	}

	/** A server that still runs would write its files again. */
	private void remove(Path directory) {
		try {
			close();
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (Exception ex) {
			throw new IllegalStateException("Cannot remove " + directory, ex);
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
		return new TestPostgres(container.getHost(), container.getFirstMappedPort(), "postgres", container, () -> {
			throw new TestAbortedException("A stopped container comes back on another port");
		});
	}

	/**
	 * Create a database that nobody else uses.
	 */
	public TestDatabase createDatabase() {
		String name = "test" + databases.incrementAndGet();
		database("postgres").execute("CREATE DATABASE " + name);
		return database(name);
	}

	/**
	 * A database that exists already.
	 */
	public TestDatabase database(String name) {
		return new TestDatabase(this.host, this.port, name, "postgres", this.password);
	}

	public int port() {
		return this.port;
	}

	/**
	 * Stop the server; its data stay.
	 */
	public void stop() throws Exception {
		this.server.close();
	}

	/**
	 * Start the server again, where it was.
	 */
	public void startAgain() throws Exception {
		this.server = this.starter.getWithException();
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
