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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the registrations of events that are not delivered again. The connector never
 * sends again what lies before the slot's position, so the mark is that position, and
 * then the end of each partition. When the group has committed each partition up to the
 * mark, no event before the position is left in any of them.
 * <p>
 * Every instance may do this, whichever partitions it has.
 */
final class RegistrationPruning {

	private static final Logger logger = LoggerFactory.getLogger(RegistrationPruning.class);

	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

	private final EngineSettings settings;

	private final SourceDatabase source;

	private final DeliveryOptions options;

	private final Duration interval;

	private long checkedAt = System.nanoTime();

	private @Nullable CompletableFuture<@Nullable Lsn> slot;

	private @Nullable Mark mark;

	private volatile boolean warned;

	RegistrationPruning(EngineSettings settings, DeliveryOptions options) {
		this.settings = settings;
		this.source = new SourceDatabase(settings);
		this.options = options;
		this.interval = settings.offset().flushInterval().multipliedBy(10);
	}

	/**
	 * Take the next step, if it is time. To be called by the thread that polls.
	 */
	void advance(Consumer<?, ?> consumer, Pattern topics) {
		if (System.nanoTime() - this.checkedAt < this.interval.toNanos()) {
			return;
		}
		this.checkedAt = System.nanoTime();
		try {
			step(consumer, topics);
		}
		catch (KafkaException ex) {
			logger.debug("Engine '{}' could not read the ends of its partitions", this.settings.name(), ex);
		}
	}

	private void step(Consumer<?, ?> consumer, Pattern topics) {
		Mark mark = this.mark;
		CompletableFuture<@Nullable Lsn> slot = this.slot;
		if (mark != null && mark.isPassed(consumer)) {
			Lsn lsn = mark.slot;
			this.mark = null;
			this.slot = inBackground(() -> {
				this.options.offsetStored(lsn);
				return readSlot();
			});
		}
		else if (mark != null) {
			// Of partitions that were deleted meanwhile, nothing is committed any more
			Map<TopicPartition, Long> ends = ends(consumer, partitions(consumer, topics));
			this.mark = mark.isWithin(ends) ? mark : null;
		}
		else if (slot == null) {
			this.slot = inBackground(this::readSlot);
		}
		else if (slot.isDone()) {
			Lsn lsn = slot.getNow(null);
			this.slot = null;
			this.mark = (lsn != null) ? new Mark(lsn, nonEmpty(consumer, topics)) : null;
		}
	}

	/**
	 * The common pool is the application's, and a read of the server may take a while.
	 */
	private CompletableFuture<@Nullable Lsn> inBackground(Supplier<@Nullable Lsn> reading) {
		return CompletableFuture.supplyAsync(reading, (task) -> {
			Thread thread = new Thread(task, "cdc-" + this.settings.name() + "-pruning");
			thread.setDaemon(true);
			thread.start();
		});
	}

	/** Where the partitions end that have records. */
	private static Map<TopicPartition, Long> nonEmpty(Consumer<?, ?> consumer, Pattern topics) {
		List<TopicPartition> partitions = partitions(consumer, topics);
		Map<TopicPartition, Long> ends = ends(consumer, partitions);
		consumer.beginningOffsets(partitions, CALL_TIMEOUT).forEach(ends::remove);
		return ends;
	}

	private static Map<TopicPartition, Long> ends(Consumer<?, ?> consumer, List<TopicPartition> partitions) {
		return new HashMap<>(consumer.endOffsets(partitions, CALL_TIMEOUT));
	}

	private static List<TopicPartition> partitions(Consumer<?, ?> consumer, Pattern topics) {
		return consumer.listTopics(CALL_TIMEOUT)
			.entrySet()
			.stream()
			.filter((topic) -> topics.matcher(topic.getKey()).matches())
			.flatMap((topic) -> topic.getValue().stream())
			.map((partition) -> new TopicPartition(partition.topic(), partition.partition()))
			.toList();
	}

	private @Nullable Lsn readSlot() {
		try (Connection connection = this.source.connect();
				PreparedStatement statement = connection.prepareStatement(
						"SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = ?")) {
			statement.setString(1, this.settings.slot().name());
			try (ResultSet row = statement.executeQuery()) {
				String lsn = row.next() ? row.getString(1) : null;
				return (lsn != null) ? Lsn.parse(lsn) : null;
			}
		}
		catch (SQLException ex) {
			if (!this.warned) {
				this.warned = true;
				logger.warn(
						"Engine '{}' cannot read the position of slot '{}' on {}, so it keeps the registrations of "
								+ "processed events. Check {}.",
						this.settings.name(), this.settings.slot().name(), this.settings.connection(),
						this.settings.property("connection.*"));
			}
			return null;
		}
	}

	/**
	 * A position of the slot, and where the partitions ended after it was read.
	 */
	private record Mark(Lsn slot, Map<TopicPartition, Long> ends) {

		/** Whether the partitions are still those that were marked. */
		boolean isWithin(Map<TopicPartition, Long> ends) {
			return this.ends.entrySet()
				.stream()
				.allMatch((end) -> ends.getOrDefault(end.getKey(), -1L) >= end.getValue());
		}

		boolean isPassed(Consumer<?, ?> consumer) {
			Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(this.ends.keySet(), CALL_TIMEOUT);
			return this.ends.entrySet().stream().allMatch((end) -> {
				OffsetAndMetadata offset = committed.get(end.getKey());
				return offset != null && offset.offset() >= end.getValue();
			});
		}

	}

}
