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
 * A listener failed for good. Names listener, table, operation, LSN and transaction,
 * never the row; the cause is what the listener threw, or why it could not be called.
 *
 */
public class ListenerFailedException extends CdcException {

	/**
	 * Create an exception.
	 * @param message which listener failed at which event
	 * @param cause what the listener threw
	 */
	public ListenerFailedException(String message, Throwable cause) {
		super(message, cause);
	}

}
