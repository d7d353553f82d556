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

package io.github.cdcspring.internal.startup.check;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The topics of an engine and the brokers that have them, as Kafka describes them.
 *
 * @param brokers the number of brokers
 * @param offsetsRetention how long the brokers keep offsets of a group without members,
 * {@code null} if that is not known
 * @param topics the topics
 */
public record TopicStates(int brokers, @Nullable Duration offsetsRetention, List<Topic> topics) {

	/** Nothing is known. */
	public static final TopicStates UNKNOWN = new TopicStates(0, null, List.of());

	public TopicStates {
		topics = List.copyOf(topics);
	}

	/**
	 * A topic.
	 *
	 * @param name the name
	 * @param replicas the smallest number of replicas of a partition
	 * @param retention how long records are kept, {@code null} if they are never removed
	 * @param retentionBytes how many bytes of a partition the topic itself says that are
	 * kept, {@code null} if it says nothing
	 * @param compacted whether only the last record of a key is kept
	 */
	public record Topic(String name, int replicas, @Nullable Duration retention, @Nullable Long retentionBytes,
			boolean compacted) {

	}

}
