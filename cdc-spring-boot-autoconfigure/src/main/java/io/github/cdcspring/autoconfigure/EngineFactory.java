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

package io.github.cdcspring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.internal.engine.EngineSetup;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.listener.InvalidListenerException;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.SettingsRules;
import io.github.cdcspring.settings.EngineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the engines that have listeners.
 */
class EngineFactory {

	private static final Logger logger = LoggerFactory.getLogger(EngineFactory.class);

	private final EngineSettingsReader settings;

	private final ListenerRegistry listeners;

	private final RowMappers mappers;

	private final EngineSources sources;

	private final DeliveryOptionsFactory options;

	private final UnregisteredListeners unregistered;

	EngineFactory(EngineSettingsReader settings, ListenerRegistry listeners, RowMappers mappers, EngineSources sources,
			DeliveryOptionsFactory options, UnregisteredListeners unregistered) {
		this.unregistered = unregistered;
		this.settings = settings;
		this.listeners = listeners;
		this.mappers = mappers;
		this.sources = sources;
		this.options = options;
	}

	List<SupervisedCdcEngine> create() {
		this.unregistered.refuse(this.listeners.endpoints());
		Map<EngineSettings, List<ListenerEndpoint>> listeners = new LinkedHashMap<>();
		listenersByEngine().forEach((name, endpoints) -> listeners.put(this.settings.read(name), endpoints));
		EngineSources.refuseSharedGroups(listeners.keySet());
		// The rules concern slot and offset, which Kafka Connect has with the other
		// source
		Map<String, List<AcceptedRisk>> accepted = SettingsRules
			.check(listeners.keySet().stream().filter((settings) -> settings.kafka() == null).toList());
		List<SupervisedCdcEngine> engines = new ArrayList<>();
		listeners.forEach((settings, endpoints) -> engines
			.add(create(settings, endpoints, accepted.getOrDefault(settings.name(), List.of()))));
		if (engines.isEmpty()) {
			logger.warn("No bean has a @CdcListener method, so no changes are received");
		}
		this.listeners.close();
		return engines;
	}

	private SupervisedCdcEngine create(EngineSettings settings, List<ListenerEndpoint> endpoints,
			List<AcceptedRisk> accepted) {
		ParkedEventQueues parkedQueues = this.options.parkedQueues(settings, endpoints);
		EngineSetup setup = EngineSetup.of(settings, endpoints, this.mappers,
				this.options.create(settings, endpoints, parkedQueues), parkedQueues, accepted);
		return this.sources.create(setup);
	}

	private Map<String, List<ListenerEndpoint>> listenersByEngine() {
		Set<String> declared = this.settings.furtherEngines();
		Map<String, List<ListenerEndpoint>> byEngine = new LinkedHashMap<>();
		for (ListenerEndpoint endpoint : this.listeners.endpoints()) {
			String engine = endpoint.engine();
			if (!ListenerRegistry.DEFAULT_ENGINE.equals(engine) && !declared.contains(engine)) {
				throw new InvalidListenerException(
						"Listener " + endpoint.describe() + " listens to engine '" + engine
								+ "', which is not declared",
						"Declare 'cdc.engines." + engine + "'" + (declared.isEmpty() ? ", or remove the engine."
								: ", or use one of " + String.join(", ", declared) + "."));
			}
			byEngine.computeIfAbsent(engine, (name) -> this.listeners.endpoints(name));
		}
		for (String name : declared) {
			if (!byEngine.containsKey(name)) {
				logger.warn("Engine '{}' has no @CdcListener method, so it is not started", name);
			}
		}
		return byEngine;
	}

}
