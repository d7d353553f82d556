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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * The way past an event that cannot be read, step by step as the runbook describes it.
 */
@PostgresTest
class UnreadableEventIT {

	@Test
	void isPassedAsTheRunbookSays(TestDatabase database) throws IOException {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Notes.class)) {
			database.execute("INSERT INTO notes VALUES (1)");
			await().until(() -> application.bean(Notes.class).keys.contains("1"));
		}
		database.execute("INSERT INTO notes VALUES (2)", "ALTER TABLE notes ADD \"ID\" int");
		database.inTransaction("INSERT INTO notes VALUES (3, 3)", "INSERT INTO notes VALUES (4, 4)");
		database.execute("ALTER TABLE notes RENAME \"ID\" TO number", "INSERT INTO notes VALUES (5, 5)");
		String failure = failure(database);
		database.awaitFree(database.name());
		String section = section();
		String peek = statement(section, "SELECT lsn, xid, data .*?;").replace("<slot>", database.name())
			.replace("<publication>", database.name());
		String commit = database.queryForText("SELECT min(lsn) FROM (" + peek.replace(";", "")
				+ ") c WHERE get_byte(data, 0) = ascii('C') AND lsn > '"
				+ find("at ([0-9A-F]+/[0-9A-F]+)|follows ([0-9A-F]+/[0-9A-F]+)", failure) + "'");
		database.execute(statement(section, "SELECT pg_replication_slot_advance.*?;").replace("<slot>", database.name())
			.replace("<lsn of the commit>", String.valueOf(commit)));
		Throwable refusal = catchThrowable(() -> TestApplication.start(database, Notes.class));
		assertThat(refusal).rootCause().hasMessageContaining("cdc.safety.accept-gap=");
		String gap = find("(cdc\\.safety\\.accept-gap=[0-9A-F/]+-[0-9A-F/]+)", rootMessage(refusal));
		try (TestApplication application = TestApplication.run(database, Notes.class, gap)) {
			Notes notes = application.bean(Notes.class);
			await().until(() -> notes.keys.contains("5"));
			assertThat(notes.keys).doesNotContain("3", "4");
			application.engine().backfill().start("notes");
			await().until(() -> notes.keys.containsAll(List.of("3", "4")));
		}
	}

	private static String failure(TestDatabase database) {
		try (TestApplication application = TestApplication.start(database, Notes.class)) {
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			await().until(() -> application.bean(Notes.class).keys.contains("2"));
			assertThat(application.bean(Notes.class).keys).doesNotContain("3", "4", "5");
			return String.valueOf(application.engine().status().failure());
		}
	}

	private static String section() throws IOException {
		String page = Files.readString(Path.of("..", "docs", "runbook.md"));
		int start = page.indexOf("### unreadable-event");
		return page.substring(start, page.indexOf("\n## ", start));
	}

	private static String statement(String section, String pattern) {
		Matcher statement = Pattern.compile(pattern, Pattern.DOTALL).matcher(section);
		assertThat(statement.find()).as(pattern).isTrue();
		return statement.group();
	}

	private static String find(String pattern, String text) {
		Matcher found = Pattern.compile(pattern).matcher(text);
		assertThat(found.find()).as(text).isTrue();
		return (found.group(1) != null) ? found.group(1) : found.group(2);
	}

	private static String rootMessage(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return String.valueOf(root.getMessage());
	}

	static class Notes {

		final List<String> keys = new CopyOnWriteArrayList<>();

		@CdcListener("notes")
		void on(RowKey key) {
			this.keys.add(String.valueOf(key.single()));
		}

	}

}
