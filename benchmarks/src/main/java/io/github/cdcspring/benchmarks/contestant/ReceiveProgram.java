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

import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * The baseline: counts the output of PostgreSQL's own program.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/app-pgrecvlogical.html">PostgreSQL:
 * pg_recvlogical</a>
 */
final class ReceiveProgram implements Receiver {

	private static final int BUFFER = 1 << 20;

	@Override
	public void receive(Task task, Sink sink) throws Exception {
		ProcessBuilder program = new ProcessBuilder("pg_recvlogical", "--host=" + Task.HOST, "--port=" + task.port(),
				"--username=" + Task.USER, "--dbname=" + task.database(), "--slot=" + task.slot(), "--start",
				"--no-loop", "--file=-", "--option=proto_version=1", "--option=publication_names=" + task.publication())
			.redirectError(ProcessBuilder.Redirect.INHERIT);
		program.environment().put("PGPASSWORD", Task.PASSWORD);
		Process process = program.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		// A halt does not run the hook, but then the program ends with its pipe
		try (InputStream output = process.getInputStream()) {
			count(output, new PgOutput(sink));
		}
		throw new IllegalStateException("pg_recvlogical exited with status " + process.waitFor());
	}

	/** The program writes a line feed after each message. */
	private static void count(InputStream output, PgOutput messages) throws Exception {
		ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
		for (int read = output.read(buffer.array(), 0, BUFFER); read != -1; read = output.read(buffer.array(),
				buffer.position(), buffer.remaining())) {
			buffer.position(buffer.position() + read);
			buffer.flip();
			for (@Nullable
			Integer length = next(buffer); length != null; length = next(buffer)) {
				messages.message(buffer.slice(buffer.position(), length));
				buffer.position(buffer.position() + length + 1);
			}
			buffer.compact();
		}
	}

	private static @Nullable Integer next(ByteBuffer buffer) {
		Integer length = buffer.hasRemaining() ? PgOutput.length(buffer) : null;
		return (length != null && length < buffer.remaining()) ? length : null;
	}

}
