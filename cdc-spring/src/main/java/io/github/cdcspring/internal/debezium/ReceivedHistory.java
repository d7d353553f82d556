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

import org.jspecify.annotations.Nullable;

/**
 * The history from which a Kafka Connect task receives.
 *
 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
 * @param timelineStart where the timeline began, {@code null} if that is not known
 * @param nextTransaction the next transaction of the cluster when the task started, with
 * its epoch
 */
public record ReceivedHistory(String systemIdentifier, int timeline, @Nullable String timelineStart,
		long nextTransaction) {

}
