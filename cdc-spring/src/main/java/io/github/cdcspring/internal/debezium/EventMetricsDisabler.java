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
 * Disables Debezium's metrics of single events. For the {@code LastEvent} attribute
 * Debezium builds a text of each event's key with a new JSON mapper, which makes up two
 * fifths of all allocation per event, and no setting disables that.
 * <p>
 * Debezium calls this provider on the streaming thread, after it has set the listener of
 * its event dispatcher, and passes that dispatcher. The provider has no signal action.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/configuration/signalling.html#debezium-signaling-enabling-custom-signaling-channel">Debezium:
 * custom signal actions</a>
 */
public final class EventMetricsDisabler implements SignalActionProvider {

	/** Debezium's setting for the metrics of single events. */
	static final String STATISTICS = "statistics.metrics.enabled";

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
	 * The application may run Debezium engines of its own. Only the properties tell them
	 * apart.
	 */
	@SuppressWarnings("deprecation")
	private static boolean isOurs(CommonConnectorConfig configuration) {
		return configuration.getConfig().hasKey(RunContext.PROPERTY);
	}

}
