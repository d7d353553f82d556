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

package io.github.cdcspring.safety;

import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcException;

/**
 * An engine was not allowed to start, because events would be lost or the server's disk
 * would fill.
 *
 * @since 0.1.0
 */
public class RefusedException extends CdcException {

	private final String engine;

	private final List<Violation> violations;

	/**
	 * Create an exception.
	 * @param engine the engine
	 * @param violations what is not as it must be
	 */
	public RefusedException(String engine, List<Violation> violations) {
		super(violations.stream()
			.map((violation) -> violation.rule() + ": " + violation.problem() + " " + violation.action())
			.collect(Collectors.joining(System.lineSeparator(), "Engine '" + engine + "' was refused: ", "")));
		this.engine = engine;
		this.violations = List.copyOf(violations);
	}

	/**
	 * The engine that was refused.
	 * @return the engine
	 */
	public String engine() {
		return this.engine;
	}

	/**
	 * What is not as it must be.
	 * @return the violations
	 */
	public List<Violation> violations() {
		return this.violations;
	}

}
