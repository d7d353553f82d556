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
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Runs a Kafka broker and a Kafka Connect worker in one JVM, until the JVM that started
 * it ends. It has Kafka's class path, which is not that of the tests.
 */
final class KafkaLauncher {

	private KafkaLauncher() {
	}

	/**
	 * Start.
	 * @param arguments the file with the broker's properties, {@code -} for no broker;
	 * then the file with the worker's properties
	 */
	public static void main(String[] arguments) throws Exception {
		Thread parent = new Thread(KafkaLauncher::endWithParent);
		parent.setDaemon(true);
		parent.start();
		if (!arguments[0].equals("-")) {
			Class.forName("kafka.tools.StorageTool")
				.getMethod("execute", String[].class, PrintStream.class)
				.invoke(null, new String[] { "format", "--ignore-formatted", "--cluster-id", "4L6g3nShT-eMCtK--X86sw",
						"--config", arguments[0] }, new PrintStream(OutputStream.nullOutputStream()));
			new Thread(() -> run("kafka.Kafka", arguments[0])).start();
		}
		if (arguments.length > 1) {
			run("org.apache.kafka.connect.cli.ConnectDistributed", arguments[1]);
		}
	}

	private static void run(String type, String argument) {
		try {
			Class.forName(type).getMethod("main", String[].class).invoke(null, (Object) new String[] { argument });
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void endWithParent() {
		try {
			while (System.in.read() >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			// It has ended
		}
		Runtime.getRuntime().halt(0);
	}

}
