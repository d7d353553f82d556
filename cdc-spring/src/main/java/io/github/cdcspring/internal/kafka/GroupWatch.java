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

import java.util.List;
import java.util.function.Supplier;

import io.github.cdcspring.engine.Violation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again what a start would refuse of the consumer group, over one
 * connection while that works. To be used by one thread.
 */
final class GroupWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(GroupWatch.class);

	private final GroupTopics topics;

	private final Supplier<Consumer<byte[], byte[]>> consumers;

	private @Nullable Consumer<byte[], byte[]> consumer;

	private List<Violation> refused = List.of();

	/**
	 * Create a watch.
	 * @param consumers opens a consumer that has the group, and is no member of it
	 */
	GroupWatch(GroupTopics topics, Supplier<Consumer<byte[], byte[]>> consumers) {
		this.topics = topics;
		this.consumers = consumers;
	}

	/**
	 * Look.
	 * @return what a start would refuse, as it was known last while no broker answers
	 */
	List<Violation> refused() {
		try {
			Consumer<byte[], byte[]> consumer = this.consumer;
			if (consumer == null) {
				consumer = this.consumers.get();
				this.consumer = consumer;
			}
			this.refused = this.topics.refused(this.topics.read(consumer));
		}
		catch (KafkaException ex) {
			logger.debug("The consumer group cannot be read now", ex);
			// The next one has the credentials of then
			close();
		}
		return this.refused;
	}

	@Override
	public void close() {
		if (this.consumer != null) {
			this.consumer.close();
			this.consumer = null;
		}
	}

}
