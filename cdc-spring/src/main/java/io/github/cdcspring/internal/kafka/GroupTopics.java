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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.GroupChecks;
import io.github.cdcspring.internal.startup.check.GroupPartition;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * The topics of an engine, and what its consumer group has committed for them.
 */
final class GroupTopics {

	static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final EngineSettings settings;

	private final EngineSettings.Kafka kafka;

	private final Pattern topics;

	/** The topics with the other order. */
	private final Pattern otherTopics;

	GroupTopics(EngineSettings settings, EngineSettings.Kafka kafka, List<ListenerEndpoint> listeners) {
		this.settings = settings;
		this.kafka = kafka;
		this.topics = TopicSubscription.of(kafka, listeners);
		KafkaOrder other = (kafka.order() == KafkaOrder.KEY) ? KafkaOrder.STREAM : KafkaOrder.KEY;
		this.otherTopics = TopicSubscription.of(new EngineSettings.Kafka(kafka.topicPrefix(), kafka.groupId(), other),
				listeners);
	}

	/** The topics that the engine receives from. */
	Pattern pattern() {
		return this.topics;
	}

	/**
	 * Read the topics.
	 * @throws KafkaException if no broker answers
	 */
	Reading read(Consumer<?, ?> consumer) {
		Map<String, List<PartitionInfo>> all = new TreeMap<>(consumer.listTopics(TIMEOUT));
		Map<String, List<PartitionInfo>> found = topics(all, (topic) -> this.topics.matcher(topic).matches());
		return new Reading(found, partitions(consumer, found), partitions(consumer, topics(all, this::hasOtherOrder)));
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

	/** The commits are read first, because they follow the ends. */
	private static List<GroupPartition> partitions(Consumer<?, ?> consumer, Map<String, List<PartitionInfo>> topics) {
		if (topics.isEmpty()) {
			return List.of();
		}
		List<TopicPartition> partitions = topics.values()
			.stream()
			.flatMap(List::stream)
			.map((partition) -> new TopicPartition(partition.topic(), partition.partition()))
			.toList();
		Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions), TIMEOUT);
		Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, TIMEOUT);
		Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
		return partitions.stream().map((partition) -> {
			OffsetAndMetadata offset = committed.get(partition);
			return new GroupPartition(partition.topic(), partition.partition(),
					(offset != null) ? offset.offset() : null, beginnings.getOrDefault(partition, 0L),
					ends.getOrDefault(partition, 0L), PartitionCount.of(offset));
		}).toList();
	}

	/**
	 * Check what was read. Log each accepted rule with its risk.
	 * @return the accepted risks
	 * @throws StartRefusedException if a rule refuses the start
	 */
	List<AcceptedRisk> check(Reading reading) {
		reading.topics()
			.forEach((topic, partitions) -> StreamTopic.check(this.settings, this.kafka, topic, partitions.size()));
		return GroupChecks.check(this.settings, this.kafka, reading.partitions(), reading.others(), this::receives);
	}

	/** What {@link #check} would refuse. */
	List<Violation> refused(Reading reading) {
		List<Violation> refused = new ArrayList<>(
				GroupChecks.refused(this.settings, this.kafka, reading.partitions(), reading.others(), this::receives));
		reading.topics()
			.forEach((topic, partitions) -> refused
				.addAll(StreamTopic.violations(this.settings, this.kafka, topic, partitions.size())));
		return refused;
	}

	private boolean receives(String topic) {
		return this.otherTopics.matcher(topic).matches();
	}

	/**
	 * What the brokers know.
	 *
	 * @param topics the topics that the engine receives from
	 * @param partitions their partitions
	 * @param others the partitions of topics that the connector's other order writes
	 */
	record Reading(Map<String, List<PartitionInfo>> topics, List<GroupPartition> partitions,
			List<GroupPartition> others) {

	}

}
