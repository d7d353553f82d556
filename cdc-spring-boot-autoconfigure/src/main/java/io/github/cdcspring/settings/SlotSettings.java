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

package io.github.cdcspring.settings;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * The replication slot.
 *
 * @param name the slot
 * @param survivesFailover the operator's word on whether it outlives a failover
 * @param patroniUrl Patroni's REST API, which is asked whether the slot is a permanent
 * one, {@code null} to take the operator's word
 * @param advancedBy who advances the slot in {@link LsnFlushMode#MANUAL}, {@code null} if
 * nobody is declared
 * @since 0.1.0
 */
public record SlotSettings(String name, SurvivesFailover survivesFailover, @Nullable URI patroniUrl,
		@Nullable SlotAdvancer advancedBy) {

}
