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

package io.github.cdcspring.benchmarks.contestant;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/**
 * The baseline: counts the messages of the JDBC driver's replication stream, and does not
 * decode them.
 *
 * @see <a href= "https://jdbc.postgresql.org/documentation/server-prepare/">pgjdbc:
 * replication API</a>
 */
final class DriverStream implements Receiver {

	@Override
	public void receive(Task task, Sink sink) throws Exception {
		Properties properties = new Properties();
		PGProperty.USER.set(properties, Task.USER);
		PGProperty.PASSWORD.set(properties, Task.PASSWORD);
		PGProperty.REPLICATION.set(properties, "database");
		PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "13");
		PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
		PgOutput messages = new PgOutput(sink);
		try (Connection connection = DriverManager.getConnection(task.url(), properties);
				PGReplicationStream stream = connection.unwrap(PGConnection.class)
					.getReplicationAPI()
					.replicationStream()
					.logical()
					.withSlotName(task.slot())
					.withSlotOption("proto_version", 1)
					.withSlotOption("publication_names", task.publication())
					.withStatusInterval(10, TimeUnit.SECONDS)
					.start()) {
			while (!Thread.currentThread().isInterrupted()) {
				messages.message(Objects.requireNonNull(stream.read()));
			}
		}
	}

}
