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

package io.github.cdcspring.internal.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.StreamStatus;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Current health of an engine that embeds Debezium: also problems of slot and server.
 */
final class EmbeddedEngineHealth extends EngineHealth {

	private static final String SEE_ENDPOINT = " Check 'onRestart' in the endpoint 'cdc' for what to do.";

	private final EmbeddedCdcEngine engine;

	private final StreamStatus streamStatus;

	private final EngineSettings.Health limits;

	private final List<CdcBackfill.Status> backfills;

	EmbeddedEngineHealth(EmbeddedCdcEngine engine) {
		super(engine);
		this.engine = engine;
		this.streamStatus = engine.streamStatus();
		this.limits = engine.settings().health();
		this.backfills = engine.backfill().list();
	}

	@Override
	void findSourceProblems(boolean failed) {
		if (!failed && this.streamStatus.isStale()) {
			problem("Slot and server cannot be read: " + this.streamStatus.problem());
		}
		ReplicationState positions = this.streamStatus.positions();
		if (positions != null && state() != EngineState.STARTING) {
			slot(positions.slot());
		}
		if (this.streamStatus.comparison() != null) {
			distances(this.streamStatus);
		}
		if (state() == EngineState.RUNNING) {
			this.backfills.forEach(this::existingRows);
		}
	}

	private void existingRows(CdcBackfill.Status table) {
		if (table.problem() != null && table.state() != CdcBackfill.State.PAUSED) {
			problem("Existing rows of table " + table.table() + " cannot be read: " + table.problem()
					+ " The engine tries again by itself.");
		}
	}

	private void slot(@Nullable SlotState slot) {
		String name = "Slot '" + this.engine.settings().slot().name() + "' ";
		if (slot == null && this.engine.settings().snapshotMode().endsAfterSnapshot()) {
			return;
		}
		if (slot == null) {
			problem(name + "does not exist: the server retains no changes for this engine." + SEE_ENDPOINT);
		}
		else if (slot.isLost()) {
			problem(name + "is lost ("
					+ ((slot.invalidationReason() != null) ? slot.invalidationReason()
							: "wal_status " + slot.walStatus())
					+ "): the server removed WAL that it needs." + SEE_ENDPOINT);
		}
		else if (state() == EngineState.RUNNING && !slot.active() && !this.streamStatus.isStale()) {
			problem(name + "is not active: the server sends nothing to this engine. It reconnects by itself.");
		}
		else if ("unreserved".equals(slot.walStatus())) {
			problem(name + "is about to be lost: it needs more WAL than max_slot_wal_keep_size, and the next "
					+ "checkpoint may remove it. Raise max_slot_wal_keep_size now, or let the engine catch up.");
		}
	}

	private void distances(StreamStatus streamStatus) {
		SlotOffsetComparison comparison = streamStatus.comparison();
		Long maxLag = this.limits.maxLagBytes();
		if (comparison != null && maxLag != null && comparison.lagBytes() > maxLag) {
			problem("The engine lags " + comparison.lagBytes() + " bytes behind the server, which is more than "
					+ property("max-lag") + " (" + maxLag + "). Check what the listeners wait for.");
		}
		Long retained = (streamStatus.positions() != null) ? streamStatus.positions().retainedWalBytes() : null;
		Long maxRetained = this.limits.maxRetainedWalBytes();
		if (retained != null && maxRetained != null && retained > maxRetained) {
			problem("The server retains " + retained + " bytes of WAL for the slot, which is more than "
					+ property("max-retained-wal") + " (" + maxRetained + "). Check whether the engine receives.");
		}
		Duration left = streamStatus.slotSafeFor();
		Duration minimum = this.limits.minTimeToSlotLoss();
		if (left != null && minimum != null && left.compareTo(minimum) < 0) {
			problem("The slot will be lost in " + inWords(left) + " at the present rate of WAL, which is less than "
					+ property("min-time-to-slot-loss") + " (" + inWords(minimum)
					+ "). Raise max_slot_wal_keep_size, or let the engine catch up.");
		}
	}

	private String property(String name) {
		return this.engine.settings().property("health." + name);
	}

	@Override
	void addSourceDetails(Map<String, Object> details) {
		positions(details);
		if (!this.backfills.isEmpty()) {
			details.put("existingRows", this.backfills.stream().map(EmbeddedEngineHealth::progress).toList());
		}
		ReconciliationResult reconciliation = this.engine.reconciliation();
		if (reconciliation != null) {
			details.put("verdictAtStart", reconciliation.comparison().verdict());
			addSkipped(details, reconciliation.skipped());
		}
	}

	private static Map<String, Object> progress(CdcBackfill.Status table) {
		Map<String, Object> progress = new LinkedHashMap<>();
		progress.put("table", table.table().toString());
		progress.put("state", table.state());
		progress.put("rows", table.rows());
		putIfKnown(progress, "estimatedRows", table.estimatedRows());
		return progress;
	}

	private void positions(Map<String, Object> details) {
		ReplicationState positions = this.streamStatus.positions();
		SlotOffsetComparison comparison = this.streamStatus.comparison();
		if (positions == null || comparison == null) {
			return;
		}
		details.put("verdict", comparison.verdict());
		details.put("lagBytes", comparison.lagBytes());
		putIfKnown(details, "retainedWalBytes", positions.retainedWalBytes());
		SlotState slot = positions.slot();
		if (slot != null) {
			putIfKnown(details, "walStatus", slot.walStatus());
			putIfKnown(details, "invalidationReason", slot.invalidationReason());
			putIfKnown(details, "safeWalSizeBytes", slot.safeWalSizeBytes());
		}
		if (this.streamStatus.slotSafeFor() != null) {
			details.put("timeToSlotLoss", inWords(this.streamStatus.slotSafeFor()));
		}
		putIfKnown(details, "readAt", this.streamStatus.readAt());
		if (this.streamStatus.isStale()) {
			details.put("stale", true);
		}
	}

	private static void putIfKnown(Map<String, Object> details, String name, @Nullable Object value) {
		if (value != null) {
			details.put(name, value);
		}
	}

	static String inWords(Duration duration) {
		long seconds = duration.toSeconds();
		if (seconds < 120) {
			return seconds + " s";
		}
		return (seconds < 7200) ? seconds / 60 + " min" : seconds / 3600 + " h";
	}

}
