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
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.ChildProcess;
import org.jspecify.annotations.Nullable;

/**
 * One address that leads to the primary of a Patroni cluster, for programs that take one
 * host: HAProxy, which asks each node's Patroni.
 *
 * @see <a href= "https://github.com/patroni/patroni/blob/master/haproxy.cfg">Patroni:
 * haproxy.cfg</a>
 */
final class PrimaryAddress implements AutoCloseable {

	private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

	private final int port = PatroniNode.freePort();

	private final ChildProcess process;

	/**
	 * Start HAProxy.
	 * @param directory an empty directory for its files
	 * @param nodes the nodes
	 */
	PrimaryAddress(Path directory, List<PatroniNetwork> nodes) throws IOException {
		String servers = nodes.stream()
			.map((node) -> "    server node%d %s check port %s%n".formatted(nodes.indexOf(node), node.server(),
					node.api().substring(node.api().lastIndexOf(':') + 1)))
			.collect(Collectors.joining());
		Path configuration = Files.writeString(Files.createDirectories(directory).resolve("haproxy.cfg"), """
				defaults
				    mode tcp
				    timeout connect 2s
				    timeout client 30m
				    timeout server 30m
				    timeout check 1s

				listen primary
				    bind 127.0.0.1:%d
				    option httpchk OPTIONS /primary
				    http-check expect status 200
				    default-server inter 1s fall 3 rise 1 on-marked-down shutdown-sessions
				%s""".formatted(this.port, servers));
		this.process = ChildProcess.start(
				new ProcessBuilder(PROGRAM.toString(), "-db", "-f", configuration.toString()).redirectErrorStream(true)
					.redirectOutput(directory.resolve("haproxy.log").toFile()));
	}

	/** Why there can be no such address here, {@code null} if there can. */
	static @Nullable String missing() {
		return Files.exists(PROGRAM) ? null : PROGRAM + " missing. Run: apt-get install haproxy";
	}

	String jdbcUrl(String database) {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/" + database;
	}

	@Override
	public void close() {
		this.process.kill();
	}

}
