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

package io.github.cdcspring.internal.engine;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * PgBouncer in transaction mode between the application and the server.
 */
@PostgresTest
class PoolerIT {

	private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

	@ParameterizedTest
	@ValueSource(strings = { "extra_float_digits", "" })
	void namesThePooler(String ignored, TestDatabase database, @TempDir Path directory) throws Exception {
		assumeThat(PROGRAM).as("PgBouncer is not installed").isExecutable();
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		Pooler pooler = Pooler.start(database, directory, ignored);
		try {
			assertThatThrownBy(() -> TestApplication
				.start(database, Numbers.class, "cdc.connection.url=" + pooler.url(database.name()),
						"cdc.connection.username=postgres", "cdc.connection.password=postgres")
				.close()).hasStackTraceContaining("A connection pooler such as PgBouncer is between")
				.hasStackTraceContaining("Set cdc.connection.url to the PostgreSQL server itself.");
		}
		finally {
			pooler.process().destroy();
			pooler.process().waitFor();
		}
	}

	private record Pooler(Process process, int port) {

		static Pooler start(TestDatabase database, Path directory, String ignored) throws Exception {
			int port = EmbeddedPostgresServer.freePort();
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
			Path users = Files.writeString(directory.resolve("users.txt"), "\"postgres\" \"postgres\"\n");
			Path settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
					[databases]
					* = host=localhost port=%d
					[pgbouncer]
					listen_addr = 127.0.0.1
					listen_port = %d
					auth_type = trust
					auth_file = %s
					pool_mode = transaction
					ignore_startup_parameters = %s
					unix_socket_dir =
					""".formatted(database.port(), port, users, ignored));
			List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
			if ("root".equals(System.getProperty("user.name"))) {
				command.addAll(List.of("-u", "nobody"));
			}
			command.add(settings.toString());
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			await().ignoreExceptions().until(() -> {
				new Socket(InetAddress.getLoopbackAddress(), port).close();
				return true;
			});
			return new Pooler(process, port);
		}

		String url(String database) {
			return "jdbc:postgresql://127.0.0.1:" + this.port + "/" + database;
		}

	}

}
