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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.internal.startup.check.GroupChecks;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the rebalances of the group, on the thread that polls.
 */
final class Rebalances implements ConsumerRebalanceListener {

	private static final Logger logger = LoggerFactory.getLogger(Rebalances.class);

	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration PAUSE = Duration.ofMillis(5);

	private final EngineSettings settings;

	private final Consumer<byte[], byte[]> consumer;

	private final RecordHandover handover;

	private final GroupGuard guard;

	private final PartitionCommits commits;

	private final Duration revokeTimeout;

	private final Membership membership;

	private boolean joined;

	private boolean leaving;

	/**
	 * Create a listener.
	 * @param revokeTimeout how long a revoked partition is kept for its events in flight
	 */
	Rebalances(EngineSettings settings, Consumer<byte[], byte[]> consumer, RecordHandover handover, GroupGuard guard,
			PartitionCommits commits, Duration revokeTimeout, Membership membership) {
		this.settings = settings;
		this.consumer = consumer;
		this.handover = handover;
		this.guard = guard;
		this.commits = commits;
		this.revokeTimeout = revokeTimeout;
		this.membership = membership;
	}

	/** The run leaves the group, and has waited for its events in flight. */
	void leave() {
		this.leaving = true;
	}

	@Override
	public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
		try {
			assigned(partitions);
		}
		catch (KafkaException ex) {
			this.membership.failed(KafkaFailures.translate(ex, this.settings));
		}
		catch (RuntimeException ex) {
			this.membership.failed(ex);
		}
	}

	private void assigned(Collection<TopicPartition> partitions) {
		if (!partitions.isEmpty()) {
			// Another instance may have parked events of their keys
			this.membership.starting();
			if (this.guard.isExpired()) {
				throw new NotReadyException("Reading the parked and processed events of the new partitions has taken "
						+ "too long, so the partitions may belong to another instance. The engine joins the "
						+ "consumer group again. Check the database and the size of the connection pool.");
			}
			begin(partitions);
		}
		if (!this.joined) {
			this.joined = true;
			this.membership.joined();
		}
	}

	/** A group begins with the first record, and not where the stream is now. */
	private void begin(Collection<TopicPartition> partitions) {
		Consumer<byte[], byte[]> consumer = this.consumer;
		Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions), CALL_TIMEOUT);
		List<TopicPartition> unknown = partitions.stream()
			.filter((partition) -> committed.get(partition) == null)
			.toList();
		if (!unknown.isEmpty()) {
			// No partition means all partitions
			consumer.seekToBeginning(unknown);
		}
		Map<String, Integer> counts = countPartitions(partitions);
		Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
		for (TopicPartition partition : partitions) {
			long position = position(partition);
			boolean known = committed.get(partition) != null;
			int count = counts.getOrDefault(partition.topic(), 0);
			this.handover.partitions().put(partition, new PartitionProgress(position, known, count));
			if (!known) {
				warnOfDeletedRecords(partition, position);
			}
			if (!Objects.equals(PartitionCount.of(committed.get(partition)), count)) {
				beginnings.put(partition, PartitionCount.commit(position, count));
			}
		}
		commitBeginnings(beginnings);
		logger.info("Engine '{}' receives from {}", this.settings.name(), names(partitions));
	}

	/**
	 * How many partitions each topic has, as what is committed for them has to say. The
	 * consumer may have known a topic before partitions were added.
	 */
	private Map<String, Integer> countPartitions(Collection<TopicPartition> partitions) {
		Map<String, Integer> counts = new HashMap<>();
		partitions.forEach((partition) -> counts.merge(partition.topic(), partition.partition() + 1, Math::max));
		counts.replaceAll((topic, least) -> {
			List<PartitionInfo> infos = describe(topic, least);
			this.membership.receiving(topic, infos);
			return infos.size();
		});
		requireUnchanged(counts);
		return counts;
	}

	/** A number that is too low would be committed. */
	private List<PartitionInfo> describe(String topic, int least) {
		List<PartitionInfo> known = this.consumer.partitionsFor(topic, CALL_TIMEOUT);
		if (known.size() >= least) {
			return known;
		}
		List<PartitionInfo> infos = this.consumer.listTopics(CALL_TIMEOUT).getOrDefault(topic, List.of());
		if (infos.size() < least) {
			throw new NotReadyException("The consumer group has assigned partition " + (least - 1) + " of topic '"
					+ topic + "', but a broker knows " + infos.size()
					+ " of its partitions. The engine joins the group " + "again. If that lasts, check the brokers.");
		}
		return infos;
	}

	/** Partitions may be added while the engine runs, so that a start has not seen it. */
	private void requireUnchanged(Map<String, Integer> counts) {
		EngineSettings.Kafka kafka = this.settings.kafka();
		if (kafka == null || kafka.order() != KafkaOrder.KEY
				|| this.settings.safety().accept().contains(GroupChecks.TOPIC_PARTITIONS)) {
			return;
		}
		Set<TopicPartition> all = new HashSet<>();
		counts.forEach((topic, count) -> IntStream.range(0, count)
			.forEach((partition) -> all.add(new TopicPartition(topic, partition))));
		this.consumer.committed(all, CALL_TIMEOUT).forEach((partition, committed) -> {
			int count = counts.getOrDefault(partition.topic(), 0);
			Integer before = PartitionCount.of(committed);
			if (before != null && before != count) {
				throw new NotReadyException("Topic '" + partition.topic() + "' has " + count + " partitions, and had "
						+ before + ". Events of a key may overtake each other. The engine starts again, and is "
						+ "refused with " + GroupChecks.TOPIC_PARTITIONS + ".");
			}
		});
	}

	private void warnOfDeletedRecords(TopicPartition partition, long position) {
		if (position > 0) {
			logger.warn(
					"Engine '{}' begins with offset {} of {}, because the earlier records were deleted and "
							+ "its consumer group has no committed offset. If the group has received from it before, "
							+ "events were lost. Then compare the tables with what the listeners hold.",
					this.settings.name(), position, partition);
		}
	}

	private long position(TopicPartition partition) {
		try {
			return this.consumer.position(partition, CALL_TIMEOUT);
		}
		catch (NoOffsetForPartitionException ex) {
			// Found before the partition was set to its beginning
			return this.consumer.position(partition, CALL_TIMEOUT);
		}
	}

	/**
	 * Records that are deleted before this group receives them are then missed. Without a
	 * committed offset, the group would begin behind them in silence.
	 */
	private void commitBeginnings(Map<TopicPartition, OffsetAndMetadata> beginnings) {
		if (beginnings.isEmpty()) {
			return;
		}
		try {
			this.commits.complete(beginnings);
		}
		catch (RebalanceInProgressException ex) {
			// The next commit includes them
			logger.debug("Engine '{}' could not commit where it begins", this.settings.name(), ex);
		}
	}

	/**
	 * Finish what is in flight, and commit, so that the next owner of a partition
	 * continues behind it.
	 */
	@Override
	public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
		RecordHandover handover = this.handover;
		handover.queue().drop(partitions);
		List<PartitionProgress> revoked = partitions.stream()
			.map(handover.partitions()::get)
			.filter((progress) -> progress != null)
			.toList();
		if (!this.leaving && !await(revoked)) {
			this.membership.failed(new NotReadyException("Another instance takes " + names(partitions)
					+ " over, but a listener has not returned within " + this.revokeTimeout.toSeconds()
					+ " s. The other instance delivers its event again. Check what the listener waits for."));
		}
		try {
			this.commits.complete();
		}
		catch (RuntimeException ex) {
			logger.debug("What was processed could not be committed, and is delivered again", ex);
		}
		partitions.forEach(handover.partitions()::remove);
		if (partitions.isEmpty()) {
			return;
		}
		logger.info("Engine '{}' no longer receives from {}", this.settings.name(), names(partitions));
	}

	private boolean await(List<PartitionProgress> revoked) {
		long deadline = System.nanoTime() + this.revokeTimeout.toNanos();
		RecordHandover handover = this.handover;
		while (!handover.isQuiet(revoked) && !handover.isEnded()) {
			this.guard.confirm();
			if (System.nanoTime() > deadline) {
				return false;
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
		return true;
	}

	/** Another instance may deliver their events already. */
	@Override
	public void onPartitionsLost(Collection<TopicPartition> partitions) {
		partitions.forEach(this.handover.partitions()::remove);
		this.membership.failed(new NotReadyException("The consumer group has given " + names(partitions)
				+ " to another instance, because it has not heard from this one for too long. The engine joins "
				+ "the group again. Check the network, and for long pauses of the process."));
	}

	private String names(Collection<TopicPartition> partitions) {
		return partitions.isEmpty() ? "no partition"
				: partitions.stream().map(TopicPartition::toString).sorted().collect(Collectors.joining(", "));
	}

	/** What a rebalance means for the run. */
	interface Membership {

		/** The run has got partitions, and has received nothing of them. */
		void starting();

		/** The run is a member for the first time. */
		void joined();

		/** The run receives from a topic with these partitions. */
		void receiving(String topic, List<PartitionInfo> partitions);

		/** The run cannot continue. */
		void failed(RuntimeException cause);

	}

}
