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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.ChildProcess;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that Patroni runs, with Patroni's REST API.
 */
final class PatroniNode implements AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

	private final String name;

	private final Path directory;

	private final int port = freePort();

	private final int apiPort = freePort();

	private final PatroniNetwork network;

	private @Nullable ChildProcess process;

	/**
	 * Create a node, which is not running.
	 * @param etcdPort the port of etcd
	 */
	PatroniNode(String name, Path parent, int etcdPort) {
		this.name = name;
		this.directory = parent.resolve(name);
		this.network = new PatroniNetwork(this.port, this.apiPort, etcdPort);
	}

	static int freePort() {
		try {
			return EmbeddedPostgresServer.freePort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String name() {
		return this.name;
	}

	/** How other machines reach this one. */
	PatroniNetwork network() {
		return this.network;
	}

	private URI api(String path) {
		return URI.create("http://127.0.0.1:" + this.apiPort + path);
	}

	TestDatabase database(String name) {
		return new TestDatabase("127.0.0.1", this.port, name, EmbeddedPostgresServer.USER,
				EmbeddedPostgresServer.PASSWORD);
	}

	/**
	 * Write Patroni's configuration.
	 * @param bootstrap the settings of the whole cluster, which the first node writes
	 */
	void configure(String bootstrap) {
		try {
			Files.createDirectories(this.directory);
			Files.writeString(this.directory.resolve("patroni.yml"),
					"""
							scope: lab
							name: %1$s
							restapi:
							  listen: 127.0.0.1:%2$d
							  connect_address: %8$s
							etcd3:
							  hosts: %3$s
							  use_proxies: true
							bootstrap:
							%4$s
							  initdb:
							    - encoding: UTF8
							    - auth: trust
							    - no-sync
							  pg_hba:
							    - host all all 127.0.0.1/32 trust
							    - host replication all 127.0.0.1/32 trust
							postgresql:
							  listen: 127.0.0.1:%5$d
							  connect_address: %9$s
							  data_dir: %6$s/data
							  bin_dir: %7$s
							  pgpass: %6$s/pgpass
							  authentication:
							    superuser:
							      username: postgres
							      password: postgres
							    replication:
							      username: replicator
							      password: replicator
							  basebackup:
							    checkpoint: fast
							  parameters:
							    unix_socket_directories: ''
							    fsync: 'off'
							    shared_buffers: 64MB
							""".formatted(this.name, this.apiPort, this.network.etcd(),
							bootstrap.stripTrailing().indent(2).stripTrailing(), this.port, this.directory,
							PatroniCluster.BINARIES, this.network.api(), this.network.server()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Start Patroni, which starts the server. */
	void start() {
		List<String> command = new ArrayList<>();
		if ("root".equals(System.getProperty("user.name"))) {
			// PostgreSQL refuses to run as root
			command.addAll(List.of("unshare", "-U"));
		}
		command.addAll(List.of("patroni", this.directory.resolve("patroni.yml").toString()));
		this.process = ChildProcess.start(new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.directory.resolve("patroni.log").toFile())));
	}

	boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	/** Ask Patroni, and expect the status 200. */
	boolean is(String role) {
		return status(HttpRequest.newBuilder(api("/" + role)).GET()) == 200;
	}

	/**
	 * Have Patroni make another node the primary. It refuses for as long as it does not
	 * know that the other node is ready.
	 */
	void switchOver(String to) {
		String body = "{\"leader\": \"" + this.name + "\", \"candidate\": \"" + to + "\"}";
		Wait.until("Patroni switches over to " + to, Duration.ofMinutes(1),
				() -> status(HttpRequest.newBuilder(api("/switchover"))
					.timeout(Duration.ofSeconds(60))
					.POST(HttpRequest.BodyPublishers.ofString(body))) == 200);
	}

	/** Change the configuration of the whole cluster. */
	void patchConfiguration(String json) {
		int status = status(
				HttpRequest.newBuilder(api("/config")).method("PATCH", HttpRequest.BodyPublishers.ofString(json)));
		if (status != 200) {
			throw new IllegalStateException("Patroni refuses its configuration with status " + status);
		}
	}

	private static int status(HttpRequest.Builder request) {
		try {
			return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			return 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted", ex);
		}
	}

	/** The first column of the first row, {@code null} if the server does not answer. */
	@Nullable String query(String sql) {
		try (Connection connection = database("postgres").connect();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			return rows.next() ? rows.getString(1) : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	/** End all processes of the server with SIGKILL. Patroni keeps running. */
	void killServer() {
		try {
			Path file = this.directory.resolve("data/postmaster.pid");
			if (Files.notExists(file)) {
				return;
			}
			ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0)))
				.filter((server) -> server.info().command().orElse("").contains("postgres"))
				.ifPresent((server) -> Stream.concat(Stream.of(server), server.descendants())
					.toList()
					.forEach(ProcessHandle::destroyForcibly));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** End Patroni and its server with SIGKILL, as the loss of the machine does. */
	void killAll() {
		if (this.process != null) {
			this.process.kill();
		}
		killServer();
	}

	@Override
	public void close() {
		killAll();
		this.network.close();
	}

}
