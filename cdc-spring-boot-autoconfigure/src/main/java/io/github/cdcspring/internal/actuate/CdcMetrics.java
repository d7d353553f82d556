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
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.EventCount;
import io.github.cdcspring.internal.engine.EventCount.Outcome;
import io.github.cdcspring.internal.engine.StreamStatus;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.kafka.PartitionStatus;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.support.LowerCase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import org.jspecify.annotations.Nullable;

/**
 * Registers the meters of each engine. Values of the server come from the reading that
 * endpoint and health share, so a scrape costs one query at most. Counters read counts
 * that the engine maintains anyway.
 */
public final class CdcMetrics implements EngineCreatedListener {

	private final MeterRegistry registry;

	private final boolean timed;

	/**
	 * Create metrics.
	 * @param registry the registry of the meters
	 * @param timed whether to time the calls of listeners, unless their observations do
	 */
	public CdcMetrics(MeterRegistry registry, boolean timed) {
		this.registry = registry;
		this.timed = timed;
	}

	@Override
	public void created(SupervisedCdcEngine engine) {
		Tags tags = Tags.of("engine", engine.name());
		engine.deliveryStatistics().onCount((count) -> events(tags, count));
		engine.deliveryStatistics().add(new DeliveryTimes(this.registry, tags, this.timed));
		state(engine, tags);
		if (engine instanceof EmbeddedCdcEngine embedded) {
			queue(embedded, tags);
			backfill(embedded, tags);
			server(embedded, tags);
		}
		if (engine instanceof KafkaCdcEngine kafka) {
			Gauge
				.builder("cdc.kafka.lag", kafka,
						(current) -> current.partitions().stream().mapToLong(PartitionStatus::lag).sum())
				.description("Records of this instance's partitions that are not processed")
				.baseUnit("records")
				.tags(tags)
				.register(this.registry);
		}
	}

	private void events(Tags engine, EventCount count) {
		for (Outcome outcome : Outcome.values()) {
			FunctionCounter.builder("cdc.events", count, (counted) -> counted.of(outcome))
				.description("Events by outcome")
				.baseUnit("events")
				.tags(engine.and("table", (count.table() != null) ? count.table().toString() : "none", "message",
						(count.message() != null) ? count.message() : "none", "operation",
						LowerCase.of(count.operation()), "outcome", outcome.toString()))
				.register(this.registry);
		}
	}

	private void state(SupervisedCdcEngine engine, Tags tags) {
		for (EngineState state : EngineState.values()) {
			Gauge.builder("cdc.state", engine, (current) -> (current.status().state() == state) ? 1 : 0)
				.description("1 for the current state of the engine, 0 for the others")
				.tags(tags.and("state", LowerCase.of(state)))
				.register(this.registry);
		}
		FunctionCounter.builder("cdc.restarts", engine, (current) -> current.status().restarts())
			.description("Restarts of the engine after a failure")
			.tags(tags)
			.register(this.registry);
		FunctionCounter.builder("cdc.start.refusals", engine, (current) -> current.status().refusals())
			.description("Refused starts of the engine")
			.tags(tags)
			.register(this.registry);
		TimeGauge.builder("cdc.listener.longest", engine, TimeUnit.MILLISECONDS, CdcMetrics::longestCall)
			.description("Duration of the longest listener call in progress")
			.tags(tags)
			.register(this.registry);
	}

	private void backfill(EmbeddedCdcEngine engine, Tags tags) {
		Gauge.builder("cdc.backfill.tables", engine, (current) -> current.backfill().list().size())
			.description("Tables whose existing rows are not delivered to the end")
			.tags(tags)
			.register(this.registry);
		Gauge.builder("cdc.backfill.rows.left", engine, CdcMetrics::rowsLeft)
			.description("Existing rows that are not delivered yet, as the server estimates the tables that are read")
			.baseUnit("rows")
			.tags(tags)
			.register(this.registry);
	}

	private void queue(EmbeddedCdcEngine engine, Tags tags) {
		Gauge.builder("cdc.queue.fill", engine, EmbeddedCdcEngine::queueFill)
			.description("Used part of Debezium's queue, 0 to 1")
			.tags(tags)
			.register(this.registry);
	}

	private static double rowsLeft(EmbeddedCdcEngine engine) {
		double left = 0;
		for (CdcBackfill.Status table : engine.backfill().list()) {
			Long estimated = table.estimatedRows();
			// More rows than estimated: nobody knows how many are left
			if (estimated != null) {
				left += (estimated > table.rows()) ? estimated - table.rows() : Double.NaN;
			}
		}
		return left;
	}

	private static double longestCall(SupervisedCdcEngine engine) {
		RunningCall call = engine.oldestCall();
		return (call != null) ? Duration.between(call.since(), Instant.now()).toMillis() : 0;
	}

	private void server(EmbeddedCdcEngine engine, Tags tags) {
		bytes("cdc.slot.lag", "WAL between the slot and the server", engine, tags, positions(CdcMetrics::slotLag));
		bytes("cdc.offset.lag", "WAL between the stored offset and the server", engine, tags,
				difference(SlotOffsetComparison::lagBytes));
		bytes("cdc.slot.retained", "WAL that the server retains for the slot", engine, tags,
				positions(ReplicationState::retainedWalBytes));
		bytes("cdc.slot.safe", "WAL that can be written before the slot is in danger", engine, tags,
				positions((positions) -> (positions.slot() != null) ? positions.slot().safeWalSizeBytes() : null));
		bytes("cdc.slot.ahead", "WAL by which the slot is ahead of the stored offset", engine, tags,
				difference(SlotOffsetComparison::slotAheadBytes));
		bytes("cdc.offset.ahead", "WAL by which the stored offset is ahead of the slot", engine, tags,
				difference(SlotOffsetComparison::offsetAheadBytes));
		Gauge.builder("cdc.slot.lost", engine, positions((positions) -> isLost(positions) ? 1L : 0L)::applyAsDouble)
			.description("1 if the slot is missing or lost")
			.tags(tags)
			.register(this.registry);
		TimeGauge.builder("cdc.slot.time.to.loss", engine, TimeUnit.SECONDS, (current) -> {
			Duration left = current.streamStatus().slotSafeFor();
			return (left != null) ? left.toSeconds() : Double.NaN;
		}).description("Time until the slot is lost at the present rate of WAL").tags(tags).register(this.registry);
		Gauge.builder("cdc.status.stale", engine, (current) -> current.streamStatus().isStale() ? 1 : 0)
			.description("1 if slot and server cannot be read, so that their meters show the last known values")
			.tags(tags)
			.register(this.registry);
	}

	private void bytes(String name, String description, EmbeddedCdcEngine engine, Tags tags,
			ToDoubleFunction<EmbeddedCdcEngine> value) {
		Gauge.builder(name, engine, value)
			.description(description)
			.baseUnit("bytes")
			.tags(tags)
			.register(this.registry);
	}

	private static ToDoubleFunction<EmbeddedCdcEngine> positions(Function<ReplicationState, @Nullable Long> value) {
		return status((status) -> (status.positions() != null) ? value.apply(status.positions()) : null);
	}

	private static ToDoubleFunction<EmbeddedCdcEngine> difference(
			Function<SlotOffsetComparison, @Nullable Long> value) {
		return status((status) -> (status.comparison() != null) ? value.apply(status.comparison()) : null);
	}

	private static ToDoubleFunction<EmbeddedCdcEngine> status(Function<StreamStatus, @Nullable Long> value) {
		return (engine) -> {
			Long number = value.apply(engine.streamStatus());
			return (number != null) ? number : Double.NaN;
		};
	}

	private static @Nullable Long slotLag(ReplicationState positions) {
		SlotState slot = positions.slot();
		return (slot != null && slot.confirmedFlushLsn() != null)
				? Math.max(0, positions.server().currentLsn().bytesSince(slot.confirmedFlushLsn())) : null;
	}

	private static boolean isLost(ReplicationState positions) {
		return positions.slot() == null || positions.slot().isLost();
	}

}
