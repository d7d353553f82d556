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

package io.github.cdcspring.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One application with two engines, whose databases have one role.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class SeveralEnginesIT {

	private static final String SECRET = "s3cr3t-of-the-replication-role";

	@Test
	void eachEngineHasItsOwnSlotAndOffset(TestDatabase database, CapturedOutput output) {
		TestDatabase second = TestPostgres.shared().createDatabase();
		database.grantOwnership();
		second.grantOwnership();
		String role = database.name() + "_repl";
		database.execute("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + SECRET + "' IN ROLE "
				+ database.applicationRole() + ", " + second.applicationRole());
		second.execute("CREATE TABLE entries (id int PRIMARY KEY, note text)");
		try (TestApplication application = TestApplication.run(database, Listeners.class,
				"cdc.connection.username=" + role, "cdc.connection.password=" + SECRET,
				"cdc.engines.second.connection.url=" + second.jdbcUrl(), "logging.level.io.debezium=INFO",
				"logging.level.org.apache.kafka=INFO", "logging.level.io.github.cdcspring=DEBUG")) {
			assertThat(output).contains("database.password").doesNotContain(SECRET);
			assertThat(application.engines()).extracting(EmbeddedCdcEngine::name)
				.containsExactlyInAnyOrder("default", "second");
			assertThat(application.engines()).extracting((engine) -> engine.settings().slot().name())
				.containsExactlyInAnyOrder(database.name(), database.name() + "_second");
			database.execute("SELECT pg_logical_emit_message(true, 'hello', 'engines')");
			second.execute("INSERT INTO entries VALUES (1, 'one')");
			List<String> seen = application.bean(Listeners.class).seen;
			await().untilAsserted(() -> assertThat(seen).contains("entries CREATE public.entries 1 one"));
			await().untilAsserted(() -> assertThat(database.queryForTexts("SELECT engine FROM cdc_offset"))
				.containsExactlyInAnyOrder("default", "second"));
		}
	}

	record Entry(Integer id, String note) {

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@CdcListener(tables = "entries", engine = "second")
	@interface EntriesListener {

	}

	static class Listeners {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener(messages = "hello")
		void message() {
			this.seen.add("message");
		}

		@EntriesListener
		void entry(Operation operation, TableId table, Entry entry) {
			this.seen.add("entries " + operation + " " + table + " " + entry.id() + " " + entry.note());
		}

	}

}
