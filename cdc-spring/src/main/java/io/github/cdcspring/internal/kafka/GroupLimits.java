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
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Times within which a member of a consumer group has to act: half of what the properties
 * of the consumer allow.
 *
 * @param lease how long the member may pause without being replaced
 * @param rebalance how long the member may keep a partition that is revoked
 */
record GroupLimits(Duration lease, Duration rebalance) {

	/** The default of brokers and consumers. */
	private static final long SESSION_TIMEOUT = 45_000;

	private static final long MAX_POLL_INTERVAL = 300_000;

	static GroupLimits of(Map<String, Object> properties) {
		return new GroupLimits(half(properties.get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_TIMEOUT),
				half(properties.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), MAX_POLL_INTERVAL));
	}

	private static Duration half(@Nullable Object millis, long fallback) {
		return Duration.ofMillis(((millis != null) ? Long.parseLong(millis.toString().strip()) : fallback) / 2);
	}

}
