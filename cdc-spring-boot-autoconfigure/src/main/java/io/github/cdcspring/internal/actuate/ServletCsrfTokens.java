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

import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * The tokens of Spring Security's filter for servlets. Asking for one creates a session
 * if the application keeps tokens there.
 */
public final class ServletCsrfTokens implements CsrfTokens {

	@Override
	public @Nullable CsrfDescriptor current() {
		RequestAttributes request = RequestContextHolder.getRequestAttributes();
		Object token = (request != null)
				? request.getAttribute(CsrfToken.class.getName(), RequestAttributes.SCOPE_REQUEST) : null;
		return (token instanceof CsrfToken csrf) ? new CsrfDescriptor(csrf.getHeaderName(), csrf.getToken()) : null;
	}

}
