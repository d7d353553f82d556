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
 * Nobody advances the slot.
 */
final class ManualWithoutFlusher implements SettingsRule {

	@Override
	public String id() {
		return "manual-without-flusher";
	}

	@Override
	public String risk() {
		return "The server keeps all WAL from the slot on until its disk is full.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.lsnFlushMode() != LsnFlushMode.MANUAL || engine.slot().advancedBy() != null) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.flushMode() + " leaves " + settings.slot()
				+ " where it is, and nobody is declared who advances it: the server keeps all WAL from there on, until its disk is full.",
				"Say who advances the slot: " + settings.name("slot.advanced-by")
						+ "=application where a bean of the application does, external where something outside it does. Else set "
						+ settings.name("lsn-flush-mode") + "=connector.",
				"lsn-flush-mode"));
	}

}
