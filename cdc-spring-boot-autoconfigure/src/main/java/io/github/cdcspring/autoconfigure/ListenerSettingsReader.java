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

import java.util.LinkedHashSet;

import io.github.cdcspring.settings.EngineSettings;

/**
 * Reads how an engine delivers events to listeners.
 */
final class ListenerSettingsReader {

	private ListenerSettingsReader() {
	}

	static EngineSettings.Listener read(EngineProperties properties, boolean virtualThreads) {
		CdcListenerProperties listener = properties.own().getListener();
		return new EngineSettings.Listener(retry(properties, listener.getRetry()),
				SettingChecks.positive(properties, "listener.shutdown-timeout", listener.getShutdownTimeout()),
				new EngineSettings.Timeout(
						SettingChecks.positive(properties, "listener.timeout", listener.getTimeout()),
						listener.isInterruptOnTimeout()),
				dispatch(properties, listener, virtualThreads),
				new EngineSettings.FailureHandling(listener.getOnFailure(), listener.isTransactional(),
						listener.getParkedTable(), listener.getProcessedTable(), listener.isCreateTables()),
				restart(properties, listener.getRestart()));
	}

	private static EngineSettings.Restart restart(EngineProperties properties, CdcListenerProperties.Restart restart) {
		Integer maxAttempts = restart.getMaxAttempts();
		if (maxAttempts != null && maxAttempts < 0) {
			throw new InvalidCdcPropertyException(properties.name("listener.restart.max-attempts"),
					"is " + maxAttempts + ", which is not a number of restarts.",
					"Use 0 to never restart, or remove it for no limit.");
		}
		requireMultiplier(properties, "listener.restart.multiplier", restart.getMultiplier());
		return new EngineSettings.Restart(maxAttempts,
				SettingChecks.positive(properties, "listener.restart.initial-interval", restart.getInitialInterval()),
				restart.getMultiplier(),
				SettingChecks.positive(properties, "listener.restart.max-interval", restart.getMaxInterval()));
	}

	private static void requireMultiplier(EngineProperties properties, String name, double multiplier) {
		if (!(multiplier >= 1)) {
			throw new InvalidCdcPropertyException(properties.name(name),
					"is " + multiplier + ", so delays would become shorter.", "Use 1 or more.");
		}
	}

	private static EngineSettings.Retry retry(EngineProperties properties, CdcListenerProperties.Retry retry) {
		if (retry.getMaxAttempts() < 1) {
			throw new InvalidCdcPropertyException(properties.name("listener.retry.max-attempts"),
					"is " + retry.getMaxAttempts() + ", so no listener would ever be called.", "Use 1 or more.");
		}
		requireMultiplier(properties, "listener.retry.multiplier", retry.getMultiplier());
		return new EngineSettings.Retry(retry.getMaxAttempts(),
				SettingChecks.positive(properties, "listener.retry.initial-interval", retry.getInitialInterval()),
				retry.getMultiplier(),
				SettingChecks.positive(properties, "listener.retry.max-interval", retry.getMaxInterval()),
				new LinkedHashSet<>(retry.getNotFor()));
	}

	private static EngineSettings.Dispatch dispatch(EngineProperties properties, CdcListenerProperties listener,
			boolean virtualThreads) {
		return new EngineSettings.Dispatch(
				SettingChecks.atLeastOne(properties, "listener.concurrency", listener.getConcurrency()),
				SettingChecks.atLeastOne(properties, "listener.max-in-flight", listener.getMaxInFlight()),
				SettingChecks.atLeastOne(properties, "listener.max-in-flight-size", listener.getMaxInFlightSize()),
				SettingChecks.atLeastOne(properties, "listener.max-transaction-size", listener.getMaxTransactionSize()),
				virtualThreads);
	}

}
