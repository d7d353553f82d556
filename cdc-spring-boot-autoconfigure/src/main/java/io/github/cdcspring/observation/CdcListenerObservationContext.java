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

package io.github.cdcspring.observation;

import java.util.Map;

import io.github.cdcspring.CdcListenerCall;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

/**
 * Context of the observation {@code cdc.listener}, which is one call of a listener.
 *
 * @since 0.1.0
 */
public final class CdcListenerObservationContext extends ReceiverContext<Map<String, String>> {

	private final CdcListenerCall call;

	/**
	 * Create a context.
	 * @param call the call
	 * @param traceparent the trace context of the writer, {@code null} if it is unknown
	 */
	public CdcListenerObservationContext(CdcListenerCall call, @Nullable String traceparent) {
		super(Map::get, Kind.CONSUMER);
		this.call = call;
		setCarrier((traceparent != null) ? Map.of("traceparent", traceparent) : Map.of());
	}

	/**
	 * Return the observed call.
	 * @return the call
	 */
	public CdcListenerCall call() {
		return this.call;
	}

}
