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

package io.github.cdcspring.starter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;

/**
 * A program that runs only Debezium's engine. It prints topic and value of each event,
 * and stops when its standard input says so.
 */
final class BareEngine {

	private static volatile boolean closing;

	private BareEngine() {
	}

	@SuppressWarnings("checkstyle:RegexpSinglelineJava")
	public static void main(String[] args) throws Exception {
		Properties properties = new Properties();
		for (String arg : args) {
			properties.setProperty(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
		}
		DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
			.using(properties)
			.using((success, message, error) -> System.out
				.println("END " + (success || isOfClose(error)) + " " + message + " " + error))
			.notifying((event) -> System.out.println("EVENT " + event.destination() + " " + event.value()))
			.build();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		executor.execute(engine);
		awaitStop();
		closing = true;
		engine.close();
		executor.shutdown();
	}

	/**
	 * Debezium's engine rejects a record that arrives while it closes, such as a
	 * heartbeat.
	 */
	private static boolean isOfClose(Throwable error) {
		return closing && error instanceof RejectedExecutionException;
	}

	private static void awaitStop() throws IOException {
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		String command = commands.readLine();
		while (command != null && !command.equals("stop")) {
			command = commands.readLine();
		}
	}

}
