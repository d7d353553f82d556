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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Predicts what a restart would do, from what a start goes by: the checks of the server
 * and the reconciler's decision.
 */
public final class RestartPreviewer {

	private final EngineSettings settings;

	private final OffsetReconciler reconciler;

	private final boolean durable;

	/**
	 * Create a previewer.
	 * @param settings the engine
	 * @param reconciler makes the decision
	 * @param durable whether the offset survives a stop of the application
	 */
	public RestartPreviewer(EngineSettings settings, OffsetReconciler reconciler, boolean durable) {
		this.settings = settings;
		this.reconciler = reconciler;
		this.durable = durable;
	}

	/**
	 * The offset that the next start will find. An engine that receives stores once more
	 * when it stops; an unfinished snapshot is repeated.
	 * @param receiving whether this engine receives from the slot
	 */
	public @Nullable StoredOffset offsetAtRestart(ReplicationState now, boolean receiving) {
		StoredOffset offset = this.durable ? now.offset() : null;
		if (offset == null || new OffsetJson(offset.position()).isInSnapshot()) {
			return null;
		}
		return receiving ? withSlotOf(now, offset) : offset;
	}

	/**
	 * The offset as the engine stores it when everything is processed, with the slot as
	 * it is now. No other process can advance the slot while the engine receives.
	 */
	public static StoredOffset withSlotOf(ReplicationState now, StoredOffset offset) {
		LastSeenSlot seen = now.lastSeenSlot(false);
		return (seen != null) ? offset.withSlot(seen, true) : offset;
	}

	/**
	 * Look at what a start of an engine that receives nothing would find.
	 * @param now the positions, with the stored offset
	 */
	public void look(Connection connection, ReplicationState now) throws SQLException {
		this.reconciler.lookAhead(connection, now);
	}

	/**
	 * What else the last start knows of the slot.
	 */
	public SlotEvidence slotEvidence(ReplicationState now) {
		return this.reconciler.slotEvidence(now);
	}

	/**
	 * Predict a restart.
	 * @param now the positions now
	 * @param receiving whether this engine receives from the slot
	 * @param refusals why the server would be refused
	 */
	public RestartPreview preview(ReplicationState now, boolean receiving, List<Violation> refusals,
			TimelineHistory history) throws SQLException {
		if (!refusals.isEmpty()) {
			return RestartPreview.refused(null, refusals);
		}
		SlotState slot = now.slot();
		if (slot != null && slot.active() && !receiving) {
			return RestartPreview.standby(slot);
		}
		ReplicationState then = now.withOffset(offsetAtRestart(now, receiving));
		SlotOffsetComparison comparison = SlotOffsetComparison.of(then, history);
		StartDecision decision = this.reconciler.decide(then, comparison);
		if (decision instanceof StartDecision.Refuse refuse) {
			return RestartPreview.refused(decision, List.of(this.reconciler.refusal(refuse, then, comparison)));
		}
		return RestartPreview.started(this.settings, now, then, comparison, decision);
	}

}
