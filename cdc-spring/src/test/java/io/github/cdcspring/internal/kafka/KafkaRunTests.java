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

package io.github.cdcspring.internal.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerContext;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs on a consumer without a broker.
 */
class KafkaRunTests {

	private static final TopicPartition PARTITION = TestConsumer.PARTITION;

	private final TestRecords records = new TestRecords();

	private final Progress progress = new Progress();

	private final TestObserver observer = new TestObserver();

	private final Item item = new Item();

	private @Nullable Thread thread;

	private @Nullable KafkaRun run;

	@AfterEach
	void stop() throws InterruptedException {
		this.item.released.countDown();
		if (this.run != null && this.thread != null) {
			this.run.stop(Duration.ofSeconds(10));
			this.thread.join();
		}
	}

	@Test
	void commitsWhereAGroupBeginsAlthoughNothingIsProcessed() {
		TestConsumer consumer = new TestConsumer(0);
		start(consumer);
		await().until(() -> !consumer.committed(Set.of(PARTITION)).isEmpty());
		assertThat(consumer.committed(Set.of(PARTITION))).containsEntry(PARTITION,
				new OffsetAndMetadata(0, "partitions=1"));
	}

	@Test
	void commitsTheNumberOfPartitionsThatTheBrokersHave() {
		TestConsumer consumer = new TestConsumer(0);
		consumer.informed = false;
		consumer.partitions = 3;
		start(consumer);
		await().until(() -> !consumer.committed(Set.of(PARTITION)).isEmpty());
		assertThat(consumer.committed(Set.of(PARTITION))).containsEntry(PARTITION,
				new OffsetAndMetadata(0, "partitions=3"));
	}

	@Test
	void commitsNoNumberOfPartitionsThatTheBrokersDoNotKnow() throws InterruptedException {
		TestConsumer consumer = new TestConsumer(0);
		consumer.informed = false;
		consumer.partitions = 0;
		AtomicReference<EngineFailure> failure = new AtomicReference<>();
		KafkaRun run = run(consumer);
		Thread thread = new Thread(() -> failure.set(run.run()));
		thread.start();
		thread.join();
		assertThat(failure.get().toString()).contains("a broker knows 0 of its partitions");
	}

	@Test
	void aPollThatFailsDoesNotEndTheRunWhileAListenerIsWorking() throws InterruptedException {
		TestConsumer consumer = new TestConsumer(0);
		start(consumer);
		consumer.add(this.records.event(0, "c"));
		await().until(() -> this.item.calls.get() == 1);
		consumer.failing = true;
		await().until(() -> consumer.failedPolls.get() > 20);
		assertThat(this.observer.failures).hasSize(1);
		assertThat(this.thread.isAlive()).isTrue();
		assertThat(this.item.interrupted).isFalse();
		this.item.released.countDown();
		this.thread.join();
		assertThat(this.run.isDelivering()).isFalse();
	}

	@Test
	void theFailureOfAListenerRemainsUntilTheGroupHasProcessedTheEvent() throws InterruptedException {
		this.item.released.countDown();
		this.item.fails = true;
		for (int attempt = 0; attempt < 2; attempt++) {
			TestConsumer consumer = new TestConsumer(0);
			start(consumer);
			consumer.add(this.records.event(0, "c"));
			this.thread.join();
			assertThat(this.observer.stored).isEmpty();
		}
		TestConsumer other = new TestConsumer(0);
		other.owned = false;
		start(other);
		await().until(() -> this.observer.streaming.get() == 3);
		await().until(() -> other.asked.get() > 2);
		assertThat(this.observer.stored).isEmpty();
		other.committedElsewhere = 1;
		await().until(() -> !this.observer.stored.isEmpty());
	}

	@Test
	void knowsTheEndsOfPausedPartitions() {
		TestConsumer consumer = new TestConsumer(0);
		start(consumer);
		for (int offset = 0; offset < 2_000; offset++) {
			consumer.add(this.records.event(offset, "c"));
		}
		await().until(() -> consumer.paused().contains(PARTITION));
		consumer.updateEndOffsets(Map.of(PARTITION, 9_000L));
		await().until(() -> Long.valueOf(9_000).equals(this.run.partitions().get(PARTITION).end()));
	}

	@Test
	void receivesNothingOfATopicThatHadAnotherNumberOfPartitions() throws InterruptedException {
		TestConsumer consumer = new TestConsumer(0);
		consumer.committedBefore = PartitionCount.commit(0, 2);
		AtomicReference<EngineFailure> failure = new AtomicReference<>();
		KafkaRun run = run(consumer);
		Thread thread = new Thread(() -> failure.set(run.run()));
		thread.start();
		thread.join();
		assertThat(failure.get().toString()).contains("has 1 partitions, and had 2");
	}

	private KafkaRun run(TestConsumer consumer) {
		EngineSettings settings = settings();
		return new KafkaRun(settings, listeners(settings), Pattern.compile(".*"), consumer,
				new GroupLimits(Duration.ofMinutes(1), Duration.ofMinutes(1)), null, this.progress, this.observer);
	}

	private void start(TestConsumer consumer) {
		KafkaRun run = run(consumer);
		this.run = run;
		int streaming = this.observer.streaming.get();
		this.thread = new Thread(run::run);
		this.thread.start();
		await().until(() -> this.observer.streaming.get() > streaming);
	}

	static EngineSettings settings() {
		EngineSettings base = new TestEngine().settings();
		EngineSettings.Offset offset = base.offset();
		return EngineSettings
			.builder("test", base.connection(), base.slot(), base.publication(),
					new EngineSettings.Offset(offset.store(), Duration.ofMillis(10), offset.filePath(),
							offset.jdbcTable(), true),
					ListenerContext.settings(
							new EngineSettings.Retry(1, Duration.ofMillis(1), 1, Duration.ofMillis(1), Set.of()),
							new EngineSettings.Dispatch(1, 100, 32 << 20, 64 << 20, false)))
			.kafka(new EngineSettings.Kafka("shop", "group", KafkaOrder.KEY))
			.build();
	}

	private ListenerSet listeners(EngineSettings settings) {
		try (AnnotationConfigApplicationContext context = ListenerContext
			.of((registry) -> registry.registerBean("bean", Item.class, () -> this.item))) {
			return new ListenerSet("test", settings.listener(), context.getBean(ListenerRegistry.class).endpoints(),
					new RowMappers(new DefaultConversionService(), null)::mapperFor, DeliveryOptions.NONE, null);
		}
	}

	static class Item {

		final CountDownLatch released = new CountDownLatch(1);

		final AtomicInteger calls = new AtomicInteger();

		volatile boolean fails;

		volatile boolean interrupted;

		@CdcListener("item")
		void on(TableId table) {
			this.calls.incrementAndGet();
			while (this.released.getCount() > 0) {
				try {
					this.released.await();
				}
				catch (InterruptedException ex) {
					this.interrupted = true;
				}
			}
			if (this.fails) {
				throw new IllegalStateException("Expected");
			}
		}

	}

}
