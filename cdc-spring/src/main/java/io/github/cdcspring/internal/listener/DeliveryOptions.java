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

import java.util.List;

import io.github.cdcspring.CdcListenerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * What an engine has around the delivery of its events.
 *
 * @param advice around each attempt, {@code null} for nothing
 * @param errorHandler decides about what failed for good
 * @param interceptors around each call, the first one outermost
 * @param observer sees what is delivered, {@code null} for nobody
 */
public record DeliveryOptions(@Nullable DeliveryAdvice advice, ListenerErrorHandler errorHandler,
		List<CdcListenerInterceptor> interceptors, @Nullable DeliveryObserver observer) {

	/** Nothing around it, and the engine fails where a listener does. */
	public static final DeliveryOptions NONE = new DeliveryOptions(null, ListenerErrorHandler.STOP, List.of(), null);

	public DeliveryOptions {
		interceptors = List.copyOf(interceptors);
	}

}
