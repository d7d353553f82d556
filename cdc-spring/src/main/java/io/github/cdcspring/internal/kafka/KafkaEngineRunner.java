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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.engine.EngineRunner;
import io.github.cdcspring.internal.engine.Obstacle;
import io.github.cdcspring.internal.engine.StoreWatch;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.GroupChecks;
import io.github.cdcspring.internal.startup.check.GroupPartition;
import io.github.cdcspring.internal.startup.check.TopicStates;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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

	/** The topics with the other order. */
	private final Pattern otherTopics;

	private final Progress progress = new Progress();

	private final @Nullable ConnectorStart connector;

	private volatile List<AcceptedRisk> acceptedOfGroup = List.of();

	private volatile @Nullable KafkaRun run;

	private volatile @Nullable ConnectorWatch connectorWatch;

	/** What was read of the connector before, when no run reads it. */
	private volatile ConnectorReading lastReading = ConnectorReading.UNKNOWN;

	/** A run that was stopped while a listener was working, or {@code null}. */
	private volatile @Nullable KafkaRun abandoned;

	KafkaEngineRunner(EngineSettings settings, EngineSettings.Kafka kafka, ListenerSet listeners,
			ConsumerSource consumers) {
		this.settings = settings;
		this.kafka = kafka;
		this.listeners = listeners;
		this.consumers = consumers;
		this.topics = TopicSubscription.of(kafka, listeners.endpoints());
		KafkaOrder other = (kafka.order() == KafkaOrder.KEY) ? KafkaOrder.STREAM : KafkaOrder.KEY;
		this.otherTopics = TopicSubscription.of(new EngineSettings.Kafka(kafka.topicPrefix(), kafka.groupId(), other),
				listeners.endpoints());
		EngineSettings.Kafka.Connect connect = kafka.connect();
		this.connector = (connect != null) ? new ConnectorStart(settings, kafka, connect, tables(listeners)) : null;
	}

	private static List<TablePattern> tables(ListenerSet listeners) {
		return listeners.endpoints().stream().flatMap((listener) -> listener.tables().stream()).toList();
	}

	@Override
	public PreparedRun prepare() {
		try {
			ConnectorStart.Change change = judgeAll();
			if (this.connector != null) {
				this.connector.apply(change, this::kafkaEnd);
			}
		}
		catch (StartRefusedException ex) {
			readAtRefusal();
			throw ex;
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
			Map<String, List<PartitionInfo>> all = new TreeMap<>(consumer.listTopics(CONNECT_TIMEOUT));
			Map<String, List<PartitionInfo>> found = topics(all, (topic) -> this.topics.matcher(topic).matches());
			found
				.forEach((topic, partitions) -> StreamTopic.check(this.settings, this.kafka, topic, partitions.size()));
			this.acceptedOfGroup = GroupChecks.check(this.settings, this.kafka, groupPartitions(consumer, found),
					groupPartitions(consumer, topics(all, this::hasOtherOrder)),
					(topic) -> this.otherTopics.matcher(topic).matches());
			ConnectorStart.Change change = judgeConnector(found);
			if (found.isEmpty()) {
				logger.warn("Engine '{}' finds no topic that matches {}. It receives events as soon as the connector "
						+ "has created one. If that does not happen, compare 'topic.prefix' of the connector with {}.",
						this.settings.name(), this.topics, this.settings.property("kafka.topic-prefix"));
			}
			return change;
		}
		catch (KafkaException ex) {
			throw KafkaFailures.translate(ex, this.settings);
		}
	}

	private static Map<String, List<PartitionInfo>> topics(Map<String, List<PartitionInfo>> all,
			Predicate<String> included) {
		Map<String, List<PartitionInfo>> found = new TreeMap<>(all);
		found.keySet().removeIf(included.negate());
		return found;
	}

	/** Whether the connector writes to the topic if it has the other order. */
	private boolean hasOtherOrder(String topic) {
		if (this.topics.matcher(topic).matches()) {
			return false;
		}
		return (this.kafka.order() == KafkaOrder.KEY) ? topic.equals(this.kafka.streamTopic())
				: topic.startsWith(this.kafka.topicPrefix() + ".");
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

	private static List<TopicPartition> partitions(Map<String, List<PartitionInfo>> topics) {
		return topics.values()
			.stream()
			.flatMap(List::stream)
			.map((partition) -> new TopicPartition(partition.topic(), partition.partition()))
			.toList();
	}

	/** The commits are read first, because they follow the ends. */
	private static List<GroupPartition> groupPartitions(Consumer<?, ?> consumer,
			Map<String, List<PartitionInfo>> found) {
		if (found.isEmpty()) {
			return List.of();
		}
		Set<TopicPartition> partitions = Set.copyOf(partitions(found));
		Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions, CONNECT_TIMEOUT);
		Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, CONNECT_TIMEOUT);
		Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, CONNECT_TIMEOUT);
		return partitions(found).stream().map((partition) -> {
			OffsetAndMetadata offset = committed.get(partition);
			return new GroupPartition(partition.topic(), partition.partition(),
					(offset != null) ? offset.offset() : null, beginnings.getOrDefault(partition, 0L),
					ends.getOrDefault(partition, 0L), PartitionCount.of(offset));
		}).toList();
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
				this.lastReading = watch.latest();
			}
		}
	}

	private @Nullable ConnectorWatch watchConnector(Observer observer) {
		ConnectorStart connector = this.connector;
		if (connector == null) {
			return null;
		}
		ConnectorWatch watch = new ConnectorWatch(this.settings.name(), connector, this::kafkaEnd,
				this.settings.health().streamTimeout().dividedBy(2),
				(problem) -> observer.obstructed(Obstacle.CONNECTOR, problem));
		watch.start();
		return watch;
	}

	/** What was read of the connector, by the current run or before it. */
	ConnectorReading connectorReading() {
		ConnectorWatch watch = this.connectorWatch;
		ConnectorReading latest = (watch != null) ? watch.latest() : ConnectorReading.UNKNOWN;
		if (latest.readAt() != null || this.lastReading.readAt() == null) {
			return latest;
		}
		return this.lastReading.withStatus(latest.status())
			.withProblem("Slot and offset were not read since the engine has stopped receiving.");
	}

	/** A slot that nothing receives from retains WAL, so a refusal reads it, too. */
	private void readAtRefusal() {
		ConnectorStart connector = this.connector;
		if (connector == null) {
			return;
		}
		try {
			this.lastReading = this.lastReading.withPreview(connector.preview(this::kafkaEnd));
		}
		catch (RuntimeException ex) {
			logger.debug("Engine '{}' cannot read slot and offset of its connector", this.settings.name(), ex);
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
