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
import io.github.cdcspring.settings.OffsetStoreType;

/**
 * Every start reads all rows again.
 */
final class MemoryWithSnapshot implements SettingsRule {

	@Override
	public String id() {
		return "memory-with-snapshot";
	}

	@Override
	public String risk() {
		return "Every start reads all rows again, and rows deleted while the application was down stay undeleted downstream.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.offset().store() != OffsetStoreType.MEMORY || !engine.snapshotMode().readsData()) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.store() + " forgets the position at each stop, so that "
				+ settings.with("snapshot.mode", engine.snapshotMode())
				+ " reads all rows again at every start, and rows deleted while the application was down stay undeleted downstream.",
				"Set " + settings.name("offset.store") + " to jdbc or file, or " + settings.name("snapshot.mode")
						+ "=no_data.",
				"offset.store", "snapshot.mode"));
	}

}
