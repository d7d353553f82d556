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

package io.github.cdcspring.actuate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.EngineLifecycle;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.Judgement;
import io.github.cdcspring.engine.ParkedEvents;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the engines, from what they are really doing. A replica that stands by is
 * healthy; an engine that waits to try again is not, for changes pile up meanwhile, and
 * neither is one whose listener does not return.
 *
 * @since 0.1.0
 */
public final class CdcHealthIndicator extends AbstractHealthIndicator {

	private final EngineLifecycle engines;

	/**
	 * Create an indicator.
	 * @param engines the engines
	 */
	public CdcHealthIndicator(EngineLifecycle engines) {
		super("The health of the CDC engines cannot be told");
		this.engines = engines;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Collection<CdcEngine> engines = this.engines.engines();
		builder.status(status(engines));
		engines.forEach((engine) -> builder.withDetail(engine.name(), details(engine)));
	}

	/**
	 * The worst of all engines; one that has not started yet says nothing of how it will
	 * go.
	 */
	private static Status status(Collection<CdcEngine> engines) {
		List<EngineState> states = engines.stream().map((engine) -> engine.status().state()).toList();
		boolean overdue = engines.stream().anyMatch((engine) -> engine.overdueCall() != null);
		if (overdue || states.stream().anyMatch(CdcHealthIndicator::isDown)) {
			return Status.DOWN;
		}
		return states.contains(EngineState.STARTING) ? Status.UNKNOWN : Status.UP;
	}

	private static boolean isDown(EngineState state) {
		return switch (state) {
			case WAITING, REFUSED, FAILED -> true;
			case STOPPED, PAUSED, STARTING, RUNNING, STANDBY -> false;
		};
	}

	private static Map<String, Object> details(CdcEngine engine) {
		EngineStatus status = engine.status();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", status.state());
		details.put("since", status.since());
		details.put("restarts", status.restarts());
		if (status.failure() != null) {
			details.put("failure", status.failure());
		}
		String overdue = engine.overdueCall();
		if (overdue != null) {
			details.put("overdueCall", overdue);
		}
		Judgement judgement = engine.judgement();
		if (judgement != null) {
			details.put("verdictAtStart", judgement.difference().verdict());
			Gap skipped = judgement.skipped();
			if (skipped != null) {
				details.put("skippedGap", Map.of("offsetLsn", skipped.offsetLsn().toString(), "slotLsn",
						skipped.slotLsn().toString(), "bytes", skipped.bytes()));
			}
		}
		ParkedEvents parked = engine.parkedEvents();
		if (parked != null) {
			details.put("parkedKeys", parked.keys());
		}
		if (engine.skippedEvents() > 0) {
			details.put("skippedEvents", engine.skippedEvents());
		}
		Map<String, String> accepted = new LinkedHashMap<>();
		engine.acceptedRisks().forEach((risk) -> accepted.put(risk.rule(), risk.risk()));
		if (!accepted.isEmpty()) {
			details.put("acceptedRisks", accepted);
		}
		return details;
	}

}
