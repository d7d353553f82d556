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

package io.github.cdcspring.internal.debezium;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.debezium.config.Configuration;
import io.debezium.pipeline.DataChangeEvent;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class EventQueueTests {

	private static final int BATCH = 10;

	private final Map<String, String> task = Map.of("max.batch.size", String.valueOf(BATCH), RunContext.PROPERTY,
			"session");

	@Test
	void handsOverWhatComes() throws Exception {
		EventQueue queue = queue();
		CompletableFuture<List<SourceRecord>> taken = CompletableFuture.supplyAsync(() -> take(queue));

		queue.enqueue(event(1));

		assertThat(topics(taken.get(30, TimeUnit.SECONDS))).containsExactly("1");
		assertThat(queue.size()).isZero();
	}

	@Test
	void handsOverNoMoreThanABatchAndKeepsTheOrder() throws Exception {
		EventQueue queue = queue();
		for (int number = 0; number < BATCH + 2; number++) {
			queue.enqueue(event(number));
		}

		assertThat(topics(take(queue))).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
		assertThat(queue.size()).isEqualTo(2);
		assertThat(topics(take(queue))).containsExactly("10", "11");
	}

	@Test
	void handsOverNothingAfterAWhileOfSilence() {
		assertThat(take(queue())).isEmpty();
	}

	@Test
	void givesDebeziumWhatItAsksFor() throws Exception {
		EventQueue queue = queue();
		queue.enqueue(event(1));

		assertThat(queue.size()).isOne();
		assertThat(queue.poll().getRecord().topic()).isEqualTo("1");
		assertThat(queue.poll()).isNull();
		assertThat(queue.size()).isZero();
	}

	@Test
	void isFullByItsBytesForTheThreadThatAdds() throws Exception {
		EventQueue queue = new EventQueue();
		queue.configure(Map.of(EventQueue.MAX_BYTES, "2000", RunContext.PROPERTY, "session"));
		queue.enqueue(event(1));
		assertThat(queue.size()).isOne();
		queue.enqueue(event(2));

		assertThat(queue.size()).isEqualTo(Integer.MAX_VALUE);
		assertThat(CompletableFuture.supplyAsync(queue::size).get(30, TimeUnit.SECONDS)).isEqualTo(2);
		queue.poll();
		assertThat(queue.size()).isOne();
	}

	@Test
	void holdsWhoAddsBackUntilWhatWasTakenIsDoneWith() {
		EventQueue queue = small();
		CompletableFuture<Void> added = adding(queue);
		await().until(() -> queue.size() == 2);

		assertThat(topics(take(queue))).containsExactly("1", "2");
		assertThat(added).isNotDone();
		assertThat(take(queue)).isEmpty();
		assertThat(added).succeedsWithin(Duration.ofSeconds(30));
	}

	@Test
	void doesNotLetDebeziumLookWhileWhoAddsIsHeldBack() throws Exception {
		EventQueue queue = small();
		CompletableFuture<Void> added = adding(queue);
		await().untilAsserted(() -> assertThat(queue.pollWith(() -> List.of(record(3)))).isEmpty());
		take(queue);
		take(queue);
		added.get(30, TimeUnit.SECONDS);

		assertThat(topics(queue.pollWith(() -> List.of(record(3))))).containsExactly("3");
	}

	@Test
	void holdsNobodyBackWhileDebeziumLooks() throws Exception {
		EventQueue queue = small();

		queue.pollWith(() -> {
			queue.enqueue(event(1));
			queue.enqueue(event(2));
			return List.of();
		});

		assertThat(queue.size()).isEqualTo(Integer.MAX_VALUE);
		assertThat(topics(take(queue))).containsExactly("1", "2");
	}

	@Test
	void belongsToTheTaskItWasMadeFor() {
		EventQueue queue = queue();

		assertThat(EventQueue.createdFor(Configuration.from(this.task))).isSameAs(queue);
		assertThat(EventQueue.createdFor(Configuration.from(this.task))).isNull();
	}

	/** Full with two events, as its task has it. */
	private EventQueue small() {
		Map<String, String> task = Map.of(EventQueue.MAX_BYTES, "2000", RunContext.PROPERTY, "small");
		new EventQueue().configure(task);
		EventQueue queue = EventQueue.createdFor(Configuration.from(task));
		assertThat(queue).isNotNull();
		return queue;
	}

	/** Adds two events. */
	private static CompletableFuture<Void> adding(EventQueue queue) {
		return CompletableFuture.runAsync(() -> {
			try {
				queue.enqueue(event(1));
				queue.enqueue(event(2));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private EventQueue queue() {
		EventQueue queue = new EventQueue();
		queue.configure(this.task);
		return queue;
	}

	private static List<SourceRecord> take(EventQueue queue) {
		try {
			return queue.take();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static DataChangeEvent event(int number) {
		return new DataChangeEvent(record(number));
	}

	private static SourceRecord record(int number) {
		return new SourceRecord(Map.of(), Map.of(), String.valueOf(number), null, null);
	}

	private static List<String> topics(List<SourceRecord> records) {
		return records.stream().map(SourceRecord::topic).toList();
	}

}
