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

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EngineSetup;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.kafka.ConsumerSource;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.listener.InvalidListenerException;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.jspecify.annotations.Nullable;

/**
 * Creates each engine with its source, and refuses listeners that the source cannot
 * serve.
 */
class EngineSources {

	private final OffsetStores stores;

	private final @Nullable ConsumerSource consumers;

	EngineSources(OffsetStores stores, @Nullable ConsumerSource consumers) {
		this.stores = stores;
		this.consumers = consumers;
	}

	SupervisedCdcEngine create(EngineSetup setup) {
		EngineSettings settings = setup.settings();
		EngineSettings.Kafka kafka = settings.kafka();
		if (kafka == null) {
			return new EmbeddedCdcEngine(setup, this.stores.of(settings.offset()));
		}
		if (this.consumers == null) {
			throw new InvalidCdcPropertyException(settings.property("source"),
					"is 'kafka', but the application has no consumer factory of Spring Kafka, or several of which none "
							+ "is primary.",
					"Add 'spring-boot-starter-kafka' and set 'spring.kafka.bootstrap-servers', or mark one factory as "
							+ "primary.");
		}
		if (kafka.order() == KafkaOrder.KEY) {
			setup.listeners().endpoints().forEach((listener) -> refuseWithoutStreamOrder(settings, listener));
		}
		return new KafkaCdcEngine(setup, kafka, this.consumers);
	}

	/**
	 * Members of a group share the events, so each of two engines would receive a part.
	 */
	static void refuseSharedGroups(Collection<EngineSettings> engines) {
		Map<String, EngineSettings> groups = new HashMap<>();
		for (EngineSettings engine : engines) {
			EngineSettings.Kafka kafka = engine.kafka();
			EngineSettings other = (kafka != null) ? groups.putIfAbsent(kafka.groupId(), engine) : null;
			if (kafka != null && other != null) {
				throw new InvalidCdcPropertyException(engine.property("kafka.group-id"),
						"is " + LogSafe.quoted(kafka.groupId()) + ", which is also the group of engine '" + other.name()
								+ "': the members of a group share the events, so that each engine receives a part.",
						"Give each engine a group of its own.");
			}
		}
	}

	private static void refuseWithoutStreamOrder(EngineSettings settings, ListenerEndpoint listener) {
		for (Need need : List.of(new Need(listener.wholeTransactions(), "takes whole transactions"),
				new Need(listener.inStreamOrder(), "has 'inStreamOrder'"),
				new Need(listener.operations().contains(Operation.TRUNCATE), "receives TRUNCATE"))) {
			if (need.exists) {
				throw new InvalidListenerException(
						"Listener " + listener.describe() + " " + need.text + ", but '"
								+ settings.property("kafka.order")
								+ "' is 'key': the events are in several partitions, which keep the order of each key "
								+ "only",
						"Set '" + settings.property("kafka.order") + "=stream' and have the connector write all events "
								+ "to one topic with one partition, or change the listener.");
			}
		}
	}

	/** A need of a listener for the order of the stream. */
	private record Need(boolean exists, String text) {

	}

}
