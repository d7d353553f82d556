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

/**
 * Intercepts each call of a listener, for example to set the tenant or the logging
 * context, or to record a metric. All beans of this type are called in the order of
 * {@link org.springframework.core.annotation.Order Order}, the first one outermost. Each
 * attempt is a call of its own. If {@code cdc.listener.concurrency} is above 1, several
 * threads call the interceptor at the same time.
 *
 * <pre>{@code
 * void intercept(CdcListenerCall call) throws Throwable {
 *     try (var tenant = Tenants.enter(call.table().schema())) {
 *         call.proceed();
 *     }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CdcListenerInterceptor {

	/**
	 * Intercept a call, and {@linkplain CdcListenerCall#proceed proceed} with it. If the
	 * interceptor does not proceed, the listener is not called, and the event counts as
	 * processed.
	 * @param call the call
	 * @throws Throwable the exception of the listener, or of the interceptor, which
	 * counts as a failure of the listener
	 */
	void intercept(CdcListenerCall call) throws Throwable;

}
