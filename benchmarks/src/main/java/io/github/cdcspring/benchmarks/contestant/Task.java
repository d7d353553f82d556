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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The task of a contestant's process, which it gets on its command line.
 *
 * @param receiver the name of the contestant's {@link Receiver}
 * @param port the port of the server
 * @param database the database
 * @param slot the slot, which no other process uses
 * @param publication the publication
 * @param rows the name of the row type, see {@link Rows}
 * @param events the number of events before the marker, 0 for an endless workload
 * @param warmUp the number of events that are not measured
 * @param work the time that the listener works for each event, in microseconds
 * @param directory the directory for the process' files
 * @param settings the settings of the contestant
 * @since 0.1.0
 */
public record Task(String receiver, int port, String database, String slot, String publication, String rows,
		long events, long warmUp, long work, Path directory, Map<String, String> settings) {

	static final String HOST = "127.0.0.1";

	static final String USER = "postgres";

	static final String PASSWORD = "postgres";

	private static final String SETTING = "set.";

	static Task parse(String[] arguments) {
		Map<String, String> values = new LinkedHashMap<>();
		Map<String, String> settings = new LinkedHashMap<>();
		for (String argument : arguments) {
			int end = argument.indexOf('=');
			String key = argument.substring(0, end);
			String value = argument.substring(end + 1);
			if (key.startsWith(SETTING)) {
				settings.put(key.substring(SETTING.length()), value);
			}
			else {
				values.put(key, value);
			}
		}
		return new Task(required(values, "receiver"), Integer.parseInt(required(values, "port")),
				required(values, "database"), required(values, "slot"), required(values, "publication"),
				required(values, "rows"), Long.parseLong(required(values, "events")),
				Long.parseLong(required(values, "warmUp")), Long.parseLong(required(values, "work")),
				Path.of(required(values, "directory")), settings);
	}

	private static String required(Map<String, String> values, String key) {
		String value = values.get(key);
		if (value == null) {
			throw new IllegalArgumentException("The argument '" + key + "' is missing");
		}
		return value;
	}

	/**
	 * Return the task as command-line arguments.
	 * @return the arguments
	 */
	public List<String> arguments() {
		List<String> arguments = new ArrayList<>(List.of("receiver=" + this.receiver, "port=" + this.port,
				"database=" + this.database, "slot=" + this.slot, "publication=" + this.publication,
				"rows=" + this.rows, "events=" + this.events, "warmUp=" + this.warmUp, "work=" + this.work,
				"directory=" + this.directory));
		this.settings.forEach((key, value) -> arguments.add(SETTING + key + "=" + value));
		return arguments;
	}

	String url() {
		return "jdbc:postgresql://" + HOST + ":" + this.port + "/" + this.database;
	}

	String setting(String key, String defaultValue) {
		@Nullable String value = this.settings.get(key);
		return (value != null) ? value : defaultValue;
	}

}
