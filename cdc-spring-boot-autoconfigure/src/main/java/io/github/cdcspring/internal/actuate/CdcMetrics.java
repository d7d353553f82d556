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
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.EventCount;
import io.github.cdcspring.internal.engine.EventCount.Outcome;
import io.github.cdcspring.internal.engine.ParkedEvents;
import io.github.cdcspring.internal.engine.StreamStatus;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.kafka.ConnectorStatus;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.kafka.PartitionStatus;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;
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

	private static final String SLOT_LAG = "WAL between the slot and the server";

	private static final String OFFSET_LAG = "WAL between the stored offset and the server";

	private static final String RETAINED = "WAL that the server retains for the slot";

	private static final String SAFE = "WAL that can be written before the slot is in danger";

	private static final String SLOT_AHEAD = "WAL by which the slot is ahead of the stored offset";

	private static final String OFFSET_AHEAD = "WAL by which the stored offset is ahead of the slot";

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
			kafka(kafka, tags);
		}
	}

	private void kafka(KafkaCdcEngine engine, Tags tags) {
		Gauge.builder("cdc.kafka.lag", engine, (current) -> PartitionStatus.lag(current.partitions()))
			.description("Records of this instance's partitions that are not processed")
			.baseUnit("records")
			.tags(tags)
			.register(this.registry);
		Gauge.builder("cdc.kafka.partitions", engine, (current) -> current.partitions().size())
			.description("Partitions that this instance has")
			.tags(tags)
			.register(this.registry);
		if (engine.connectorConfiguration() == null) {
			return;
		}
		Gauge.builder("cdc.connector.running", engine, CdcMetrics::isConnectorRunning)
			.description("1 if the connector and its task are running, 0 if not")
			.tags(tags)
			.register(this.registry);
		Server<KafkaCdcEngine> server = new Server<>(engine, tags);
		server.bytes("cdc.slot.lag", SLOT_LAG, connector((position) -> slotLag(position.found())));
		server.bytes("cdc.offset.lag", OFFSET_LAG, connector((position) -> position.comparison().lagBytes()));
		server.bytes("cdc.slot.retained", RETAINED, connector((position) -> position.found().retainedWalBytes()));
		server.bytes("cdc.slot.safe", SAFE, connector((position) -> safe(position.found())));
		server.bytes("cdc.slot.ahead", SLOT_AHEAD, connector(ConnectorPosition::missingBytes));
		server.bytes("cdc.offset.ahead", OFFSET_AHEAD,
				connector((position) -> position.comparison().offsetAheadBytes()));
		server.lost(connector((position) -> isLost(position.found()) ? 1L : 0L));
		server.stale((current) -> current.connector().problem() != null);
	}

	private static double isConnectorRunning(KafkaCdcEngine engine) {
		ConnectorStatus status = engine.connector().status();
		if (status == null) {
			return Double.NaN;
		}
		return status.isRunning() ? 1 : 0;
	}

	private static ToDoubleFunction<KafkaCdcEngine> connector(Function<ConnectorPosition, @Nullable Long> value) {
		return (engine) -> {
			ConnectorPosition position = engine.connector().position();
			Long number = (position != null) ? value.apply(position) : null;
			return (number != null) ? number : Double.NaN;
		};
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
		Gauge.builder("cdc.parked.keys", engine, CdcMetrics::parkedKeys)
			.description("Keys with parked events, behind which later events wait")
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
		engine.onBackfillBegin((table) -> rowsLeft(engine, table, tags));
	}

	/** The registry knows the meter already if the table was read before. */
	private void rowsLeft(EmbeddedCdcEngine engine, TableId table, Tags tags) {
		Gauge.builder("cdc.backfill.rows.left", engine, (current) -> rowsLeft(current, table))
			.description("Existing rows that are not delivered yet, as the server estimates the table")
			.baseUnit("rows")
			.tags(tags.and("table", table.toString()))
			.register(this.registry);
	}

	private void queue(EmbeddedCdcEngine engine, Tags tags) {
		Gauge.builder("cdc.queue.fill", engine, EmbeddedCdcEngine::queueFill)
			.description("Used part of Debezium's queue, 0 to 1")
			.tags(tags)
			.register(this.registry);
	}

	private static double rowsLeft(EmbeddedCdcEngine engine, TableId table) {
		double left = 0;
		for (CdcBackfill.Status status : engine.backfill().list()) {
			Long estimated = status.estimatedRows();
			// More rows than estimated: how many are left is not known
			if (estimated != null && status.table().equals(table)) {
				left += (estimated > status.rows()) ? estimated - status.rows() : Double.NaN;
			}
		}
		return left;
	}

	/** An instance on standby does not know what the other one replays. */
	private static double parkedKeys(SupervisedCdcEngine engine) {
		ParkedEvents parked = engine.parkedEvents();
		return (parked != null && engine.status().state() != EngineState.STANDBY) ? parked.keys() : 0;
	}

	private static double longestCall(SupervisedCdcEngine engine) {
		RunningCall call = engine.oldestCall();
		return (call != null) ? Duration.between(call.since(), Instant.now()).toMillis() : 0;
	}

	private void server(EmbeddedCdcEngine engine, Tags tags) {
		Server<EmbeddedCdcEngine> server = new Server<>(engine, tags);
		server.bytes("cdc.slot.lag", SLOT_LAG, positions(CdcMetrics::slotLag));
		server.bytes("cdc.offset.lag", OFFSET_LAG, difference(SlotOffsetComparison::lagBytes));
		server.bytes("cdc.slot.retained", RETAINED, positions(ReplicationState::retainedWalBytes));
		server.bytes("cdc.slot.safe", SAFE, positions(CdcMetrics::safe));
		server.bytes("cdc.slot.ahead", SLOT_AHEAD, difference(SlotOffsetComparison::slotAheadBytes));
		server.bytes("cdc.offset.ahead", OFFSET_AHEAD, difference(SlotOffsetComparison::offsetAheadBytes));
		server.lost(positions((positions) -> isLost(positions) ? 1L : 0L));
		server.stale((current) -> current.streamStatus().isStale());
		TimeGauge.builder("cdc.slot.time.to.loss", engine, TimeUnit.SECONDS, (current) -> {
			Duration left = current.streamStatus().slotSafeFor();
			return (left != null) ? left.toSeconds() : Double.NaN;
		}).description("Time until the slot is lost at the present rate of WAL").tags(tags).register(this.registry);
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

	private static @Nullable Long safe(ReplicationState positions) {
		return (positions.slot() != null) ? positions.slot().safeWalSizeBytes() : null;
	}

	private static boolean isLost(ReplicationState positions) {
		return positions.slot() == null || positions.slot().isLost();
	}

	/**
	 * The meters of slot and server, which engines of both sources have.
	 *
	 * @param <E> the type of the engine
	 */
	private final class Server<E extends SupervisedCdcEngine> {

		private final E engine;

		private final Tags tags;

		Server(E engine, Tags tags) {
			this.engine = engine;
			this.tags = tags;
		}

		void bytes(String name, String description, ToDoubleFunction<E> value) {
			Gauge.builder(name, this.engine, value)
				.description(description)
				.baseUnit("bytes")
				.tags(this.tags)
				.register(CdcMetrics.this.registry);
		}

		void lost(ToDoubleFunction<E> value) {
			Gauge.builder("cdc.slot.lost", this.engine, value)
				.description("1 if the slot is missing or lost")
				.tags(this.tags)
				.register(CdcMetrics.this.registry);
		}

		void stale(Predicate<E> stale) {
			Gauge.builder("cdc.status.stale", this.engine, (current) -> stale.test(current) ? 1 : 0)
				.description("1 if slot and server cannot be read, so that their meters show the last known values")
				.tags(this.tags)
				.register(CdcMetrics.this.registry);
		}

	}

}
