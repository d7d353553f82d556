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

import io.github.cdcspring.CdcException;

/**
 * Exception thrown if a property has a value that cannot work, or is missing. Spring
 * Boot's own exceptions do not fit: their analyzers do not find a property that comes
 * from an environment variable such as {@code CDC_LISTENER_MAXINFLIGHT}, and they print
 * the value, which may be confidential.
 */
class InvalidCdcPropertyException extends CdcException {

	private final String property;

	private final String problem;

	private final String action;

	/**
	 * Create an exception.
	 * @param property the name of the property
	 * @param problem what is wrong, as the rest of a sentence that begins with the name
	 * @param action what to do about it
	 */
	InvalidCdcPropertyException(String property, String problem, String action) {
		super("'" + property + "' " + problem + " " + action);
		this.property = property;
		this.problem = problem;
		this.action = action;
	}

	String getProperty() {
		return this.property;
	}

	String getProblem() {
		return this.problem;
	}

	String getAction() {
		return this.action;
	}

}
