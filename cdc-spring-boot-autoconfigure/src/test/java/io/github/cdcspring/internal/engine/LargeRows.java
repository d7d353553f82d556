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

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rows of 50 MB. Run by the profile {@code large}.
 */
@PostgresTest
class LargeRows {

	private static final int SIZE = 50_000_000;

	private static final int ROWS = 30;

	@ParameterizedTest
	@CsvSource({ "text,1", "text,4", "bytea,1", "bytea,4" })
	void rowsOfFiftyMegabytesAreDelivered(String type, int concurrency, TestDatabase database) {
		database.execute("CREATE TABLE documents (id int PRIMARY KEY, n int NOT NULL, content " + type + ")");
		try (TestApplication application = TestApplication.run(database,
				type.equals("text") ? Texts.class : Bytes.class, "cdc.listener.concurrency=" + concurrency);
				HeapGauge gauge = new HeapGauge(
						"%d rows of 50 MB of %s, %d lane(s)".formatted(ROWS, type, concurrency))) {
			List<String> seen = application.bean(Documents.class).seen;
			String content = type.equals("text") ? "repeat('x', " + SIZE + ")" : "repeat('x', " + SIZE + ")::bytea";
			for (int i = 1; i <= ROWS / 2; i++) {
				database.execute("INSERT INTO documents VALUES (" + i + ", 0, " + content + ")");
			}
			database.execute("INSERT INTO documents SELECT i, 0, " + content + " FROM generate_series(" + (ROWS / 2 + 1)
					+ ", " + ROWS + ") i", "UPDATE documents SET n = 1");
			awaitServerHeldBack(database);
			application.bean(Documents.class).proceed.countDown();
			await().atMost(Duration.ofMinutes(15))
				.pollInterval(Duration.ofSeconds(1))
				.untilAsserted(() -> assertThat(seen).hasSize(2 * ROWS));
			for (int i = 1; i <= ROWS; i++) {
				assertThat(seen).containsOnlyOnce("CREATE " + i + " " + SIZE, "UPDATE " + i + " not sent");
			}
		}
		database.execute("DROP TABLE documents");
	}

	/**
	 * The first listener call waits until the server can send no more: everything between
	 * it and the listener is as full as it gets.
	 */
	private static void awaitServerHeldBack(TestDatabase database) {
		String sent = "SELECT sent_lsn FROM pg_stat_replication";
		await().atMost(Duration.ofMinutes(10))
			.pollInterval(Duration.ofSeconds(5))
			.until(new Callable<@Nullable String>() {

				private @Nullable String last;

				private @Nullable String now;

				@Override
				public @Nullable String call() {
					this.last = this.now;
					this.now = database.queryForText(sent);
					return (this.now != null && this.now.equals(this.last)) ? this.now : null;
				}

			}, Objects::nonNull);
	}

	abstract static class Documents {

		final CountDownLatch proceed = new CountDownLatch(1);

		final List<String> seen = new CopyOnWriteArrayList<>();

		void add(Operation operation, int id, ColumnValue<?> content, int length) throws InterruptedException {
			this.proceed.await();
			this.seen.add(operation + " " + id + " " + (content.isAvailable() ? length : "not sent"));
		}

	}

	record Text(int id, ColumnValue<String> content) {

	}

	static class Texts extends Documents {

		@CdcListener("documents")
		void on(Text document, Operation operation) throws InterruptedException {
			add(operation, document.id(), document.content(),
					document.content().isAvailable() ? document.content().get().length() : 0);
		}

	}

	record Binary(int id, ColumnValue<byte[]> content) {

	}

	static class Bytes extends Documents {

		@CdcListener("documents")
		void on(Binary document, Operation operation) throws InterruptedException {
			add(operation, document.id(), document.content(),
					document.content().isAvailable() ? document.content().get().length : 0);
		}

	}

}
