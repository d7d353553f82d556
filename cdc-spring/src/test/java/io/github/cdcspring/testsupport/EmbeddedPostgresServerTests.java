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
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class EmbeddedPostgresServerTests {

	@TempDir
	private Path folder;

	@Test
	void keepsPortAndDataOverARestart() throws IOException {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.builder().start()) {
			TestDatabase database = server.createDatabase("kept");
			database.execute("CREATE TABLE numbers (id int)", "INSERT INTO numbers VALUES (42)");
			server.stop();
			assertThatIllegalStateException().isThrownBy(() -> database.queryForText("SELECT 1"));
			server.startAgain();
			assertThat(database.queryForText("SELECT id FROM numbers")).isEqualTo("42");
		}
	}

	@Test
	void removesItsFilesWhenClosed() throws IOException {
		Path data = this.folder.resolve("data");
		EmbeddedPostgresServer server = EmbeddedPostgresServer.builder().dataDirectory(data).start();
		assertThat(data).isNotEmptyDirectory();
		server.close();
		assertThat(data).doesNotExist();
		server.close();
	}

	@Test
	void listensOnLoopbackWithLogicalDecoding() throws IOException {
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.builder().setting("work_mem", "5MB").start()) {
			TestDatabase database = server.database("postgres");
			assertThat(database.queryForText("SHOW listen_addresses")).isEqualTo("localhost");
			assertThat(database.queryForText("SHOW wal_level")).isEqualTo("logical");
			assertThat(database.queryForText("SHOW work_mem")).isEqualTo("5MB");
		}
	}

	@Test
	void stopsAndRemovesItsFilesWhenTheJvmExits() throws Exception {
		Path data = this.folder.resolve("data");
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), Exiting.class.getName(), data.toString())
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("output").toFile())
			.start();
		assertThat(jvm.waitFor()).as(Files.readString(this.folder.resolve("output"))).isZero();
		assertThat(data).doesNotExist();
		int port = Integer.parseInt(Files.readString(data.resolveSibling("port")));
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("localhost", port).close());
	}

	/**
	 * Exits without closing its server.
	 */
	static final class Exiting {

		private Exiting() {
		}

		public static void main(String[] arguments) throws IOException {
			Path data = Path.of(arguments[0]);
			EmbeddedPostgresServer server = EmbeddedPostgresServer.builder().dataDirectory(data).start();
			Files.writeString(data.resolveSibling("port"), String.valueOf(server.port()));
		}

	}

}
