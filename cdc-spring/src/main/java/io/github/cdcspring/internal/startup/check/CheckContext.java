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

import java.util.List;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.internal.startup.Publication;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ReplicationSlot;
import io.github.cdcspring.internal.startup.SlotEvidence;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.EngineSettings;

/**
 * What a check on the server looks at.
 *
 * @param engine the engine
 * @param needs what its listeners need
 * @param source the source database
 * @param relations how the captured tables differ from those of the stored offset
 * @param forgetOffset how to remove the stored offset
 * @param unusable the tables of the starter that cannot be used
 * @param evidence what else is known of the slot
 */
record CheckContext(EngineSettings engine, ServerNeeds needs, SourceState source, RelationComparison relations,
		ActionStep forgetOffset, List<StarterTable> unusable, SlotEvidence evidence) implements RuleContext {

	CheckContext(EngineSettings engine, ServerNeeds needs, SourceState source, RelationComparison relations,
			ActionStep forgetOffset) {
		this(engine, needs, source, relations, forgetOffset, List.of(), SlotEvidence.NONE);
	}

	CheckContext withUnusable(List<StarterTable> unusable) {
		return new CheckContext(this.engine, this.needs, this.source, this.relations, this.forgetOffset, unusable,
				this.evidence);
	}

	CheckContext withEvidence(SlotEvidence evidence) {
		return new CheckContext(this.engine, this.needs, this.source, this.relations, this.forgetOffset, this.unusable,
				evidence);
	}

	String slotName() {
		return this.engine.slot().name();
	}

	/**
	 * Add how to take a new snapshot.
	 * @param steps the steps before
	 * @param beginning the beginning of the first step
	 * @param end the rest of the last sentence
	 */
	Steps newSnapshot(Steps steps, String beginning, String end) {
		return steps.forget(beginning, (this.source.slot() != null) ? slot() : null, this.forgetOffset)
			.setting("Start with ", settings().name("snapshot.mode") + "=initial", end);
	}

	ReplicationSlot slot() {
		return new ReplicationSlot(this.engine);
	}

	String publicationName() {
		return this.engine.publication().name();
	}

	Publication publication() {
		return new Publication(this.engine);
	}

}
