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

package io.github.cdcspring.benchmarks;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who takes part.
 *
 * @param id the id in results
 * @param title what it is, for people
 * @param receiver the name of its receiver
 * @param settings what the receiver is given
 */
record Contestant(String id, String title, String receiver, Map<String, String> settings) {

	static final Contestant RECVLOGICAL = new Contestant("pg_recvlogical", "pg_recvlogical", "pg_recvlogical",
			Map.of());

	static final Contestant DRIVER = new Contestant("pgjdbc", "pgjdbc stream, counted only", "pgjdbc", Map.of());

	static final Contestant DEBEZIUM = new Contestant("debezium", "Debezium engine, its defaults", "debezium",
			Map.of("settings", "debezium"));

	static final Contestant DEBEZIUM_TUNED = new Contestant("debezium-tuned", "Debezium engine, the starter's settings",
			"debezium", Map.of("settings", "starter"));

	static final Contestant INTEGRATION = new Contestant("spring-integration",
			"Spring Integration adapter, JSON by Jackson", "spring-integration", Map.of("settings", "starter"));

	private static final String LANES = "cdc.listener.concurrency";

	static Contestant starter(List<String> properties) {
		Map<String, String> settings = new LinkedHashMap<>();
		for (String property : properties) {
			int end = property.indexOf('=');
			settings.put(property.substring(0, end), property.substring(end + 1));
		}
		return new Contestant("starter", "**starter**, typed listener", "starter", settings);
	}

	/** Whether the program that it needs is there. */
	boolean isPossible() {
		return !this.receiver.equals("pg_recvlogical")
				|| Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
					.anyMatch((directory) -> Files.isExecutable(Path.of(directory, "pg_recvlogical")));
	}

	Contestant withLanes(int lanes) {
		return (lanes == 1) ? this : with(this.id + "-" + lanes, this.title + ", " + lanes + " lanes",
				Map.of(LANES, String.valueOf(lanes)));
	}

	Contestant with(String id, String title, Map<String, String> more) {
		Map<String, String> settings = new LinkedHashMap<>(this.settings);
		settings.putAll(more);
		return new Contestant(id, title, this.receiver, settings);
	}

}
