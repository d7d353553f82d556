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

import io.github.cdcspring.CdcException;

/**
 * A row, or one value of it, has no form in the type that a listener asks for. Names
 * table, column, both types, the LSN and the cure, never the value: what caused it is
 * named by its class and place only, for its message may carry the value.
 *
 */
public class RowBindingException extends CdcException {

	RowBindingException(String message) {
		super(message);
	}

	/** What threw and where, without its message. */
	static String describe(Throwable cause) {
		StackTraceElement[] trace = cause.getStackTrace();
		String name = cause.getClass().getName();
		return (trace.length > 0) ? name + " at " + trace[0] : name;
	}

}
