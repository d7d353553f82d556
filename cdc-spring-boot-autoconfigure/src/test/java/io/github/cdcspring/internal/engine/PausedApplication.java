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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import org.awaitility.Awaitility;

/**
 * An application in a JVM of its own that can be paused, and that notes each state of its
 * engine in the table {@code states}.
 */
final class PausedApplication {

	private PausedApplication() {
	}

	static Process start(TestDatabase database, String... properties) throws Exception {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", "-Xmx256m",
				PausedApplication.class.getName(), database.host(), String.valueOf(database.port()), database.name()));
		command.addAll(List.of(properties));
		return new ProcessBuilder(command).inheritIO().start();
	}

	static void signal(Process process, String signal) throws Exception {
		if (new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor() != 0) {
			throw new IllegalStateException("The process has ended");
		}
	}

	public static void main(String[] arguments) {
		TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2], "postgres",
				"postgres");
		TestApplication application = TestApplication.start(database, EffectsApplication.Effects.class,
				Arrays.copyOfRange(arguments, 3, arguments.length));
		EngineState noted = null;
		while (true) {
			EngineState last = noted;
			noted = Awaitility.await()
				.forever()
				.pollInterval(Duration.ofMillis(20))
				.until(() -> application.engine().status().state(), (state) -> state != last);
			database.execute("INSERT INTO states (state) VALUES ('" + noted + "')");
		}
	}

}
