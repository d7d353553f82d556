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

import java.time.Duration;
import java.util.Collections;
import java.util.List;

import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * What happens around an engine's deliveries.
 *
 * @param advice runs around each attempt, {@code null} for none
 * @param errorHandler decides what happens to events that listeners failed to process
 * @param interceptors run around each call of a listener, the first one outermost
 */
public record DeliveryOptions(@Nullable DeliveryAdvice advice, ListenerErrorHandler errorHandler,
		List<CdcListenerInterceptor> interceptors) {

	/** No advice and no interceptors; the engine fails if a listener fails. */
	public static final DeliveryOptions NONE = new DeliveryOptions(null, ListenerErrorHandler.STOP, List.of());

	public DeliveryOptions {
		interceptors = List.copyOf(interceptors);
	}

	/**
	 * The checks of what the deliveries need, before anything is changed for a start.
	 */
	public List<Runnable> preparations() {
		return (this.advice != null) ? List.of(this.errorHandler::prepare, this.advice::prepare)
				: List.of(this.errorHandler::prepare);
	}

	/**
	 * Prepare for events, before each start of the engine.
	 * @param storedLsn the LSN of the stored offset, from which the engine starts
	 * @param epoch the epoch of this instance
	 */
	public void start(Lsn storedLsn, long epoch) {
		this.errorHandler.start(epoch);
		if (this.advice != null) {
			this.advice.start(storedLsn, epoch);
		}
	}

	/**
	 * How long the oldest call of a store has been running.
	 * @return the time, zero if none is running
	 */
	public Duration longestStoreCall() {
		Duration handling = this.errorHandler.longestStoreCall();
		DeliveryAdvice advice = this.advice;
		return (advice != null) ? Collections.max(List.of(handling, advice.longestStoreCall())) : handling;
	}

	/**
	 * To be called after an offset was stored.
	 * @param storedLsn the LSN of the offset
	 */
	public void offsetStored(Lsn storedLsn) {
		if (this.advice != null) {
			this.advice.offsetStored(storedLsn);
		}
	}

}
