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

package io.github.cdcspring.internal.debezium;

import java.util.Comparator;
import java.util.Map;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * The history from which a Kafka Connect task receives.
 *
 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
 * @param ends where the ancestors of the timeline end, without those that are not known
 * @param nextTransaction the next transaction of the cluster when the task started, with
 * its epoch
 */
public record ReceivedHistory(String systemIdentifier, int timeline, Map<Integer, Lsn> ends, long nextTransaction) {

	/**
	 * The timeline that a position is on. A server that was promoted also sends what its
	 * ancestors have written.
	 */
	int timelineOf(Lsn lsn) {
		return this.ends.entrySet()
			.stream()
			.filter((ancestor) -> !lsn.isAfter(ancestor.getValue()))
			.map(Map.Entry::getKey)
			.min(Comparator.naturalOrder())
			.orElse(this.timeline);
	}

	/**
	 * Where a timeline began, as {@link OffsetJson} has it.
	 * @return {@code null} if that is not known
	 */
	@Nullable String startOf(int timeline) {
		return this.ends.entrySet()
			.stream()
			.filter((ancestor) -> ancestor.getKey() < timeline)
			.max(Map.Entry.comparingByKey())
			.map((parent) -> timeline + "@" + parent.getValue())
			.orElse(null);
	}

}
