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

import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.LsnFlushMode;

/**
 * Rules on {@link LsnFlushMode}: each mode needs something else to advance the slot, and
 * only as far as the offset can follow.
 */
final class FlushModeRules {

	static final SafetyRule<SettingsContext> DRIVER_WITHOUT_SLOT_AUTHORITY = SafetyRule.acceptable(
			"driver-flush-without-slot-authority",
			"After a restart or reconnect the slot may be ahead of the stored offset, and the engine then refuses to start.",
			FlushModeRules::driverWithoutSlotAuthority);

	static final SafetyRule<SettingsContext> DRIVER_WITHOUT_HEARTBEAT = SafetyRule.acceptable(
			"driver-flush-without-heartbeat",
			"The slot stalls after each captured transaction, and the server keeps all WAL until the next one.",
			FlushModeRules::driverWithoutHeartbeat);

	static final SafetyRule<SettingsContext> CONNECTOR_WITHOUT_HEARTBEAT = SafetyRule.acceptable(
			"connector-flush-without-heartbeat",
			"While only other tables change, the slot stalls and the server keeps all WAL.",
			FlushModeRules::connectorWithoutHeartbeat);

	static final SafetyRule<SettingsContext> MANUAL_WITHOUT_FLUSHER = SafetyRule.acceptable("manual-without-flusher",
			"The server keeps all WAL since the slot's position until its disk is full.",
			FlushModeRules::manualWithoutFlusher);

	private FlushModeRules() {
	}

	private static void driverWithoutSlotAuthority(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		if (context.engine().lsnFlushMode().isFlushedByDriver()
				&& !context.engine().offsetMismatchStrategy().trustsSlotAhead()) {
			findings.add(
					settings.flushMode() + " lets the driver advance " + settings.slot()
							+ " past the stored offset while no captured table changes. But " + settings.strategy()
							+ " does not accept a slot that is ahead, so the next start or reconnect would be refused.",
					new Steps()
						.text("Set " + settings.name("offset-mismatch-strategy")
								+ " to trust_slot or trust_greater_lsn if the slot survives a failover.")
						.or()
						.setting("Or set ", settings.name("lsn-flush-mode") + "=connector",
								", whose heartbeat also advances the slot while captured tables are idle."),
					"lsn-flush-mode", "offset-mismatch-strategy");
		}
	}

	private static void driverWithoutHeartbeat(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		if (isWithoutHeartbeat(context) && context.engine().lsnFlushMode().isFlushedByDriver()) {
			findings.add(settings.flushMode() + " stalls " + settings.slot() + " with "
					+ settings.with("heartbeat.interval", "0")
					+ ": the driver advances the slot only after the last captured transaction is acknowledged, which "
					+ "without a heartbeat happens with the next captured transaction. Until then the server keeps all WAL.",
					setHeartbeat(settings), "lsn-flush-mode", "heartbeat.interval");
		}
	}

	private static void connectorWithoutHeartbeat(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		LsnFlushMode mode = context.engine().lsnFlushMode();
		if (isWithoutHeartbeat(context) && mode.advancesSlot() && !mode.isFlushedByDriver()) {
			findings.add(settings.flushMode() + " with " + settings.with("heartbeat.interval", "0") + " advances "
					+ settings.slot()
					+ " only when a captured table changes. While only other tables change, the server keeps all their WAL.",
					setHeartbeat(settings), "lsn-flush-mode", "heartbeat.interval");
		}
	}

	private static void manualWithoutFlusher(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		if (!context.engine().lsnFlushMode().advancesSlot() && context.engine().slot().advancedBy() == null) {
			findings.add(settings.flushMode() + " never advances " + settings.slot() + ", and "
					+ settings.name("slot.advanced-by")
					+ " is not set. If nothing else advances the slot, the server keeps all WAL until its disk is full.",
					new Steps()
						.text("Set " + settings.name("slot.advanced-by")
								+ " to application if a bean of the application advances the slot, or to external if "
								+ "another program does.")
						.or()
						.setting("Or set ", settings.name("lsn-flush-mode") + "=connector", "."),
					"lsn-flush-mode");
		}
	}

	private static boolean isWithoutHeartbeat(SettingsContext context) {
		return context.engine().heartbeatInterval().isZero();
	}

	private static Steps setHeartbeat(SettingNames settings) {
		return new Steps().setting("Set ", settings.name("heartbeat.interval") + "=5s", ", or remove it.");
	}

}
