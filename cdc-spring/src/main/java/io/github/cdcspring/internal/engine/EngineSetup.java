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

package io.github.cdcspring.internal.engine;

import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * What an engine consists of, whatever its source.
 *
 * @param settings the settings
 * @param accepted the risks of the settings that the operator accepted
 * @param deliveryStatistics counts the events
 * @param listeners the listeners
 * @param parkedQueues the parked events, {@code null} if no listener parks events
 * @param log logs what happens to the engine
 */
public record EngineSetup(EngineSettings settings, List<AcceptedRisk> accepted, DeliveryStatistics deliveryStatistics,
		ListenerSet listeners, @Nullable ParkedEventQueues parkedQueues, EngineLog log) {

	public EngineSetup {
		accepted = List.copyOf(accepted);
	}

	/**
	 * Set up an engine.
	 * @param settings the settings of the engine
	 * @param endpoints the listeners of the engine
	 * @param mappers maps rows to the listeners' types
	 * @param options what happens around the deliveries
	 * @param parkedQueues the parked events, {@code null} if no listener parks events
	 * @param accepted the risks of the settings that the operator accepted
	 * @return the setup
	 */
	public static EngineSetup of(EngineSettings settings, List<ListenerEndpoint> endpoints, RowMappers mappers,
			DeliveryOptions options, @Nullable ParkedEventQueues parkedQueues, List<AcceptedRisk> accepted) {
		DeliveryStatistics statistics = new DeliveryStatistics(endpoints.stream()
			.flatMap((endpoint) -> endpoint.messages().stream())
			.collect(Collectors.toUnmodifiableSet()));
		return new EngineSetup(settings, accepted, statistics, new ListenerSet(settings.name(), settings.listener(),
				endpoints, mappers::mapperFor, options, statistics), parkedQueues, new EngineLog(settings));
	}

}
