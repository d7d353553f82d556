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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An application in a JVM of its own, whose listener notes in a table what it did, to be
 * killed at any moment.
 */
final class EffectsApplication {

	private EffectsApplication() {
	}

	static Process start(TestDatabase database, String... properties) throws Exception {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", "-Xmx256m",
				EffectsApplication.class.getName(), database.host(), String.valueOf(database.port()), database.name()));
		command.addAll(List.of(properties));
		return new ProcessBuilder(command).inheritIO().start();
	}

	public static void main(String[] arguments) throws Exception {
		TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2], "postgres",
				"postgres");
		TestApplication.start(database, Effects.class, Arrays.copyOfRange(arguments, 3, arguments.length));
		Thread.currentThread().join();
	}

	static void createTables(TestDatabase database) {
		database.execute("CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)",
				"CREATE TABLE effects (seq bigserial PRIMARY KEY, id int, value int)",
				"CREATE TABLE lists (seq bigserial PRIMARY KEY, id int, value int)",
				"CREATE TABLE poison (id int PRIMARY KEY)");
		database.grantWriting("effects", "lists");
	}

	record Counter(int id, int value) {
	}

	static class Effects {

		private final JdbcTemplate jdbc;

		Effects(DataSource dataSource) {
			this.jdbc = new JdbcTemplate(dataSource);
		}

		@CdcListener(tables = "counters", id = "effects")
		void on(Counter counter) {
			this.jdbc.update("INSERT INTO effects (id, value) VALUES (?, ?)", counter.id(), counter.value());
			if (this.jdbc.queryForObject("SELECT count(*) FROM poison WHERE id = ?", Integer.class, counter.id()) > 0) {
				throw new IllegalStateException("poison");
			}
		}

		@CdcListener(tables = "counters", id = "lists")
		void list(List<Counter> counters) {
			this.jdbc.batchUpdate("INSERT INTO lists (id, value) VALUES (?, ?)",
					counters.stream().map((counter) -> new Object[] { counter.id(), counter.value() }).toList());
		}

	}

}
