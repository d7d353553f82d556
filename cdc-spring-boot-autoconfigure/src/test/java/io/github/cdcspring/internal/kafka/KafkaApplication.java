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

package io.github.cdcspring.internal.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;

/**
 * An instance of an application in a JVM of its own, to be killed at any moment.
 */
final class KafkaApplication {

	private KafkaApplication() {
	}

	static Process start(TestDatabase database, List<String> properties) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
						"-Xmx256m", KafkaApplication.class.getName(), database.host(), String.valueOf(database.port()),
						database.name(), database.user(), database.password()));
		command.addAll(properties);
		return new ProcessBuilder(command).inheritIO().start();
	}

	public static void main(String[] arguments) throws Exception {
		TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2],
				arguments[3], arguments[4]);
		TestApplication.start(database, KafkaIT.Copier.class, Arrays.copyOfRange(arguments, 5, arguments.length));
		Thread.currentThread().join();
	}

}
