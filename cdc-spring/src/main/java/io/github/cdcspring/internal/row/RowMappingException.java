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
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;

/**
 * A row, or one of its values, cannot be mapped to the type that a listener declares. The
 * message names table, column, both types, the LSN and what to do. It never contains a
 * value of the row. The message of another exception may contain one, so this exception
 * names only the class of such a cause, and where it was thrown.
 */
public class RowMappingException extends CdcException {

	private final String problem;

	private final String action;

	RowMappingException(String problem, String action) {
		super(problem + " " + action);
		this.problem = problem;
		this.action = action;
	}

	/**
	 * Return what is wrong.
	 * @return the first part of the message
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Return what to do.
	 * @return the last part of the message
	 */
	public String action() {
		return this.action;
	}

	/** A constructor or setter of the application threw an exception. */
	static RowMappingException thrownBy(Class<?> type, TableId table, Lsn lsn, Throwable cause) {
		return new RowMappingException("Cannot map a row of " + table + " to " + type.getName() + " at " + lsn
				+ ": its code threw " + describe(cause) + ". The exception's message is left out, because it may "
				+ "contain the row's data.", "Check the code at that line.");
	}

	/**
	 * Describe an exception without its message.
	 * @param cause the exception
	 * @return its class and where it was thrown
	 */
	public static String describe(Throwable cause) {
		StackTraceElement[] trace = cause.getStackTrace();
		String name = cause.getClass().getName();
		return (trace.length > 0) ? name + " at " + trace[0] : name;
	}

}
