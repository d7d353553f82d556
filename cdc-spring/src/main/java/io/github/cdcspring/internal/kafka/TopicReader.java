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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.row.RecordedSequence;
import io.github.cdcspring.internal.startup.check.TopicStates;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the topics are like, and where they end.
 */
final class TopicReader {

	private static final Logger logger = LoggerFactory.getLogger(TopicReader.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/** The last record of a partition may be without an event, such as a tombstone. */
	private static final int LAST_RECORDS = 5;

	private final String engine;

	private final Map<String, Object> properties;

	/**
	 * Create a reader.
	 * @param properties the properties of the application's consumers
	 */
	TopicReader(String engine, Map<String, Object> properties) {
		this.engine = engine;
		this.properties = new HashMap<>(properties);
		this.properties.keySet().retainAll(AdminClientConfig.configNames());
		this.properties.keySet().removeIf((name) -> name.startsWith("metric") || name.equals("client.id"));
	}

	/**
	 * Describe topics.
	 * @param replicas the smallest number of replicas of a partition, by topic
	 * @return what is known; it is unknown if the application may not describe
	 */
	TopicStates describe(Map<String, Integer> replicas) {
		try (Admin admin = Admin.create(this.properties)) {
			Collection<Node> brokers = get(admin.describeCluster().nodes());
			List<ConfigResource> resources = new ArrayList<>();
			replicas.keySet().forEach((topic) -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, topic)));
			ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER,
					brokers.iterator().next().idString());
			resources.add(broker);
			Map<ConfigResource, Config> configs = get(admin.describeConfigs(resources).all());
			List<TopicStates.Topic> topics = new ArrayList<>();
			replicas.forEach((topic, number) -> {
				Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic));
				topics.add(new TopicStates.Topic(topic, number, duration(config, "retention.ms", 1),
						value(config, "cleanup.policy").contains("compact")));
			});
			return new TopicStates(brokers.size(), duration(configs.get(broker), "offsets.retention.minutes", 60_000),
					topics);
		}
		catch (ExecutionException | TimeoutException | KafkaException ex) {
			logger.info("Engine '{}' cannot describe its topics, so it does not check their retention and replication",
					this.engine, ex);
			return TopicStates.UNKNOWN;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return TopicStates.UNKNOWN;
		}
	}

	private static <T> T get(KafkaFuture<T> future) throws ExecutionException, TimeoutException, InterruptedException {
		return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static String value(@Nullable Config config, String name) {
		ConfigEntry entry = (config != null) ? config.get(name) : null;
		return (entry != null && entry.value() != null) ? entry.value() : "";
	}

	private static @Nullable Duration duration(@Nullable Config config, String name, long unit) {
		String value = value(config, name);
		long number = value.isEmpty() ? -1 : Long.parseLong(value);
		return (number >= 0) ? Duration.ofMillis(Math.min(number, Long.MAX_VALUE / unit) * unit) : null;
	}

	/**
	 * The highest LSN of the last events of partitions.
	 * @param consumer a consumer without a subscription
	 * @return {@code null} if there is no event
	 */
	static @Nullable Lsn highestLsn(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
		Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
		Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, TIMEOUT);
		consumer.assign(partitions);
		partitions.forEach((partition) -> consumer.seek(partition,
				Math.max(beginnings.get(partition), ends.get(partition) - LAST_RECORDS)));
		TopicRecords records = new TopicRecords();
		Lsn highest = null;
		long deadline = System.nanoTime() + TIMEOUT.toNanos();
		while (ends.entrySet().stream().anyMatch((end) -> consumer.position(end.getKey(), TIMEOUT) < end.getValue())
				&& System.nanoTime() - deadline < 0) {
			for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
				Lsn lsn = lsn(records, record);
				highest = (lsn != null && (highest == null || lsn.isAfter(highest))) ? lsn : highest;
			}
		}
		consumer.unsubscribe();
		return highest;
	}

	private static @Nullable Lsn lsn(TopicRecords records, ConsumerRecord<byte[], byte[]> record) {
		try {
			Object value = records.read(record).value();
			Long lsn = RecordedSequence.isEvent(value) ? ((Struct) value).getStruct("source").getInt64("lsn") : null;
			return (lsn != null) ? new Lsn(lsn) : null;
		}
		catch (UnreadableRecordException ex) {
			return null;
		}
	}

}
