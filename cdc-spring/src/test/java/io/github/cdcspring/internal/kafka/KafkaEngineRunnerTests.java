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

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.internal.engine.Obstacle;
import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;

import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class KafkaEngineRunnerTests {

	private final EngineSettings settings = KafkaRunTests.settings();

	private final TestObserver observer = new TestObserver();

	@Test
	void reportsAStoreThatDoesNotAnswer() throws Exception {
		KafkaEngineRunner runner = runner();
		Thread thread = new Thread(() -> runner.prepare().run(this.observer));
		thread.start();
		await().until(() -> this.observer.obstacles.containsKey(Obstacle.STORE));
		runner.stop(Duration.ofSeconds(5));
		thread.join();
	}

	@Test
	void aStopBeforeTheRunEndsItAtOnce() {
		this.observer.stopping = true;
		KafkaEngineRunner runner = runner();
		Thread thread = new Thread(() -> runner.prepare().run(this.observer));
		thread.start();
		await().atMost(Duration.ofSeconds(8)).until(() -> !thread.isAlive());
	}

	/** A stop gives up waiting for a start that looks at a server. */
	@Test
	void aStartThatEndsAfterTheStopWatchesNoConnector() {
		EngineSettings.Kafka kafka = new EngineSettings.Kafka("shop", "group", KafkaOrder.KEY,
				EngineSettings.Kafka.MAX_OUTAGE,
				new EngineSettings.Kafka.Connect(URI.create("http://localhost:1"), "shop"));
		Source source = new Source();
		KafkaEngineRunner runner = runner(kafka, source);
		source.opened = runner::close;
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(runner::prepare);
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("cdc-test-connector");
		source.opened = () -> {
		};
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(runner::prepare);
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).contains("cdc-test-connector");
		runner.close();
	}

	private KafkaEngineRunner runner() {
		return runner(this.settings.kafka(), new Source());
	}

	private KafkaEngineRunner runner(EngineSettings.Kafka kafka, Source source) {
		DeliveryOptions options = new DeliveryOptions(null, new HangingStore(), List.of());
		ListenerSet listeners = new ListenerSet("test", this.settings.listener(), List.of(),
				new RowMappers(new DefaultConversionService(), null)::mapperFor, options, null);
		return new KafkaEngineRunner(this.settings, kafka, listeners, source);
	}

	private static final class Source implements ConsumerSource {

		private volatile Runnable opened = () -> {
		};

		@Override
		public Consumer<byte[], byte[]> open(Map<String, Object> overrides, Map<String, Object> defaults) {
			this.opened.run();
			return new TestConsumer(0);
		}

		@Override
		public Map<String, Object> properties() {
			return Map.of();
		}

	}

	private static final class HangingStore implements ListenerErrorHandler {

		@Override
		public Outcome handle(Delivery delivery, ListenerFailedException failure) {
			return Outcome.STOP;
		}

		@Override
		public Duration longestStoreCall() {
			return Duration.ofMinutes(1);
		}

	}

}
