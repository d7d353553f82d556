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

import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The violations of an engine, with the accepted ones apart.
 *
 * @param refused the violations that the operator has not accepted
 * @param accepted the risks that the operator has accepted
 */
record CheckResult(List<Violation> refused, List<AcceptedRisk> accepted) {

	private static final Logger logger = LoggerFactory.getLogger(CheckResult.class);

	static CheckResult of(EngineSettings engine, List<Violation> violations) {
		CheckResult result = new CheckResult(new ArrayList<>(), new ArrayList<>());
		for (Violation violation : violations) {
			String risk = engine.safety().accept().contains(violation.rule())
					? SafetyRules.acceptable().get(violation.rule()) : null;
			if (risk != null) {
				result.accepted.add(new AcceptedRisk(violation.rule(), violation.problem(), risk));
			}
			else {
				result.refused.add(violation);
			}
		}
		return result;
	}

	void logAccepted(EngineSettings engine) {
		for (AcceptedRisk risk : this.accepted) {
			logger.warn("Engine '{}' runs with accepted risk {}: {} {}", engine.name(), risk.rule(), risk.risk(),
					risk.problem());
		}
	}

}
