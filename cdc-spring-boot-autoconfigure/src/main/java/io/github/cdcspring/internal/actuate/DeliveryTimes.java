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

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.internal.listener.DeliveryObserver;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.row.Change;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Times deliveries. Each meter is looked up once and cached.
 */
final class DeliveryTimes implements DeliveryObserver {

	private static final Duration[] BUCKETS = { Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500),
			Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(10),
			Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1) };

	private final MeterRegistry registry;

	private final Tags engine;

	private final boolean calls;

	private final Timer latency;

	private final Map<ListenerEndpoint, Timer> succeeded = new ConcurrentHashMap<>();

	DeliveryTimes(MeterRegistry registry, Tags engine, boolean calls) {
		this.registry = registry;
		this.engine = engine;
		this.calls = calls;
		this.latency = Timer.builder("cdc.latency")
			.description("Time from the commit of an event's transaction until every listener has returned")
			.serviceLevelObjectives(BUCKETS)
			.tags(engine)
			.register(registry);
	}

	@Override
	public void called(ListenerEndpoint listener, Change first, int events, long nanos, @Nullable Throwable failure) {
		if (this.calls) {
			Timer timer = (failure != null) ? null : this.succeeded.get(listener);
			((timer != null) ? timer : timer(listener, failure)).record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	private Timer timer(ListenerEndpoint listener, @Nullable Throwable failure) {
		Timer timer = Timer.builder("cdc.listener")
			.description("Calls of listeners")
			.tags(this.engine.and("listener", listener.id(), "error",
					(failure != null) ? failure.getClass().getSimpleName() : "none"))
			.register(this.registry);
		if (failure == null) {
			this.succeeded.put(listener, timer);
		}
		return timer;
	}

	@Override
	public void handled(Change change) {
		Instant committed = change.snapshot() ? null : change.commitTime();
		if (committed != null) {
			this.latency.record(Math.max(0, ChronoUnit.NANOS.between(committed, Instant.now())), TimeUnit.NANOSECONDS);
		}
	}

}
