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

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/**
 * Tells when no broker has sent anything for a while. The consumer tries again by itself
 * and throws nothing, but no event arrives meanwhile. A consumer of a group receives
 * answers to heartbeats every few seconds, even if no partition is assigned.
 */
final class BrokerSilence {

	private static final String RECEIVED = "incoming-byte-total";

	private static final String GROUP = "consumer-metrics";

	private final Consumer<?, ?> consumer;

	private final Duration limit;

	private @Nullable Metric metric;

	private double received = -1;

	private long changedAt = System.nanoTime();

	/**
	 * Begin to look.
	 * @param limit how long brokers may send nothing
	 */
	BrokerSilence(Consumer<?, ?> consumer, Duration limit) {
		this.consumer = consumer;
		this.limit = limit;
	}

	/**
	 * Whether no broker has sent anything for longer than the limit. To be called by the
	 * thread that polls, more often than that.
	 */
	boolean isTooLong() {
		double now = received();
		if (now != this.received) {
			this.received = now;
			this.changedAt = System.nanoTime();
		}
		return System.nanoTime() - this.changedAt > this.limit.toNanos();
	}

	private double received() {
		Metric metric = this.metric;
		if (metric == null) {
			metric = this.consumer.metrics()
				.entrySet()
				.stream()
				.filter((each) -> RECEIVED.equals(each.getKey().name()) && GROUP.equals(each.getKey().group()))
				.map((each) -> (Metric) each.getValue())
				.findFirst()
				.orElse(null);
			this.metric = metric;
		}
		return (metric != null && metric.metricValue() instanceof Double value) ? value : this.received + 1;
	}

}
