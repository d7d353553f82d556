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
 * An engine, or several, were not allowed to start, because events would be lost or the
 * server's disk would fill.
 *
 * @since 0.1.0
 */
public class StartRefusedException extends CdcException {

	private final Map<String, List<Violation>> violations;

	/**
	 * Create an exception.
	 * @param engine the engine
	 * @param violations what is not as it must be
	 */
	public StartRefusedException(String engine, List<Violation> violations) {
		this(Map.of(engine, violations));
	}

	/**
	 * Create an exception for engines that are judged together.
	 * @param violations what is not as it must be, by engine; at least one
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
			.collect(Collectors.joining(System.lineSeparator(), "Engine '" + engine + "' was refused: ", ""));
	}

	/**
	 * The engine that was refused.
	 * @return the engine, of several the first
	 */
	public String engine() {
		return this.violations.keySet().iterator().next();
	}

	/**
	 * What is not as it must be, over all engines.
	 * @return the violations
	 */
	public List<Violation> violations() {
		return this.violations.values().stream().flatMap(List::stream).toList();
	}

	/**
	 * What is not as it must be, by engine.
	 * @return the violations of each engine that was refused
	 */
	public Map<String, List<Violation>> violationsByEngine() {
		return this.violations;
	}

}
