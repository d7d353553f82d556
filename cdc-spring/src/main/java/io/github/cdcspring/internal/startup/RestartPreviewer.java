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

package io.github.cdcspring.internal.startup;

import java.sql.SQLException;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a restart would do, from what a start goes by: the checks of the server, and
 * the judge's decision.
 */
public final class RestartPreviewer {

	private final EngineSettings settings;

	private final OffsetReconciler reconciler;

	private final boolean durable;

	public RestartPreviewer(EngineSettings settings, OffsetReconciler reconciler, boolean durable) {
		this.settings = settings;
		this.reconciler = reconciler;
		this.durable = durable;
	}

	/**
	 * What the store will hold for the next start. An engine that receives looks at the
	 * slot once more when it stops; a snapshot that was not finished is taken again.
	 * @param receiving whether it is this engine that receives from the slot
	 */
	public @Nullable StoredOffset offsetAtRestart(ReplicationState now, boolean receiving) {
		StoredOffset offset = this.durable ? now.offset() : null;
		if (offset == null || new OffsetJson(offset.position()).isInSnapshot()) {
			return null;
		}
		return receiving ? seen(offset, now) : offset;
	}

	/**
	 * The offset as it is stored after everything was handled. Meanwhile nobody else can
	 * have moved the slot.
	 */
	public static StoredOffset seen(StoredOffset offset, ReplicationState now) {
		return (now.lastSeenSlot(null) != null) ? offset.withSlot(now.lastSeenSlot(null), true) : offset;
	}

	/**
	 * Foresee a restart.
	 * @param now slot, server and offset
	 * @param receiving whether it is this engine that receives from the slot
	 * @param refusals what the server would be refused for
	 */
	public RestartPreview foresee(ReplicationState now, boolean receiving, List<Violation> refusals,
			TimelineHistory history) throws SQLException {
		if (!refusals.isEmpty()) {
			return refused(null, refusals);
		}
		SlotState slot = now.slot();
		if (slot != null && slot.active() && !receiving) {
			return new RestartPreview(null, List.of(), "Stands by: server process " + slot.activePid()
					+ " receives from slot '" + slot.name() + "'. Takes over when that one ends.");
		}
		ReplicationState then = new ReplicationState(now.server(), slot, offsetAtRestart(now, receiving));
		SlotOffsetComparison comparison = SlotOffsetComparison.of(then, history);
		StartDecision decision = this.reconciler.decide(then, comparison);
		if (decision instanceof StartDecision.Refuse refuse) {
			return refused(decision, List.of(this.reconciler.refusal(refuse, then, comparison)));
		}
		return new RestartPreview(decision, List.of(),
				new RestartDescription(this.settings, now, then, comparison).sentence(decision));
	}

	private static RestartPreview refused(@Nullable StartDecision decision, List<Violation> refusals) {
		StringBuilder words = new StringBuilder("Is refused");
		refusals.forEach((violation) -> words.append((words.length() > 12) ? " And [" : " [")
			.append(violation.rule())
			.append("]: ")
			.append(violation.problem())
			.append(' ')
			.append(violation.action()));
		return new RestartPreview(decision, refusals, words.toString());
	}

}
