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

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.EngineDescriptor.AcceptedRiskDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.BackfillDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.DifferenceDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.EventCountsDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.FailedDeliveryDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.LastStartDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ListenerCallDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ListenerDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.OffsetDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.RefusalDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ServerDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.SkippedGapDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.SlotDescriptor;
import io.github.cdcspring.internal.startup.Verdict;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds the endpoint's JSON for an engine in a state that a real one would take long to
 * reach.
 */
final class EngineDescriptorBuilder {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private EngineState state = EngineState.RUNNING;

	private Verdict verdict = Verdict.IN_SYNC;

	private boolean explained = true;

	private long restart = 1L << 32;

	private @Nullable Long slot = this.restart + 56;

	private @Nullable Long offset = this.slot;

	private long server = this.restart + 112;

	private @Nullable String failure;

	private @Nullable String stale;

	private @Nullable Long safeBytes;

	private String walStatus = "reserved";

	private @Nullable String consumer;

	private @Nullable Long lagSeconds;

	private @Nullable FailedDeliveryDescriptor failedDelivery;

	private @Nullable ListenerCallDescriptor call;

	private final List<RefusalDescriptor> refusals = new ArrayList<>();

	private final List<ListenerDescriptor> listeners = new ArrayList<>();

	private final List<EventCountsDescriptor> events = new ArrayList<>();

	private final List<BackfillDescriptor> backfills = new ArrayList<>();

	private final List<AcceptedRiskDescriptor> risks = new ArrayList<>();

	EngineDescriptorBuilder in(EngineState state, @Nullable String failure) {
		this.state = state;
		this.failure = failure;
		return this;
	}

	EngineDescriptorBuilder with(Verdict verdict, boolean explained) {
		this.verdict = verdict;
		this.explained = explained;
		return this;
	}

	EngineDescriptorBuilder at(long restart, @Nullable Long slot, @Nullable Long offset, long server) {
		this.restart = restart;
		this.slot = slot;
		this.offset = offset;
		this.server = server;
		return this;
	}

	EngineDescriptorBuilder stale(String reason) {
		this.stale = reason;
		return this;
	}

	EngineDescriptorBuilder safe(long bytes) {
		this.safeBytes = bytes;
		return this;
	}

	EngineDescriptorBuilder keptAs(String walStatus) {
		this.walStatus = walStatus;
		return this;
	}

	EngineDescriptorBuilder handled(String table, String operation, long handled) {
		this.events.add(new EventCountsDescriptor(table, null, operation, handled, 0, 2, 1));
		return this;
	}

	EngineDescriptorBuilder backfill(String table, long rows, @Nullable Long estimatedRows) {
		this.backfills.add(new BackfillDescriptor(table, null, "reading", rows, estimatedRows, 500L, 90L, Instant.now(),
				null, List.of()));
		return this;
	}

	EngineDescriptorBuilder accepting(String rule, String problem, String risk) {
		this.risks.add(new AcceptedRiskDescriptor(rule, problem, risk));
		return this;
	}

	EngineDescriptorBuilder consumedBy(String application) {
		this.consumer = application;
		return this;
	}

	EngineDescriptorBuilder lagging(long seconds) {
		this.lagSeconds = seconds;
		return this;
	}

	EngineDescriptorBuilder failedAt(String listener, String table, String lsn) {
		this.failedDelivery = new FailedDeliveryDescriptor(listener, table, lsn, 3, "java.lang.IllegalStateException");
		return this;
	}

	EngineDescriptorBuilder calling(String listener, String table, String lsn, double seconds) {
		this.call = new ListenerCallDescriptor(listener, table, lsn, seconds, 300, seconds > 300);
		return this;
	}

	EngineDescriptorBuilder refusedBy(String rule, String problem, List<ActionStep> steps, String... statements) {
		this.refusals.add(new RefusalDescriptor(rule, problem, steps, List.of(statements)));
		return this;
	}

	EngineDescriptorBuilder listener(String id, String... tables) {
		this.listeners.add(new ListenerDescriptor(id, List.of(tables), List.of(), List.of("create", "update")));
		return this;
	}

	static String json(Map<String, EngineDescriptorBuilder> engines) {
		Map<String, EngineDescriptor> described = new LinkedHashMap<>();
		engines.forEach((name, engine) -> described.put(name, engine.build()));
		return JSON.writeValueAsString(new CdcDescriptor(described));
	}

	String json() {
		return json(Map.of("default", this));
	}

	private EngineDescriptor build() {
		Instant now = Instant.now();
		boolean active = this.state == EngineState.RUNNING || this.state == EngineState.STANDBY;
		Long slot = this.slot;
		SlotDescriptor slotNow = new SlotDescriptor("shop", slot != null, "pgoutput", active, active ? 4711 : null,
				this.consumer, (this.consumer != null) ? "10.0.0.5" : null, lsn(this.restart), lsn(slot),
				this.walStatus, this.safeBytes, (this.safeBytes != null) ? 7200L : null, this.server - this.restart,
				false, false, null);
		long ahead = (slot != null && this.offset != null) ? slot - this.offset : 0;
		DifferenceDescriptor difference = new DifferenceDescriptor(this.verdict, this.explained, Math.max(0, ahead),
				Math.max(0, -ahead), this.server - ((this.offset != null) ? this.offset : this.server), this.lagSeconds,
				"Resumes at " + lsn(this.offset) + ", where slot and offset are.", this.refusals);
		SkippedGapDescriptor gap = new SkippedGapDescriptor("0/241DDD0", "0/241E308", 1336);
		return new EngineDescriptor(this.state, now.minusSeconds(90), this.failure, this.failedDelivery, 2, 1,
				"connector", "no_validation", "jdbc", "initial", "no", slotNow,
				new OffsetDescriptor(lsn(this.offset), now, false),
				new ServerDescriptor("18.6", lsn(this.server), 1, "7563124569871234567", false), difference,
				new LastStartDescriptor(this.verdict, "started", gap), this.listeners, this.call, this.events,
				this.backfills, this.risks, now, this.stale != null, this.stale);
	}

	private static @Nullable String lsn(@Nullable Long value) {
		return (value != null) ? new Lsn(value).toString() : null;
	}

}
