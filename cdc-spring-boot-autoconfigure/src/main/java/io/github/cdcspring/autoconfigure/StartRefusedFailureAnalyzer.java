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

package io.github.cdcspring.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.check.SafetyRules;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Analyzes a refused start: the rules that each engine violates, the origin of the
 * properties involved, and what to do about it.
 */
class StartRefusedFailureAnalyzer extends AbstractFailureAnalyzer<StartRefusedException> {

	private final Environment environment;

	StartRefusedFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StartRefusedException cause) {
		StringBuilder description = new StringBuilder();
		StringBuilder action = new StringBuilder();
		boolean single = cause.violations().size() == 1;
		for (Map.Entry<String, List<Violation>> refused : cause.violationsByEngine().entrySet()) {
			description.append(description.isEmpty() ? "" : "%n%n".formatted())
				.append("CDC engine '%s' refused to start:".formatted(refused.getKey()));
			for (Violation violation : refused.getValue()) {
				description.append("%n%n    [%s] %s".formatted(violation.rule(), violation.problem()));
				violation.properties().forEach((property) -> description.append(origin(property)));
				action.append(single ? violation.action() : "%s[%s] %s"
					.formatted(action.isEmpty() ? "" : "%n%n".formatted(), violation.rule(), violation.action()));
			}
			action.append(allStatements(cause.statements(refused.getKey())));
		}
		if (cause.violations().stream().allMatch((violation) -> isAcceptable(violation.rule()))) {
			action.append("%n%nTo start anyway and accept the risk, set cdc.safety.accept=%s."
				.formatted(String.join(",", cause.violations().stream().map(Violation::rule).distinct().toList())));
		}
		return new FailureAnalysis(description.toString(), action.toString(), cause);
	}

	private static String allStatements(List<String> statements) {
		return statements.isEmpty() ? ""
				: statements.stream()
					.collect(Collectors.joining("%n    ".formatted(),
							("%n%nThe SQL for all of this, except for what needs a restart of the server. Run it as a "
									+ "superuser in the database whose changes are received:%n%n    ")
								.formatted(),
							""));
	}

	private static boolean isAcceptable(String rule) {
		return SafetyRules.acceptable().containsKey(rule);
	}

	private String origin(String key) {
		ConfigurationProperty property = EnginePropertyNames.find(this.environment, key);
		return (property != null && property.getOrigin() != null)
				? "%n        '%s' (%s)".formatted(property.getName(), property.getOrigin()) : "";
	}

}
