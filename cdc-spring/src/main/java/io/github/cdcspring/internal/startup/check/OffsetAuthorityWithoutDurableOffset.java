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
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;

/**
 * An offset is taken for the truth that is forgotten at each stop.
 */
final class OffsetAuthorityWithoutDurableOffset implements SettingsRule {

	@Override
	public String id() {
		return "offset-authority-without-durable-offset";
	}

	@Override
	public String risk() {
		return "After a restart there is no offset to compare the slot with, and a slot that was moved is not noticed.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.offset().store() != OffsetStoreType.MEMORY
				|| engine.offsetMismatchStrategy() != OffsetMismatchStrategy.TRUST_OFFSET) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(),
				settings.strategy() + " takes the stored offset for the truth, but " + settings.store()
						+ " forgets it at each stop: after a restart there is nothing to compare " + settings.slot()
						+ " with, and if it was moved the changes in between would be skipped.",
				"Set " + settings.name("offset.store") + " to jdbc or file, or "
						+ settings.name("offset-mismatch-strategy") + "=no_validation.",
				"offset-mismatch-strategy", "offset.store"));
	}

}
