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

package io.github.cdcspring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.actuate.EngineDescription.AcceptedRisk;
import io.github.cdcspring.actuate.EngineDescription.Call;
import io.github.cdcspring.actuate.EngineDescription.Difference;
import io.github.cdcspring.actuate.EngineDescription.Events;
import io.github.cdcspring.actuate.EngineDescription.Offset;
import io.github.cdcspring.actuate.EngineDescription.Server;
import io.github.cdcspring.actuate.EngineDescription.SkippedGap;
import io.github.cdcspring.actuate.EngineDescription.Slot;
import io.github.cdcspring.actuate.EngineDescription.Start;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EventCount.Outcome;
import io.github.cdcspring.internal.engine.StreamStatus;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Describes an engine at a moment.
 */
final class EngineDescriber {

	private EngineDescriber() {
	}

	static EngineDescription describe(EmbeddedCdcEngine engine) {
		StreamStatus reading = engine.reading();
		EngineStatus status = engine.status();
		EngineSettings settings = engine.settings();
		ReplicationState positions = reading.positions();
		return new EngineDescription(status.state(), status.since(), status.failure(), status.restarts(),
				status.refusals(), lower(settings.lsnFlushMode()), lower(settings.offsetMismatchStrategy()),
				lower(settings.offset().store()), lower(settings.snapshotMode()),
				lower(settings.slot().survivesFailover()), slot(settings, positions, reading.slotSafeFor()),
				offset(positions), server(positions), difference(reading), start(engine.judgement()), call(engine),
				events(engine), risks(engine), reading.readAt(), reading.isStale(), reading.problem());
	}

	private static Slot slot(EngineSettings settings, @Nullable ReplicationState positions,
			@Nullable Duration safeFor) {
		String name = settings.slot().name();
		SlotState slot = (positions != null) ? positions.slot() : null;
		if (positions == null || slot == null) {
			return new Slot(name, (positions != null) ? false : null, null, null, null, null, null, null, null, null,
					null, null, null, null);
		}
		return new Slot(name, true, slot.plugin(), slot.active(), slot.activePid(), text(slot.restartLsn()),
				text(slot.confirmedFlushLsn()), slot.walStatus(), slot.safeWalSizeBytes(),
				(safeFor != null) ? safeFor.toSeconds() : null, positions.retainedWalBytes(), slot.failover(),
				slot.synced(), slot.invalidationReason());
	}

	private static @Nullable Offset offset(@Nullable ReplicationState positions) {
		StoredOffset offset = (positions != null) ? positions.offset() : null;
		return (offset != null) ? new Offset(offset.lsn().toString(), offset.storedAt(), offset.clean()) : null;
	}

	private static @Nullable Server server(@Nullable ReplicationState positions) {
		if (positions == null) {
			return null;
		}
		ServerState server = positions.server();
		return new Server(server.version(), server.currentLsn().toString(), server.timeline(),
				server.systemIdentifier(), server.inRecovery());
	}

	private static @Nullable Difference difference(StreamStatus reading) {
		io.github.cdcspring.internal.startup.SlotOffsetComparison difference = reading.difference();
		if (difference == null || reading.onRestart() == null) {
			return null;
		}
		return new Difference(difference.verdict(), difference.explained(), difference.slotAheadBytes(),
				difference.offsetAheadBytes(), difference.lagBytes(), reading.onRestart().sentence());
	}

	private static @Nullable Start start(@Nullable ReconciliationResult judgement) {
		if (judgement == null) {
			return null;
		}
		Gap gap = judgement.skipped();
		return new Start(judgement.difference().verdict(), decision(judgement.decision()), (gap != null)
				? new SkippedGap(gap.offsetLsn().toString(), gap.slotLsn().toString(), gap.bytes()) : null);
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
		return (decision instanceof StartDecision.Refuse refuse) ? "refused: " + refuse.id() : "started";
	}

	private static @Nullable Call call(EmbeddedCdcEngine engine) {
		RunningCall call = engine.oldestCall();
		return (call != null) ? new Call(call.listener(), (call.table() != null) ? call.table().toString() : null,
				call.lsn().toString(), Duration.between(call.since(), Instant.now()).toMillis() / 1000.0,
				call.overdue()) : null;
	}

	private static List<Events> events(EmbeddedCdcEngine engine) {
		return engine.deliveries()
			.counts()
			.stream()
			.map((count) -> new Events((count.table() != null) ? count.table().toString() : null, count.message(),
					lower(count.operation()), count.of(Outcome.HANDLED), count.of(Outcome.FAILED),
					count.of(Outcome.SKIPPED), count.of(Outcome.PARKED)))
			.sorted(Comparator.comparing((Events events) -> String.valueOf(events.table()))
				.thenComparing(Events::operation))
			.toList();
	}

	private static List<AcceptedRisk> risks(EmbeddedCdcEngine engine) {
		return engine.acceptedRisks()
			.stream()
			.map((risk) -> new AcceptedRisk(risk.rule(), risk.problem(), risk.risk()))
			.toList();
	}

	private static @Nullable String text(@Nullable Lsn lsn) {
		return (lsn != null) ? lsn.toString() : null;
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

}
