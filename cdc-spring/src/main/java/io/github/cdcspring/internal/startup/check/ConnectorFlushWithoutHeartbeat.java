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
 * The slot moves only when a captured table changes.
 */
final class ConnectorFlushWithoutHeartbeat implements SettingsRule {

	@Override
	public String id() {
		return "connector-flush-without-heartbeat";
	}

	@Override
	public String risk() {
		return "While only other tables change, the slot stalls and the server keeps all WAL.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.lsnFlushMode() != LsnFlushMode.CONNECTOR || !engine.heartbeatInterval().isZero()) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.flushMode() + " with "
				+ settings.with("heartbeat.interval", "0") + " moves " + settings.slot()
				+ " only when a captured table changes: while only other tables change, the server keeps all their WAL.",
				"Set " + settings.name("heartbeat.interval") + "=5s, or remove it.", "lsn-flush-mode",
				"heartbeat.interval"));
	}

}
