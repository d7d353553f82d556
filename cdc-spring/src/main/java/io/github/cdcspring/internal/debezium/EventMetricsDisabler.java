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

import java.util.Map;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.signal.actions.SignalAction;
import io.debezium.pipeline.signal.actions.SignalActionProvider;
import io.debezium.pipeline.source.spi.DataChangeEventListener;
import io.debezium.pipeline.spi.Partition;
import io.debezium.spi.schema.DataCollectionId;

/**
 * Keeps Debezium from making a text of each event's key for the {@code LastEvent} of its
 * JMX metrics, for which it makes a JSON mapper each time: two fifths of all that is
 * allocated for an event. Debezium has no setting for that. It asks for the actions of
 * signals on the thread that streams, right after it has decided who is told of events,
 * and gives the dispatcher along; there is no action here.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/configuration/signalling.html#debezium-signaling-enabling-custom-signaling-channel">Debezium:
 * custom signal actions</a>
 */
public final class EventMetricsDisabler implements SignalActionProvider {

	/** Debezium's setting, which says whether the metrics of events are wanted. */
	static final String WANTED = "statistics.metrics.enabled";

	@Override
	public <P extends Partition> Map<String, SignalAction<P>> createActions(
			EventDispatcher<P, ? extends DataCollectionId> dispatcher, ChangeEventSourceCoordinator<P, ?> coordinator,
			CommonConnectorConfig configuration) {
		if (isOurs(configuration) && !configuration.isStatisticsMetricsEnabled()) {
			dispatcher.setEventListener(DataChangeEventListener.NO_OP());
		}
		return Map.of();
	}

	/**
	 * The application may run engines of Debezium that are none of ours, and only the
	 * properties tell.
	 */
	@SuppressWarnings("deprecation")
	private static boolean isOurs(CommonConnectorConfig configuration) {
		return configuration.getConfig().hasKey(DebeziumOffsetAdapter.SESSION_PROPERTY);
	}

}
