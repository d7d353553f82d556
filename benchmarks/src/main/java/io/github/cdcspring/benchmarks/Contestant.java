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
 * A contestant.
 *
 * @param id the id in the results
 * @param title the title in reports
 * @param receiver the name of its receiver
 * @param settings the settings of the receiver
 */
record Contestant(String id, String title, String receiver, Map<String, String> settings) {

	static final Contestant RECVLOGICAL = new Contestant("pg_recvlogical", "pg_recvlogical", "pg_recvlogical",
			Map.of());

	static final Contestant DRIVER = new Contestant("pgjdbc", "pgjdbc stream, counts only", "pgjdbc", Map.of());

	static final Contestant DEBEZIUM = new Contestant("debezium", "Debezium engine, default settings", "debezium",
			Map.of("settings", "debezium"));

	static final Contestant DEBEZIUM_TUNED = new Contestant("debezium-tuned", "Debezium engine, the starter's settings",
			"debezium", Map.of("settings", "starter"));

	static final Contestant INTEGRATION = new Contestant("spring-integration",
			"Spring Integration adapter, JSON with Jackson", "spring-integration", Map.of("settings", "starter"));

	private static final String CONCURRENCY = "cdc.listener.concurrency";

	static Contestant starter(List<String> properties) {
		Map<String, String> settings = new LinkedHashMap<>();
		for (String property : properties) {
			int end = property.indexOf('=');
			settings.put(property.substring(0, end), property.substring(end + 1));
		}
		return new Contestant("starter", "**starter**, typed listener", "starter", settings);
	}

	/** Whether the program that the contestant needs is installed. */
	boolean isInstalled() {
		return !this.receiver.equals("pg_recvlogical")
				|| Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
					.anyMatch((directory) -> Files.isExecutable(Path.of(directory, "pg_recvlogical")));
	}

	Contestant withConcurrency(int concurrency) {
		return (concurrency == 1) ? this : with(this.id + "-" + concurrency,
				this.title + ", concurrency " + concurrency, Map.of(CONCURRENCY, String.valueOf(concurrency)));
	}

	Contestant with(String id, String title, Map<String, String> more) {
		Map<String, String> settings = new LinkedHashMap<>(this.settings);
		settings.putAll(more);
		return new Contestant(id, title, this.receiver, settings);
	}

}
