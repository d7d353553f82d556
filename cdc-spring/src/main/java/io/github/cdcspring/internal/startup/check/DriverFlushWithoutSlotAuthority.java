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
 * The driver moves the slot past the offset, and the strategy does not accept a slot that
 * is ahead.
 */
final class DriverFlushWithoutSlotAuthority implements SettingsRule {

	@Override
	public String id() {
		return "driver-flush-without-slot-authority";
	}

	@Override
	public String risk() {
		return "After a restart or a reconnect the slot may be ahead of the stored offset, and the engine then does not start.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.lsnFlushMode() != LsnFlushMode.CONNECTOR_AND_DRIVER
				|| engine.offsetMismatchStrategy().believesSlotAhead()) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(),
				settings.flushMode() + " lets the driver move " + settings.slot()
						+ " past the stored offset while no captured table changes, but " + settings.strategy()
						+ " does not accept a slot that is ahead: the next start or reconnect would be refused.",
				"Set " + settings.name("offset-mismatch-strategy")
						+ " to trust_slot or trust_greater_lsn on a slot that survives a failover, or "
						+ settings.name("lsn-flush-mode")
						+ "=connector, whose heartbeat keeps an idle slot moving too.",
				"lsn-flush-mode", "offset-mismatch-strategy"));
	}

}
