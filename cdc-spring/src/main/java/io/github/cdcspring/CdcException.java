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

package io.github.cdcspring;

import org.jspecify.annotations.Nullable;

/**
 * Base class of the starter's exceptions. The message says what is wrong and what to do.
 * It contains neither row data nor credentials.
 *
 * @since 0.1.0
 */
public class CdcException extends RuntimeException {

	/**
	 * Create an exception.
	 * @param message what is wrong and what to do
	 */
	public CdcException(String message) {
		super(message);
	}

	/**
	 * Create an exception.
	 * @param message what is wrong and what to do
	 * @param cause the cause
	 */
	public CdcException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
