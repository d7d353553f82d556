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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.ParkedEvents;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.listener.RunningCall;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Status;

/**
 * Current health of one engine: its state, and problems of source and listeners.
 */
abstract class EngineHealth {

	private final SupervisedCdcEngine engine;

	private final EngineStatus status;

	private final List<String> problems = new ArrayList<>();

	EngineHealth(SupervisedCdcEngine engine) {
		this.engine = engine;
		this.status = engine.status();
	}

	static EngineHealth of(SupervisedCdcEngine engine) {
		EngineHealth health = (engine instanceof KafkaCdcEngine kafka) ? new KafkaEngineHealth(kafka)
				: new EmbeddedEngineHealth((EmbeddedCdcEngine) engine);
		health.findProblems();
		return health;
	}

	private void findProblems() {
		String failure = (this.status.state() != EngineState.STANDBY) ? this.status.failure() : null;
		if (failure != null) {
			problem(failure);
		}
		findSourceProblems(failure != null);
		RunningCall call = this.engine.oldestCall();
		if (call != null && call.overdue()) {
			problem("Listener '" + call.listener() + "' has not returned since " + call.since() + ", at "
					+ ((call.table() != null) ? call.table() + ", " : "") + "LSN " + call.lsn()
					+ ", which is longer than " + this.engine.settings().property("listener.timeout")
					+ ". Check what it waits for, or set "
					+ this.engine.settings().property("listener.interrupt-on-timeout") + "=true.");
		}
	}

	/**
	 * Find the problems of the source.
	 * @param failed whether the failure of the engine is known
	 */
	abstract void findSourceProblems(boolean failed);

	/** Add what is known about the source. */
	abstract void addSourceDetails(Map<String, Object> details);

	static void addSkipped(Map<String, Object> details, @Nullable Gap skipped) {
		if (skipped != null) {
			details.put("skippedGap", Map.of("offsetLsn", skipped.offsetLsn().toString(), "slotLsn",
					skipped.slotLsn().toString(), "bytes", skipped.bytes()));
		}
	}

	void problem(String problem) {
		this.problems.add(problem);
	}

	EngineState state() {
		return this.status.state();
	}

	Status status() {
		return switch (this.status.state()) {
			case PAUSED -> Status.OUT_OF_SERVICE;
			case BACKING_OFF, REFUSED, FAILED -> Status.DOWN;
			case RUNNING, STANDBY -> this.problems.isEmpty() ? Status.UP : Status.DOWN;
			case STARTING -> this.problems.isEmpty() ? Status.UNKNOWN : Status.DOWN;
			case STOPPED -> Status.UP;
		};
	}

	Map<String, Object> details() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", this.status.state());
		details.put("since", this.status.since());
		details.put("restarts", this.status.restarts());
		if (this.status.failure() != null) {
			details.put("failure", this.status.failure());
		}
		if (!this.problems.isEmpty()) {
			details.put("problems", this.problems);
		}
		addSourceDetails(details);
		ParkedEvents parked = this.engine.parkedEvents();
		if (parked != null) {
			details.put("parkedKeys", parked.keys());
		}
		if (this.engine.skippedEvents() > 0) {
			details.put("skippedEvents", this.engine.skippedEvents());
		}
		Map<String, String> accepted = new LinkedHashMap<>();
		this.engine.acceptedRisks().forEach((risk) -> accepted.put(risk.rule(), risk.risk()));
		if (!accepted.isEmpty()) {
			details.put("acceptedRisks", accepted);
		}
		return details;
	}

}
