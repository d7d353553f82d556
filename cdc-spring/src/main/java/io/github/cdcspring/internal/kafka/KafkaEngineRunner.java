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
import io.github.cdcspring.internal.engine.Obstacle;
import io.github.cdcspring.internal.engine.StoreWatch;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.ConnectorChecks;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
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

	private final @Nullable ConnectorReader connector;

	private volatile List<AcceptedRisk> accepted = List.of();

	/** Whether the connector was compared since the application started. */
	private volatile boolean verified;

	private volatile @Nullable KafkaRun run;

	private volatile @Nullable ConnectorWatch connectorWatch;

	/** A run that was stopped while a listener was working, or {@code null}. */
	private volatile @Nullable KafkaRun abandoned;

	KafkaEngineRunner(EngineSettings settings, EngineSettings.Kafka kafka, ListenerSet listeners,
			ConsumerSource consumers) {
		this.settings = settings;
		this.kafka = kafka;
		this.listeners = listeners;
		this.consumers = consumers;
		this.topics = TopicSubscription.of(kafka, listeners.endpoints());
		EngineSettings.Kafka.Connect connect = kafka.connect();
		this.connector = (connect != null) ? new ConnectorReader(settings, connect) : null;
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
		verifyConnector();
		try (Consumer<byte[], byte[]> consumer = open()) {
			Map<String, List<PartitionInfo>> topics = consumer.listTopics(CONNECT_TIMEOUT);
			List<String> found = topics.keySet()
				.stream()
				.filter((topic) -> this.topics.matcher(topic).matches())
				.sorted()
				.toList();
			for (String topic : found) {
				List<PartitionInfo> partitions = topics.getOrDefault(topic, List.of());
				StreamTopic.check(this.settings, this.kafka, topic, partitions.size());
			}
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

	/**
	 * A connector that was compared once need not be compared at a restart while Kafka
	 * Connect does not answer: Kafka has events that can be received meanwhile.
	 */
	private void verifyConnector() {
		EngineSettings.Kafka.Connect connect = this.kafka.connect();
		ConnectorReader connector = this.connector;
		if (connect == null || connector == null) {
			return;
		}
		Map<String, String> running;
		try {
			running = connector.read();
		}
		catch (NotReadyException ex) {
			if (!this.verified) {
				throw ex;
			}
			logger.warn("Engine '{}' starts again without another look at its connector. {}", this.settings.name(),
					ex.getMessage());
			return;
		}
		List<TablePattern> tables = this.listeners.endpoints()
			.stream()
			.flatMap((listener) -> listener.tables().stream())
			.toList();
		this.accepted = ConnectorChecks.check(this.settings, this.kafka, connect, tables, running);
		this.verified = true;
	}

	/** The risks of the connector that the operator accepted for the last start. */
	List<AcceptedRisk> acceptedRisks() {
		return this.accepted;
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
		ConnectorWatch watch = watchConnector(observer);
		this.connectorWatch = watch;
		try (StoreWatch storeWatch = new StoreWatch(this.settings.name(), this.listeners.options()::longestStoreCall,
				(problem) -> observer.obstructed(Obstacle.STORE, problem))) {
			storeWatch.start();
			if (observer.isStopping()) {
				run.requestStop(Duration.ZERO);
			}
			EngineFailure failure = run.run();
			this.abandoned = run.isDelivering() ? run : null;
			return failure;
		}
		finally {
			this.run = null;
			this.connectorWatch = null;
			if (watch != null) {
				watch.close();
			}
		}
	}

	private @Nullable ConnectorWatch watchConnector(Observer observer) {
		ConnectorReader connector = this.connector;
		if (connector == null) {
			return null;
		}
		ConnectorWatch watch = new ConnectorWatch(this.settings.name(), connector,
				this.settings.health().streamTimeout().dividedBy(2),
				(problem) -> observer.obstructed(Obstacle.CONNECTOR, problem));
		watch.start();
		return watch;
	}

	/** The state of the connector, {@code null} if it is not known. */
	@Nullable ConnectorStatus connectorStatus() {
		ConnectorWatch watch = this.connectorWatch;
		return (watch != null) ? watch.latest() : null;
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
