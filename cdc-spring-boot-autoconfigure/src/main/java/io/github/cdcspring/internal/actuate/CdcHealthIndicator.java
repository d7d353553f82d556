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

import java.util.List;

import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the engines, determined by their state, slot, server and listeners. An engine
 * on standby is UP. An engine that backs off is DOWN, because the server retains WAL
 * meanwhile.
 */
public final class CdcHealthIndicator extends AbstractHealthIndicator {

	/** An engine that is starting does not hide the status of the others. */
	private static final List<Status> SEVERITY = List.of(Status.UP, Status.UNKNOWN, Status.OUT_OF_SERVICE, Status.DOWN);

	private final EmbeddedEngineRegistry engines;

	/**
	 * Create an indicator.
	 * @param engines the engines
	 */
	public CdcHealthIndicator(EmbeddedEngineRegistry engines) {
		super("The health of the CDC engines could not be determined");
		this.engines = engines;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Status worst = Status.UP;
		for (SupervisedCdcEngine engine : this.engines.engines()) {
			EngineHealth health = EngineHealth.of(engine);
			builder.withDetail(engine.name(), health.details());
			if (SEVERITY.indexOf(health.status()) > SEVERITY.indexOf(worst)) {
				worst = health.status();
			}
		}
		builder.status(worst);
	}

}
