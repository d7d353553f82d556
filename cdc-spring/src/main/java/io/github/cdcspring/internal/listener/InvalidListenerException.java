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

package io.github.cdcspring.internal.listener;

import io.github.cdcspring.CdcException;

/**
 * Thrown for a {@link io.github.cdcspring.CdcListener @CdcListener} method that cannot
 * work. The message names bean and method, and ends with what to do.
 */
public class InvalidListenerException extends CdcException {

	private final String problem;

	private final String action;

	/**
	 * Create an exception.
	 * @param problem what is wrong with which listener, a sentence without its full stop
	 * @param action what to do, a sentence
	 */
	public InvalidListenerException(String problem, String action) {
		super(problem + ". " + action);
		this.problem = problem;
		this.action = action;
	}

	/**
	 * What is wrong with which listener.
	 * @return a sentence without its full stop
	 */
	public String getProblem() {
		return this.problem;
	}

	/**
	 * What to do.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
