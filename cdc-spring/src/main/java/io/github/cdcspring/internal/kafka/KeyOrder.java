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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.row.Change;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Checks that the events of each row are in one partition. Kafka distributes events by
 * their key, so an event without the whole key of its row may overtake others.
 */
final class KeyOrder {

	private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

	/** A partition of a topic exists. */
	void seen(TopicPartition partition) {
		this.partitions.merge(partition.topic(), partition.partition() + 1, Math::max);
	}

	/**
	 * Check an event.
	 * @throws UnreadableRecordException if its order relative to the other events of its
	 * row is not known
	 */
	void check(ConsumerRecord<?, ?> record, Change change) {
		if (change.table() == null || this.partitions.getOrDefault(record.topic(), 1) == 1) {
			return;
		}
		if (change.operation() == Operation.TRUNCATE) {
			// No listener receives it in this order
			return;
		}
		if (change.hasIncompleteKey()) {
			throw new UnreadableRecordException(record,
					"the server did not send the whole key of the row of " + change.table()
							+ ", so that events of the row are in several partitions, without an order",
					"Change the replica identity of the table to FULL or to its primary key, or set "
							+ "'cdc.kafka.order=stream'.");
		}
		if (record.key() == null && change.operation() != Operation.READ) {
			throw new UnreadableRecordException(record,
					"it is " + change.operation() + " of " + change.table()
							+ " without a key, so that events of the table are in several partitions, without an order",
					"Give the table a primary key or the topic one partition, or set 'cdc.kafka.order=stream'.");
		}
	}

}
