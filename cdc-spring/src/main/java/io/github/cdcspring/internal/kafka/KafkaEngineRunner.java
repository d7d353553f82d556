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
import java.util.TreeMap;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.engine.EngineRunner;
import io.github.cdcspring.internal.engine.Obstacle;
import io.github.cdcspring.internal.engine.StoreWatch;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.TopicStates;
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

	private final EngineSettings settings;

	private final EngineSettings.Kafka kafka;

	private final ListenerSet listeners;

	private final ConsumerSource consumers;

	private final GroupTopics topics;

	private final Progress progress = new Progress();

	private final @Nullable ConnectorStart connector;

	private volatile List<AcceptedRisk> acceptedOfGroup = List.of();

	private volatile @Nullable KafkaRun run;

	private volatile @Nullable ConnectorWatch connectorWatch;

	/** How often the engine was stopped. A start may still look at a server then. */
	private volatile int stops;

	/** What was read of the connector before the engine was stopped. */
	private volatile ConnectorReading lastReading = ConnectorReading.UNKNOWN;

	/** A run that was stopped while a listener was working, or {@code null}. */
	private volatile @Nullable KafkaRun abandoned;

	KafkaEngineRunner(EngineSettings settings, EngineSettings.Kafka kafka, ListenerSet listeners,
			ConsumerSource consumers) {
		this.settings = settings;
		this.kafka = kafka;
		this.listeners = listeners;
		this.consumers = consumers;
		this.topics = new GroupTopics(settings, kafka, listeners.endpoints());
		EngineSettings.Kafka.Connect connect = kafka.connect();
		this.connector = (connect != null) ? new ConnectorStart(settings, kafka, connect, tables(listeners)) : null;
	}

	private static List<TablePattern> tables(ListenerSet listeners) {
		return listeners.endpoints().stream().flatMap((listener) -> listener.tables().stream()).toList();
	}

	@Override
	public PreparedRun prepare() {
		int stops = this.stops;
		try {
			ConnectorStart.Change change = judgeAll();
			if (this.connector != null) {
				this.connector.apply(change, this::kafkaEnd);
			}
		}
		finally {
			// A connector that fails, and a slot that retains WAL, are told of in any
			// case
			watchConnector(stops);
		}
		return this::run;
	}

	@Override
	public void judge() {
		judgeAll();
	}

	/**
	 * Check what the deliveries need, that Kafka answers, and the connector.
	 * @return what is to be changed of the connector
	 */
	private ConnectorStart.Change judgeAll() {
		this.listeners.options().preparations().forEach(Runnable::run);
		try (Consumer<byte[], byte[]> consumer = open()) {
			GroupTopics.Reading found = this.topics.read(consumer);
			this.acceptedOfGroup = this.topics.check(found);
			ConnectorStart.Change change = judgeConnector(found.topics());
			if (found.topics().isEmpty()) {
				logger.warn("Engine '{}' finds no topic that matches {}. It receives events as soon as the connector "
						+ "has created one. If that does not happen, compare 'topic.prefix' of the connector with {}.",
						this.settings.name(), this.topics.pattern(), this.settings.property("kafka.topic-prefix"));
			}
			return change;
		}
		catch (KafkaException ex) {
			throw KafkaFailures.translate(ex, this.settings);
		}
	}

	private @Nullable Lsn kafkaEnd() {
		try (Consumer<byte[], byte[]> consumer = open()) {
			return TopicReader.highestLsn(consumer, this.kafka.topicPrefix());
		}
		catch (KafkaException ex) {
			throw KafkaFailures.translate(ex, this.settings);
		}
	}

	private ConnectorStart.Change judgeConnector(Map<String, List<PartitionInfo>> found) {
		if (this.connector == null) {
			return ConnectorStart.Change.NONE;
		}
		Map<String, Integer> replicas = new TreeMap<>();
		found.forEach((topic, partitions) -> replicas.put(topic,
				partitions.stream().mapToInt((partition) -> partition.replicas().length).min().orElse(0)));
		TopicStates states = (replicas.isEmpty() || this.kafka.maxOutage().isZero()) ? TopicStates.UNKNOWN
				: new TopicReader(this.settings.name(), this.consumers.properties()).describe(replicas);
		return this.connector.judge(states, this::kafkaEnd);
	}

	/** The risks of group and connector that the operator accepted for the last start. */
	List<AcceptedRisk> acceptedRisks() {
		List<AcceptedRisk> ofConnector = (this.connector != null) ? this.connector.accepted() : List.of();
		return Stream.concat(this.acceptedOfGroup.stream(), ofConnector.stream()).toList();
	}

	/** The connector of the settings, {@code null} if Kafka Connect is not asked. */
	@Nullable ConnectorStart connector() {
		return this.connector;
	}

	private Consumer<byte[], byte[]> open() {
		return open(new HashMap<>());
	}

	/** A client of its own, because it is open beside that of a run. */
	private Consumer<byte[], byte[]> openForWatch() {
		return open(new HashMap<>(
				Map.of(ConsumerConfig.CLIENT_ID_CONFIG, "cdc-" + this.settings.name() + "-" + this.kafka.groupId())));
	}

	private Consumer<byte[], byte[]> open(Map<String, Object> overrides) {
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
			run = new KafkaRun(this.settings, this.listeners, this.topics.pattern(), open(),
					GroupLimits.of(this.consumers.properties()), pruning, this.progress, observer);
		}
		catch (KafkaException ex) {
			return EngineFailure.of(null, KafkaFailures.translate(ex, this.settings));
		}
		this.run = run;
		ConnectorWatch watch = this.connectorWatch;
		if (watch != null) {
			watch.tell((problem) -> observer.obstructed(Obstacle.CONNECTOR, problem));
		}
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
			if (watch != null) {
				watch.tell(null);
			}
		}
	}

	private synchronized void watchConnector(int stops) {
		ConnectorStart connector = this.connector;
		if (connector == null || this.connectorWatch != null || stops != this.stops) {
			return;
		}
		ConnectorWatch watch = new ConnectorWatch(this.settings.name(), connector,
				new GroupWatch(this.topics, this::openForWatch), this::kafkaEnd,
				this.settings.health().streamTimeout().dividedBy(2));
		this.connectorWatch = watch;
		watch.start();
	}

	/** The engine is not needed any more. */
	synchronized void close() {
		this.stops++;
		ConnectorWatch watch = this.connectorWatch;
		if (watch != null) {
			watch.close();
			this.lastReading = watch.latest();
			this.connectorWatch = null;
		}
	}

	/** What was read of the connector, now or before the engine was stopped. */
	ConnectorReading connectorReading() {
		ConnectorWatch watch = this.connectorWatch;
		ConnectorReading latest = (watch != null) ? watch.latest() : ConnectorReading.UNKNOWN;
		if (latest.readAt() != null || this.lastReading.readAt() == null) {
			return latest;
		}
		return this.lastReading.withStatus(latest.status())
			.withProblem("Slot and offset were not read since the engine has stopped.");
	}

	/**
	 * Why no event arrives in the topics, {@code null} if one may, or that is not known.
	 */
	@Nullable String connectorProblem() {
		ConnectorWatch watch = this.connectorWatch;
		return (watch != null) ? watch.problem() : null;
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
