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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.KafkaServers;

/**
 * What carries the events of a Patroni cluster to an application that receives from
 * Kafka: a broker and a worker, whose connector finds the primary by one address.
 */
final class KafkaTransport implements AutoCloseable {

	private final String database;

	private final KafkaServers servers;

	private final PrimaryAddress primary;

	private final Path password;

	/**
	 * Start all processes.
	 * @param directory an empty directory for their files
	 * @param nodes the nodes of the cluster
	 * @param database the database that is received from
	 */
	KafkaTransport(Path directory, List<PatroniNetwork> nodes, String database) throws IOException {
		this.database = database;
		this.primary = new PrimaryAddress(directory.resolve("haproxy"), nodes);
		// With one partition, all events of a topic are in order
		this.servers = KafkaServers.startApart(Files.createDirectories(directory.resolve("kafka")), 1);
		this.password = Files.writeString(directory.resolve("database.properties"),
				"password=" + EmbeddedPostgresServer.PASSWORD + "\n");
		try {
			this.servers.await();
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/** The settings of the application. */
	List<String> arguments() {
		return List.of("--spring.profiles.active=kafka", "--server.port=0",
				"--spring.kafka.bootstrap-servers=" + this.servers.bootstrapServers(),
				"--cdc.kafka.connect.url=" + this.servers.connectUrl(),
				"--cdc.kafka.connect.password-reference=file:" + this.password + ":password",
				"--cdc.connection.url=" + this.primary.jdbcUrl(this.database),
				"--cdc.connection.username=" + EmbeddedPostgresServer.USER,
				"--cdc.connection.password=" + EmbeddedPostgresServer.PASSWORD);
	}

	@Override
	public void close() {
		this.servers.close();
		this.primary.close();
	}

}
