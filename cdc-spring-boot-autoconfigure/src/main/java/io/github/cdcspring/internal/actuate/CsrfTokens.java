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

package io.github.cdcspring.internal.actuate;

import org.jspecify.annotations.Nullable;

/**
 * Tells the page the token that its operations need where Spring Security protects them
 * against forged requests.
 */
@FunctionalInterface
public interface CsrfTokens {

	/** Nothing protects the operations. */
	CsrfTokens NONE = () -> null;

	/**
	 * Return the token of the current request.
	 * @return the token, {@code null} if none is needed
	 */
	@Nullable CsrfDescriptor current();

	/**
	 * Description of a token.
	 *
	 * @param header the request header that has to carry it
	 * @param token the token
	 */
	record CsrfDescriptor(String header, String token) {

	}

}
