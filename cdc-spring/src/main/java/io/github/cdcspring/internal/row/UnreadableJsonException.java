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

import java.util.function.Supplier;

/**
 * JSON that no writer of ours has written. The message continues a sentence after
 * "because", and contains no part of the JSON.
 */
final class UnreadableJsonException extends IllegalArgumentException {

	UnreadableJsonException(String message) {
		super(message);
	}

	/**
	 * Read JSON. The messages of other exceptions may contain a part of it.
	 */
	static <T> T translate(Supplier<T> reader) {
		try {
			return reader.get();
		}
		catch (UnreadableJsonException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new UnreadableJsonException("its values do not fit its schemas");
		}
	}

}
