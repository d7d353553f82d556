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

package io.github.cdcspring.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcException;

/**
 * One or more engines refused to start, because events would be lost or the server's disk
 * would fill.
 *
 * @since 0.1.0
 */
public class StartRefusedException extends CdcException {

	/** Introduces the statements of several violations. */
	private static final String ALL_STATEMENTS = "The SQL for all of this, except for what needs a restart of the "
			+ "server. Run it as a superuser in the database whose changes are received:";

	private final Map<String, List<Violation>> violations;

	/**
	 * Create an exception.
	 * @param engine the engine
	 * @param violations the rules that it breaks
	 */
	public StartRefusedException(String engine, List<Violation> violations) {
		this(Map.of(engine, violations));
	}

	/**
	 * Create an exception for several engines.
	 * @param violations the rules that they break, by engine; at least one
	 */
	public StartRefusedException(Map<String, List<Violation>> violations) {
		super(violations.entrySet()
			.stream()
			.map((refused) -> message(refused.getKey(), refused.getValue()))
			.collect(Collectors.joining(System.lineSeparator())));
		Map<String, List<Violation>> copy = new LinkedHashMap<>();
		violations.forEach((engine, all) -> copy.put(engine, List.copyOf(all)));
		this.violations = Collections.unmodifiableMap(copy);
	}

	private static String message(String engine, List<Violation> violations) {
		return violations.stream()
			.map((violation) -> violation.rule() + ": " + violation.problem() + " " + violation.action())
			.collect(Collectors.joining(System.lineSeparator(), "Engine '" + engine + "' refused to start: ",
					allStatements(violations)));
	}

	private static String allStatements(List<Violation> violations) {
		List<String> statements = statements(violations);
		return statements.isEmpty() ? ""
				: statements.stream()
					.collect(Collectors.joining(System.lineSeparator(),
							System.lineSeparator() + ALL_STATEMENTS + System.lineSeparator(), ""));
	}

	private static List<String> statements(List<Violation> violations) {
		List<Violation> withStatements = violations.stream()
			.filter((violation) -> !violation.statements().isEmpty())
			.toList();
		return (withStatements.size() < 2) ? List.of()
				: withStatements.stream().flatMap((violation) -> violation.statements().stream()).distinct().toList();
	}

	/**
	 * The engine that refused to start.
	 * @return the engine, the first one of several
	 */
	public String engine() {
		return this.violations.keySet().iterator().next();
	}

	/**
	 * The rules that the engines break.
	 * @return the violations
	 */
	public List<Violation> violations() {
		return this.violations.values().stream().flatMap(List::stream).toList();
	}

	/**
	 * The SQL of several violations of an engine in one block, which a superuser can run
	 * in the database whose changes are received.
	 * @param engine the engine
	 * @return the statements, empty if SQL helps against one violation at most
	 */
	public List<String> statements(String engine) {
		return statements(this.violations.getOrDefault(engine, List.of()));
	}

	/**
	 * The rules that each engine breaks.
	 * @return the violations by engine
	 */
	public Map<String, List<Violation>> violationsByEngine() {
		return this.violations;
	}

}
