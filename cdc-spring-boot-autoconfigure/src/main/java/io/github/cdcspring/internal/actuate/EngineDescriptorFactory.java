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
import java.util.Comparator;
import java.util.List;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.actuate.EngineDescriptor.AcceptedRiskDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.BackfillDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.DifferenceDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.EventCountsDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.FailedDeliveryDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.LastStartDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ListenerCallDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ListenerDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.OffsetDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.RefusalDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ServerDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.SkippedGapDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.SlotDescriptor;
import io.github.cdcspring.internal.actuate.KafkaEngineDescriptor.ConnectorDescriptor;
import io.github.cdcspring.internal.actuate.KafkaEngineDescriptor.ConnectorOffsetDescriptor;
import io.github.cdcspring.internal.actuate.KafkaEngineDescriptor.PartitionDescriptor;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EventCount.Outcome;
import io.github.cdcspring.internal.engine.StreamStatus;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.engine.TrackedStatus;
import io.github.cdcspring.internal.kafka.ConnectorReading;
import io.github.cdcspring.internal.kafka.ConnectorStatus;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.kafka.PartitionStatus;
import io.github.cdcspring.internal.listener.FailedDelivery;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.RestartPreview;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SlotConsumer;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.EngineSource;
import org.jspecify.annotations.Nullable;

/**
 * Describes an engine as it is now.
 */
final class EngineDescriptorFactory {

	private EngineDescriptorFactory() {
	}

	static DescribedEngine create(SupervisedCdcEngine engine) {
		return (engine instanceof KafkaCdcEngine kafka) ? create(kafka) : create((EmbeddedCdcEngine) engine);
	}

	private static KafkaEngineDescriptor create(KafkaCdcEngine engine) {
		TrackedStatus tracked = engine.trackedStatus();
		EngineStatus status = tracked.status();
		ConnectorReading connector = engine.connector();
		ConnectorPosition position = connector.position();
		ReplicationState positions = (position != null) ? position.found() : null;
		return new KafkaEngineDescriptor(LowerCase.of(EngineSource.KAFKA), status.state(), status.since(),
				status.failure(), failedDelivery(tracked), status.restarts(), status.refusals(),
				engine.kafka().topicPrefix(), engine.kafka().groupId(), LowerCase.of(engine.kafka().order()),
				connector(connector), ConnectorDocument.of(engine), slot(engine.settings(), positions, null),
				offset(position), server(positions), difference(connector),
				engine.partitions().stream().map(EngineDescriptorFactory::partition).toList(), listeners(engine),
				call(engine), events(engine), risks(engine), connector.readAt(), connector.problem() != null,
				connector.problem());
	}

	private static @Nullable ConnectorDescriptor connector(ConnectorReading reading) {
		ConnectorStatus status = reading.status();
		ConnectorPosition position = reading.position();
		return (status != null) ? new ConnectorDescriptor(status.name(), status.state(), status.task(),
				status.failure(), (position != null) ? position.onRestart() : null) : null;
	}

	private static @Nullable ConnectorOffsetDescriptor offset(@Nullable ConnectorPosition position) {
		StoredOffset offset = (position != null) ? position.found().offset() : null;
		if (position == null || offset == null) {
			return null;
		}
		OffsetOrigin origin = offset.origin();
		return new ConnectorOffsetDescriptor(offset.lsn().toString(),
				(origin != null) ? origin.systemIdentifier() : null, (origin != null) ? origin.timeline() : null,
				skipped(position.skipped()));
	}

	private static @Nullable SkippedGapDescriptor skipped(@Nullable Gap gap) {
		return (gap != null)
				? new SkippedGapDescriptor(gap.offsetLsn().toString(), gap.slotLsn().toString(), gap.bytes()) : null;
	}

	private static @Nullable DifferenceDescriptor difference(ConnectorReading reading) {
		ConnectorPosition position = reading.position();
		String onRestart = reading.onRestart();
		if (position == null || onRestart == null) {
			return null;
		}
		SlotOffsetComparison comparison = position.comparison();
		return new DifferenceDescriptor(comparison.verdict(), position.isContinuous(), comparison.slotAheadBytes(),
				comparison.offsetAheadBytes(), comparison.lagBytes(), null, onRestart, refusals(reading.refused()));
	}

	private static PartitionDescriptor partition(PartitionStatus partition) {
		PartitionStatus.LastEvent last = partition.lastEvent();
		return new PartitionDescriptor(partition.topic(), partition.partition(), partition.committed(),
				partition.processed(), partition.end(), partition.lag(), (last != null) ? last.lsn().toString() : null,
				(last != null) ? last.commitTime() : null);
	}

	private static EngineDescriptor create(EmbeddedCdcEngine engine) {
		StreamStatus streamStatus = engine.streamStatus();
		TrackedStatus tracked = engine.trackedStatus();
		EngineStatus status = tracked.status();
		EngineSettings settings = engine.settings();
		ReplicationState positions = streamStatus.positions();
		return new EngineDescriptor(status.state(), status.since(), status.failure(), failedDelivery(tracked),
				status.restarts(), status.refusals(), LowerCase.of(settings.lsnFlushMode()),
				LowerCase.of(settings.offsetMismatchStrategy()), LowerCase.of(settings.offset().store()),
				LowerCase.of(settings.snapshotMode()), LowerCase.of(settings.slot().survivesFailover()),
				slot(settings, positions, streamStatus.slotSafeFor()), offset(positions), server(positions),
				difference(streamStatus), start(engine.reconciliation()), listeners(engine), call(engine),
				events(engine), backfills(engine), risks(engine), streamStatus.readAt(), streamStatus.isStale(),
				streamStatus.problem());
	}

	private static SlotDescriptor slot(EngineSettings settings, @Nullable ReplicationState positions,
			@Nullable Duration safeFor) {
		String name = settings.slot().name();
		SlotState slot = (positions != null) ? positions.slot() : null;
		if (positions == null || slot == null) {
			return new SlotDescriptor(name, (positions != null) ? false : null, null, null, null, null, null, null,
					null, null, null, null, null, null, null, null);
		}
		SlotConsumer consumer = slot.consumer();
		return new SlotDescriptor(name, true, slot.plugin(), slot.active(), slot.activePid(),
				(consumer != null) ? consumer.applicationName() : null, (consumer != null) ? consumer.address() : null,
				text(slot.restartLsn()), text(slot.confirmedFlushLsn()), slot.walStatus(), slot.safeWalSizeBytes(),
				(safeFor != null) ? safeFor.toSeconds() : null, positions.retainedWalBytes(), slot.failover(),
				slot.synced(), slot.invalidationReason());
	}

	private static @Nullable OffsetDescriptor offset(@Nullable ReplicationState positions) {
		StoredOffset offset = (positions != null) ? positions.offset() : null;
		return (offset != null) ? new OffsetDescriptor(offset.lsn().toString(), offset.storedAt(), offset.clean())
				: null;
	}

	private static @Nullable ServerDescriptor server(@Nullable ReplicationState positions) {
		if (positions == null) {
			return null;
		}
		ServerState server = positions.server();
		return new ServerDescriptor(server.version(), server.currentLsn().toString(), server.timeline(),
				server.systemIdentifier(), server.inRecovery());
	}

	private static @Nullable DifferenceDescriptor difference(StreamStatus streamStatus) {
		SlotOffsetComparison comparison = streamStatus.comparison();
		RestartPreview onRestart = streamStatus.onRestart();
		if (comparison == null || onRestart == null) {
			return null;
		}
		Duration lag = streamStatus.lag();
		return new DifferenceDescriptor(comparison.verdict(), comparison.explained(), comparison.slotAheadBytes(),
				comparison.offsetAheadBytes(), comparison.lagBytes(), (lag != null) ? lag.toSeconds() : null,
				onRestart.sentence(), refusals(onRestart.refusals()));
	}

	private static List<RefusalDescriptor> refusals(List<Violation> violations) {
		return violations.stream()
			.map((violation) -> new RefusalDescriptor(violation.rule(), violation.problem(), violation.steps(),
					violation.statements()))
			.toList();
	}

	private static @Nullable LastStartDescriptor start(@Nullable ReconciliationResult reconciliation) {
		if (reconciliation == null) {
			return null;
		}
		return new LastStartDescriptor(reconciliation.comparison().verdict(), decision(reconciliation.decision()),
				skipped(reconciliation.skipped()));
	}

	static String decision(StartDecision decision) {
		if (decision instanceof StartDecision.ResumeAtOffset resume) {
			return resume.advanceSlot() ? "resumed at the offset, slot advanced to it" : "resumed at the offset";
		}
		if (decision instanceof StartDecision.ResumeAtSlot) {
			return "resumed at the slot";
		}
		if (decision instanceof StartDecision.AdvanceOffsetToSlot) {
			return "offset advanced to the slot";
		}
		if (decision instanceof StartDecision.Recover recover) {
			return "recovered at " + (recover.newSlot() ? "a new slot" : "the slot");
		}
		return (decision instanceof StartDecision.Refuse refuse) ? "refused: " + refuse.id() : "started";
	}

	private static @Nullable FailedDeliveryDescriptor failedDelivery(TrackedStatus tracked) {
		FailedDelivery failed = tracked.failedDelivery();
		return (failed != null) ? new FailedDeliveryDescriptor(failed.listener(),
				(failed.table() != null) ? failed.table().toString() : null, failed.lsn().toString(), failed.attempts(),
				failed.exception()) : null;
	}

	private static List<ListenerDescriptor> listeners(SupervisedCdcEngine engine) {
		return engine.listeners()
			.stream()
			.map((listener) -> new ListenerDescriptor(listener.id(),
					listener.tables().stream().map(TablePattern::toString).toList(),
					listener.messages().stream().sorted().toList(),
					listener.operations().stream().sorted().map(LowerCase::of).toList()))
			.toList();
	}

	private static @Nullable ListenerCallDescriptor call(SupervisedCdcEngine engine) {
		RunningCall call = engine.oldestCall();
		return (call != null)
				? new ListenerCallDescriptor(call.listener(), (call.table() != null) ? call.table().toString() : null,
						call.lsn().toString(), Duration.between(call.since(), Instant.now()).toMillis() / 1000.0,
						engine.settings().listener().timeout().timeout().toMillis() / 1000.0, call.overdue())
				: null;
	}

	private static List<EventCountsDescriptor> events(SupervisedCdcEngine engine) {
		return engine.deliveryStatistics()
			.counts()
			.stream()
			.map((count) -> new EventCountsDescriptor((count.table() != null) ? count.table().toString() : null,
					count.message(), LowerCase.of(count.operation()), count.of(Outcome.HANDLED),
					count.of(Outcome.FAILED), count.of(Outcome.SKIPPED), count.of(Outcome.PARKED)))
			.sorted(Comparator.comparing((EventCountsDescriptor events) -> String.valueOf(events.table()))
				.thenComparing(EventCountsDescriptor::operation))
			.toList();
	}

	private static List<BackfillDescriptor> backfills(EmbeddedCdcEngine engine) {
		return engine.backfill()
			.list()
			.stream()
			.map((backfill) -> new BackfillDescriptor(backfill.table().toString(), backfill.listener(),
					LowerCase.of(backfill.state()), backfill.rows(), backfill.estimatedRows(),
					(backfill.rowsPerSecond() != null) ? Math.round(backfill.rowsPerSecond()) : null,
					(backfill.timeLeft() != null) ? backfill.timeLeft().toSeconds() : null, backfill.requestedAt(),
					backfill.problem(), backfill.where()))
			.toList();
	}

	private static List<AcceptedRiskDescriptor> risks(SupervisedCdcEngine engine) {
		return engine.acceptedRisks()
			.stream()
			.map((risk) -> new AcceptedRiskDescriptor(risk.rule(), risk.problem(), risk.risk()))
			.toList();
	}

	private static @Nullable String text(@Nullable Lsn lsn) {
		return (lsn != null) ? lsn.toString() : null;
	}

}
