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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.EngineDescription.EventCounts;
import io.github.cdcspring.internal.actuate.EngineDescription.LastStart;
import io.github.cdcspring.internal.actuate.EngineDescription.Offset;
import io.github.cdcspring.internal.actuate.EngineDescription.Server;
import io.github.cdcspring.internal.actuate.EngineDescription.SkippedGap;
import io.github.cdcspring.internal.actuate.EngineDescription.Slot;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.samples.ledger.check.Difference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An engine in a state that would take long to bring a real one into. What it becomes is
 * the endpoint's own JSON.
 */
final class DescribedEngine {

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

	private final List<EventCounts> events = new ArrayList<>();

	private final List<AcceptedRisk> risks = new ArrayList<>();

	DescribedEngine in(EngineState state, @Nullable String failure) {
		this.state = state;
		this.failure = failure;
		return this;
	}

	DescribedEngine with(Verdict verdict, boolean explained) {
		this.verdict = verdict;
		this.explained = explained;
		return this;
	}

	DescribedEngine at(long restart, @Nullable Long slot, @Nullable Long offset, long server) {
		this.restart = restart;
		this.slot = slot;
		this.offset = offset;
		this.server = server;
		return this;
	}

	DescribedEngine stale(String reason) {
		this.stale = reason;
		return this;
	}

	DescribedEngine safe(long bytes) {
		this.safeBytes = bytes;
		return this;
	}

	DescribedEngine keptAs(String walStatus) {
		this.walStatus = walStatus;
		return this;
	}

	DescribedEngine handled(String table, String operation, long handled) {
		this.events.add(new EventCounts(table, null, operation, handled, 0, 2, 1));
		return this;
	}

	DescribedEngine accepting(String rule, String problem, String risk) {
		this.risks.add(new AcceptedRisk(rule, problem, risk));
		return this;
	}

	static String json(Map<String, DescribedEngine> engines) {
		Map<String, EngineDescription> described = new LinkedHashMap<>();
		engines.forEach((name, engine) -> described.put(name, engine.description()));
		return JSON.writeValueAsString(new CdcDescription(described));
	}

	String json() {
		return json(Map.of("default", this));
	}

	private EngineDescription description() {
		Instant now = Instant.now();
		boolean running = this.state == EngineState.RUNNING;
		Long slot = this.slot;
		Slot slotNow = new Slot("shop", slot != null, "pgoutput", running, running ? 4711 : null, lsn(this.restart),
				lsn(slot), this.walStatus, this.safeBytes, (this.safeBytes != null) ? 7200L : null,
				this.server - this.restart, false, false, null);
		long ahead = (slot != null && this.offset != null) ? slot - this.offset : 0;
		Difference difference = new Difference(this.verdict, this.explained, Math.max(0, ahead), Math.max(0, -ahead),
				this.server - ((this.offset != null) ? this.offset : this.server),
				"Goes on at " + lsn(this.offset) + ", where slot and offset are.");
		SkippedGap gap = new SkippedGap("0/241DDD0", "0/241E308", 1336);
		return new EngineDescription(this.state, now.minusSeconds(90), this.failure, 2, 1, "connector", "no_validation",
				"jdbc", "initial", "no", slotNow, new Offset(lsn(this.offset), now, false),
				new Server("18.6", lsn(this.server), 1, "7563124569871234567", false), difference,
				new LastStart(this.verdict, "started", gap), null, this.events, this.risks, now, this.stale != null,
				this.stale);
	}

	private static @Nullable String lsn(@Nullable Long value) {
		return (value != null) ? new Lsn(value).toString() : null;
	}

}
