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
 * Stands around each call of a listener: for the tenant, the logging context, a metric.
 * Every bean of this type is called, in the order that
 * {@link org.springframework.core.annotation.Order Order} says, the first one outermost;
 * an attempt to try again is a call of its own. Calls are made by several threads where
 * {@code cdc.listener.concurrency} is above one.
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
	 * Do what is to be done around a call, and let it {@linkplain CdcListenerCall#proceed
	 * proceed}. Where it does not proceed, the listener is not called and the event
	 * counts as handled.
	 * @param call the call
	 * @throws Throwable what the listener threw, or a failure of the interceptor, which
	 * counts as the listener's
	 */
	void intercept(CdcListenerCall call) throws Throwable;

}
