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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.observation.CdcListenerObservationContext;
import io.github.cdcspring.observation.CdcListenerObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Turns each call of a listener into an observation, if the registry has a handler. The
 * trace continues that of the writer, if the writer sent its trace context.
 */
public final class ListenerObservations implements CdcListenerInterceptor, EngineCreatedListener, Ordered {

	private static final CdcListenerObservationConvention DEFAULT = new CdcListenerObservationConvention() {

	};

	private final ObservationRegistry registry;

	private final @Nullable CdcListenerObservationConvention convention;

	private final Map<String, WriterTraces> traces = new ConcurrentHashMap<>();

	/**
	 * Create observations.
	 * @param registry the registry of the observations
	 * @param convention the convention, {@code null} for the default
	 */
	public ListenerObservations(ObservationRegistry registry, @Nullable CdcListenerObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	/**
	 * Return whether calls are observed.
	 * @return whether the registry has a handler
	 */
	public boolean isObserved() {
		return !this.registry.isNoop();
	}

	@Override
	public void created(SupervisedCdcEngine engine) {
		String prefix = engine.settings().tracePrefix();
		if (prefix != null) {
			WriterTraces traces = new WriterTraces(prefix);
			this.traces.put(engine.name(), traces);
			engine.deliveryStatistics().add(traces);
		}
	}

	@Override
	public void intercept(CdcListenerCall call) throws Throwable {
		if (this.registry.isNoop()) {
			call.proceed();
			return;
		}
		Observation
			.createNotStarted(this.convention, DEFAULT,
					() -> new CdcListenerObservationContext(call, traceparent(call)), this.registry)
			.observeChecked(call::proceed);
	}

	private @Nullable String traceparent(CdcListenerCall call) {
		WriterTraces traces = this.traces.get(call.engine());
		Long transaction = call.transactionId();
		return (traces != null && transaction != null) ? traces.of(transaction) : null;
	}

	/**
	 * Surrounds all other interceptors, so that the trace includes their work.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 100;
	}

}
