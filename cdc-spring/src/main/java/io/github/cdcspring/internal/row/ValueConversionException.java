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

package io.github.cdcspring.internal.row;

import java.io.Serial;

/**
 * A value cannot be converted to the declared Java type. The message gives the reason
 * without the value. {@link ColumnMapping} adds table, column and property.
 */
final class ValueConversionException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1;

	private final String action;

	ValueConversionException(String problem, String action) {
		super(problem, null, false, false);
		this.action = action;
	}

	/** What to do about it, as an imperative. */
	String action() {
		return this.action;
	}

}
