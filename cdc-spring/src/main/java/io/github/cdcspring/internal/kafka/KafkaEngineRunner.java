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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.engine.EngineRunner;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the runs of an engine that receives from Kafka.
 */
final class KafkaEngineRunner implements EngineRunner {

	private static final Logger logger = LoggerFactory.getLogger(KafkaEngineRunner.class);

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private final EngineSettings settings;

	private final EngineSettings.Kafka kafka;

	private final ListenerSet listeners;

	private final ConsumerSource consumers;

	private final Pattern topics;

	private final Progress progress = new Progress();

	private volatile @Nullable KafkaRun run;

	/** A run that was stopped while a listener was working, or {@code null}. */
	private volatile @Nullable KafkaRun abandoned;

	KafkaEngineRunner(EngineSettings settings, EngineSettings.Kafka kafka, ListenerSet listeners,
			ConsumerSource consumers) {
		this.settings = settings;
		this.kafka = kafka;
		this.listeners = listeners;
		this.consumers = consumers;
		this.topics = TopicSubscription.of(kafka, listeners.endpoints());
	}

	@Override
	public PreparedRun prepare() {
		judge();
		return this::run;
	}

	/**
	 * Check what the deliveries need, and that Kafka answers.
	 */
	@Override
	public void judge() {
		this.listeners.options().preparations().forEach(Runnable::run);
		try (Consumer<byte[], byte[]> consumer = open()) {
			List<String> found = consumer.listTopics(CONNECT_TIMEOUT)
				.keySet()
				.stream()
				.filter((topic) -> this.topics.matcher(topic).matches())
				.sorted()
				.toList();
			if (found.isEmpty()) {
				logger.warn("Engine '{}' finds no topic that matches {}. It receives events as soon as the connector "
						+ "has created one. If that does not happen, compare 'topic.prefix' of the connector with {}.",
						this.settings.name(), this.topics, this.settings.property("kafka.topic-prefix"));
			}
			else {
				logger.info("Engine '{}' joins consumer group '{}' for {}", this.settings.name(), this.kafka.groupId(),
						found);
			}
		}
		catch (KafkaException ex) {
			throw KafkaFailures.translate(ex, this.settings);
		}
	}

	private Consumer<byte[], byte[]> open() {
		Map<String, Object> overrides = new HashMap<>();
		overrides.put(ConsumerConfig.GROUP_ID_CONFIG, this.kafka.groupId());
		overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		// An offset that is out of range means lost events, which must not be skipped
		overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
		overrides.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
		Map<String, Object> defaults = new HashMap<>();
		if (!"consumer".equalsIgnoreCase(String.valueOf(this.consumers.properties().get("group.protocol")))) {
			defaults.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
					CooperativeStickyAssignor.class.getName());
		}
		// A table's first event creates its topic
		defaults.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
		return this.consumers.open(overrides, defaults);
	}

	private @Nullable EngineFailure run(Observer observer) {
		KafkaRun run;
		try {
			RegistrationPruning pruning = (this.listeners.options().advice() != null)
					? new RegistrationPruning(this.settings, this.listeners.options()) : null;
			run = new KafkaRun(this.settings, this.listeners, this.topics, open(),
					GroupLimits.of(this.consumers.properties()), pruning, this.progress, observer);
		}
		catch (KafkaException ex) {
			return EngineFailure.of(null, KafkaFailures.translate(ex, this.settings));
		}
		this.run = run;
		try {
			if (observer.isStopping()) {
				run.stop(Duration.ZERO);
			}
			EngineFailure failure = run.run();
			this.abandoned = run.isDelivering() ? run : null;
			return failure;
		}
		finally {
			this.run = null;
		}
	}

	@Override
	public boolean stop(Duration timeout) {
		KafkaRun run = this.run;
		return run == null || run.stop(timeout);
	}

	@Override
	public boolean isDelivering() {
		KafkaRun abandoned = this.abandoned;
		if (abandoned != null && !abandoned.isDelivering()) {
			this.abandoned = null;
			return false;
		}
		return abandoned != null;
	}

	/** The offsets are Kafka's. */
	@Override
	public Lsn storedLsn() {
		return Lsn.ZERO;
	}

	/** The partitions that this instance has, and how far they are processed. */
	Map<TopicPartition, PartitionProgress> partitions() {
		KafkaRun run = this.run;
		return (run != null) ? run.partitions() : Map.of();
	}

}
