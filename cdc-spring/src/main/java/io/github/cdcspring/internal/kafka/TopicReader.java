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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.row.RecordedSequence;
import io.github.cdcspring.internal.startup.check.TopicStates;
import io.github.cdcspring.internal.support.NotReadyException;
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
import org.apache.kafka.common.errors.TopicAuthorizationException;
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
			Map<ConfigResource, Config> configs = new HashMap<>(get(admin.describeConfigs(resources).all()));
			offsetsRetention(admin, broker).ifPresent((config) -> configs.put(broker, config));
			List<TopicStates.Topic> topics = new ArrayList<>();
			replicas.forEach((topic, number) -> {
				Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic));
				topics.add(new TopicStates.Topic(topic, number, duration(config, "retention.ms", 1),
						retentionBytes(config), value(config, "cleanup.policy").contains("compact")));
			});
			return new TopicStates(brokers.size(), duration(configs.get(broker), "offsets.retention.minutes", 60_000),
					topics);
		}
		catch (ExecutionException | TimeoutException | KafkaException ex) {
			logger.info("Engine '{}' cannot describe its topics, so it does not check their retention and replication: "
					+ "{}", this.engine, name(ex));
			logger.debug("Describing the topics failed", ex);
			return TopicStates.UNKNOWN;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return TopicStates.UNKNOWN;
		}
	}

	/** An application may often describe its topics, but no broker. */
	private Optional<Config> offsetsRetention(Admin admin, ConfigResource broker)
			throws TimeoutException, InterruptedException {
		try {
			return Optional.ofNullable(get(admin.describeConfigs(List.of(broker)).all()).get(broker));
		}
		catch (ExecutionException | KafkaException ex) {
			logger.info("Engine '{}' cannot describe a broker, so it does not check 'offsets.retention.minutes': {}",
					this.engine, name(ex));
			logger.debug("Describing a broker failed", ex);
			return Optional.empty();
		}
	}

	private static String name(Exception ex) {
		Throwable cause = (ex instanceof ExecutionException && ex.getCause() != null) ? ex.getCause() : ex;
		return cause.getClass().getName();
	}

	private static <T> T get(KafkaFuture<T> future) throws ExecutionException, TimeoutException, InterruptedException {
		return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static String value(@Nullable Config config, String name) {
		ConfigEntry entry = (config != null) ? config.get(name) : null;
		return (entry != null && entry.value() != null) ? entry.value() : "";
	}

	private static @Nullable Duration duration(@Nullable Config config, String name, long unit) {
		Long number = number(config, name);
		return (number != null) ? Duration.ofMillis(Math.min(number, Long.MAX_VALUE / unit) * unit) : null;
	}

	/** The default of the brokers is often a limit that no topic reaches. */
	private static @Nullable Long retentionBytes(@Nullable Config config) {
		ConfigEntry entry = (config != null) ? config.get("retention.bytes") : null;
		return (entry != null && entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
				? number(config, "retention.bytes") : null;
	}

	/** A negative number is no limit. */
	private static @Nullable Long number(@Nullable Config config, String name) {
		String value = value(config, name);
		long number = value.isEmpty() ? -1 : Long.parseLong(value);
		return (number >= 0) ? number : null;
	}

	/**
	 * The highest LSN of the last events that a connector has written, whether the engine
	 * receives from their topics or not. Topics that may not be read are left out, so
	 * that the result is never too high.
	 * @param consumer a consumer without a subscription
	 * @param prefix the prefix of the connector's topics
	 * @return {@code null} if there is no event
	 * @throws NotReadyException if the partitions cannot be read to their ends
	 */
	static @Nullable Lsn highestLsn(Consumer<byte[], byte[]> consumer, String prefix) {
		Set<TopicPartition> partitions = new HashSet<>();
		consumer.listTopics(TIMEOUT).forEach((topic, infos) -> {
			if (topic.startsWith(prefix + ".")) {
				infos.forEach((info) -> partitions.add(new TopicPartition(topic, info.partition())));
			}
		});
		while (true) {
			try {
				return highestLsn(consumer, prefix, partitions);
			}
			catch (TopicAuthorizationException ex) {
				if (!partitions.removeIf((partition) -> ex.unauthorizedTopics().contains(partition.topic()))) {
					throw ex;
				}
			}
			finally {
				consumer.unsubscribe();
			}
		}
	}

	private static @Nullable Lsn highestLsn(Consumer<byte[], byte[]> consumer, String prefix,
			Collection<TopicPartition> partitions) {
		Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
		Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, TIMEOUT);
		consumer.assign(partitions);
		ends.forEach((partition, end) -> consumer.seek(partition,
				Math.max(beginnings.getOrDefault(partition, 0L), end - LAST_RECORDS)));
		TopicRecords records = new TopicRecords();
		Lsn highest = null;
		long deadline = System.nanoTime() + TIMEOUT.toNanos();
		while (ends.entrySet().stream().anyMatch((end) -> consumer.position(end.getKey(), TIMEOUT) < end.getValue())) {
			if (System.nanoTime() - deadline > 0) {
				throw new NotReadyException("The ends of topics '" + prefix + ".*' were not read within "
						+ TIMEOUT.toSeconds() + " s, so it is not known whether they contain what the slot has passed. "
						+ "The engine tries again. Check the brokers.");
			}
			for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
				Lsn lsn = lsn(records, record, prefix);
				highest = (lsn != null && (highest == null || lsn.isAfter(highest))) ? lsn : highest;
			}
		}
		return highest;
	}

	/** Topics of another connector may have a prefix that begins with this one. */
	private static @Nullable Lsn lsn(TopicRecords records, ConsumerRecord<byte[], byte[]> record, String prefix) {
		try {
			Object value = records.read(record).value();
			if (!RecordedSequence.isEvent(value)) {
				return null;
			}
			Struct source = ((Struct) value).getStruct("source");
			Long lsn = prefix.equals(source.getString("name")) ? source.getInt64("lsn") : null;
			return (lsn != null) ? new Lsn(lsn) : null;
		}
		catch (UnreadableRecordException ex) {
			return null;
		}
	}

}
