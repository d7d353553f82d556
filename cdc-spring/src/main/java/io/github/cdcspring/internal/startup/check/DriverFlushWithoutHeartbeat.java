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

import java.util.Collection;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;

/**
 * The driver never gets to flush what was received last.
 */
final class DriverFlushWithoutHeartbeat implements SettingsRule {

	@Override
	public String id() {
		return "driver-flush-without-heartbeat";
	}

	@Override
	public String risk() {
		return "The slot stalls after each captured transaction, and the server keeps all WAL until the next one.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.lsnFlushMode() != LsnFlushMode.CONNECTOR_AND_DRIVER || !engine.heartbeatInterval().isZero()) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.flushMode() + " with "
				+ settings.with("heartbeat.interval", "0") + " stalls: the driver moves " + settings.slot()
				+ " on only once the last captured transaction is acknowledged, which without a heartbeat waits for the next one. Until then the server keeps all WAL.",
				"Set " + settings.name("heartbeat.interval") + "=5s, or remove it.", "lsn-flush-mode",
				"heartbeat.interval"));
	}

}
