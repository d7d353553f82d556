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

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A change does not wait for the existing rows that are read meanwhile.
 */
@PostgresTest
class BackfillBesideStreamIT {

	private static final int CHUNK = 10;

	private static final int CHANGES = 50;

	/** The size of Debezium's queue. */
	private static final int QUEUE = 8192;

	@Test
	void changeIsDeliveredBeforeTheChunkOfAnotherReader(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "CREATE TABLE changes (id int PRIMARY KEY)",
				"INSERT INTO items SELECT generate_series(1, 2000)", "ANALYZE items");
		try (TestApplication application = TestApplication.run(database, Recorder.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=" + CHUNK, "cdc.backfill.concurrency=2")) {
			Recorder recorder = application.bean(Recorder.class);
			application.engine().backfill().start("items");
			// The other reader takes part
			await().until(() -> BackfillReaders.waiting() == 2);
			recorder.first.countDown();
			assertThat(recorder.reached.await(2, TimeUnit.MINUTES)).isTrue();
			// It has read a chunk, too
			await().until(() -> BackfillReaders.waiting() == 2);
			int delivered = recorder.delivered.size();
			change(database, application);
			recorder.second.countDown();
			await().untilAsserted(() -> assertThat(recorder.delivered).hasSize(2000 + CHANGES));
			assertThat(recorder.delivered.indexOf("CREATE") - delivered).isLessThanOrEqualTo(CHUNK);
		}
	}

	@Test
	void changeIsDeliveredBeforeTheRestOfAChunk(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "CREATE TABLE changes (id int PRIMARY KEY)",
				"INSERT INTO items SELECT generate_series(1, 2000)");
		try (TestApplication application = TestApplication.run(database, Recorder.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=500")) {
			Recorder recorder = application.bean(Recorder.class);
			recorder.first.countDown();
			application.engine().backfill().start("items");
			assertThat(recorder.reached.await(2, TimeUnit.MINUTES)).isTrue();
			int delivered = recorder.delivered.size();
			change(database, application);
			recorder.second.countDown();
			await().untilAsserted(() -> assertThat(recorder.delivered).hasSize(2000 + CHANGES));
			assertThat(recorder.delivered.indexOf("CREATE") - delivered).isLessThan(100);
		}
	}

	/** Change more rows than there can be other events, until all changes wait. */
	private static void change(TestDatabase database, TestApplication application) {
		database.execute("INSERT INTO changes SELECT generate_series(1, " + CHANGES + ")");
		await().until(() -> application.engine().queueFill() * QUEUE >= CHANGES);
	}

	static class Recorder {

		/** Opens the way for all rows, but not for the ones after the middle. */
		final CountDownLatch first = new CountDownLatch(1);

		final CountDownLatch reached = new CountDownLatch(1);

		final CountDownLatch second = new CountDownLatch(1);

		final List<String> delivered = new CopyOnWriteArrayList<>();

		@CdcListener({ "items", "changes" })
		void on(ChangeEvent<Map<String, @Nullable Object>> event) throws InterruptedException {
			this.first.await();
			if (event.operation() == Operation.READ && (int) event.after().get("id") > 1000) {
				this.reached.countDown();
				this.second.await();
			}
			this.delivered.add(event.operation().name());
		}

	}

}
