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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.internal.listener.DeliveryGuard;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerContext;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RecordHandoverTests {

	private static final TopicPartition OTHER = new TopicPartition("shop.eu.public.item", 0);

	private static final TopicPartition RENAMED = new TopicPartition("shop.renamed", 0);

	private final TestRecords records = new TestRecords();

	private final Single single = new Single();

	private final Whole whole = new Whole();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final PartitionProgress progress = new PartitionProgress(0, true, 1);

	private @Nullable RecordHandover handover;

	@AfterEach
	void stop() {
		if (this.handover != null) {
			this.handover.abandon();
		}
	}

	@Test
	void commitsNothingBehindTheBeginningOfACollectedTransaction() {
		start(this.whole);
		add(this.records.transaction(0, "BEGIN"), this.records.event(1, "c"));
		await().until(() -> this.progress.handedOver() == 2);
		assertThat(this.progress.uncommitted()).isNull();
		add(this.records.transaction(2, "END"));
		await().until(() -> Long.valueOf(3).equals(this.progress.uncommitted()));
		assertThat(this.whole.received).containsExactly(1);
	}

	@Test
	void aTransactionThatBeginsAgainReplacesTheOneThatHasNoEnd() {
		start(this.whole);
		add(this.records.transaction(0, "BEGIN"), this.records.event(1, "c"), this.records.transaction(2, "BEGIN"),
				this.records.event(3, "c"));
		await().until(() -> Long.valueOf(2).equals(this.progress.uncommitted()) && this.progress.handedOver() == 4);
		add(this.records.transaction(4, "END"));
		await().until(() -> Long.valueOf(5).equals(this.progress.uncommitted()));
		assertThat(this.whole.received).containsExactly(1);
	}

	@Test
	void commitsWithinATransactionThatNoListenerTakesAsAWhole() {
		start(this.single);
		add(this.records.transaction(0, "BEGIN"), this.records.event(1, "c"));
		await().until(() -> Long.valueOf(2).equals(this.progress.uncommitted()));
	}

	@Test
	void skipsEventsOfAConnectorWhosePrefixBeginsWithTheEngines() {
		start(this.single);
		add(this.records.event(OTHER.topic(), 10, "c", "shop.eu"));
		add(this.records.event(OTHER.topic(), 11, "c", "shop"));
		add(this.records.event(RENAMED.topic(), 12, "c", "original"));
		add(this.records.event(13, "c"));
		await().until(() -> Long.valueOf(14).equals(this.progress.uncommitted()));
		assertThat(this.single.received).containsExactly("0/B", "0/C", "0/D");
		assertThat(this.handover.partitions().get(OTHER).uncommitted()).isEqualTo(12);
	}

	private void start(Object bean) {
		boolean collects = bean == this.whole;
		RecordHandover handover = new RecordHandover("test", Long.MAX_VALUE, dispatcher(bean), null,
				new OtherConnectors("test", "shop"), collects, this.failures::add);
		this.handover = handover;
		handover.partitions().put(new TopicPartition(TestRecords.TOPIC, 0), this.progress);
		handover.partitions().put(OTHER, new PartitionProgress(0, true, 1));
		handover.partitions().put(RENAMED, new PartitionProgress(0, true, 1));
		handover.start();
	}

	private ListenerDispatcher dispatcher(Object bean) {
		try (AnnotationConfigApplicationContext context = ListenerContext
			.of((registry) -> registry.registerBean("bean", Object.class, () -> bean))) {
			EngineSettings.Listener settings = ListenerContext.settings(
					new EngineSettings.Retry(1, Duration.ofMillis(1), 1, Duration.ofMillis(1), Set.of()),
					new EngineSettings.Dispatch(1, 100, 1 << 20, 1 << 20, false));
			return new ListenerSet("test", settings, context.getBean(ListenerRegistry.class).endpoints(),
					new RowMappers(new DefaultConversionService(), null)::mapperFor, DeliveryOptions.NONE, null)
				.dispatcher(DeliveryGuard.NONE, this.failures::add);
		}
	}

	@SafeVarargs
	private void add(ConsumerRecord<byte[], byte[]>... records) {
		for (ConsumerRecord<byte[], byte[]> record : records) {
			assertThat(this.failures).isEmpty();
			this.handover.add(new ConsumerRecords<>(
					Map.of(new TopicPartition(record.topic(), record.partition()), List.of(record)), Map.of()));
		}
	}

	static class Single {

		final List<String> received = new CopyOnWriteArrayList<>();

		@CdcListener({ "item" })
		void on(EventPosition position) {
			this.received.add(position.lsn().toString());
		}

	}

	static class Whole {

		final List<Integer> received = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "item", wholeTransactions = true)
		void on(List<ChangeEvent<Map<String, Object>>> events) {
			this.received.add(events.size());
		}

	}

}
