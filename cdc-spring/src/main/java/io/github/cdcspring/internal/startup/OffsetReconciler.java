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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares slot and offset before each start, decides who is believed, and brings the two
 * in line with the decision, so that Debezium never has to choose.
 */
public final class OffsetReconciler {

	private static final Logger logger = LoggerFactory.getLogger(OffsetReconciler.class);

	private final EngineSettings settings;

	private final ReplicationSlot slot;

	private final ReplicationStateReader reader;

	private final ReplicationCommands replication;

	private final String forgetOffset;

	private final SlotLoss slotLoss = new SlotLoss();

	private final RestoreEvidence restoreEvidence = new RestoreEvidence();

	private volatile @Nullable StoredOffset processed;

	public OffsetReconciler(EngineSettings settings, SourceDatabase source, String forgetOffset) {
		this.settings = settings;
		this.slot = new ReplicationSlot(settings);
		this.replication = new ReplicationCommands(source::connectForReplication);
		this.reader = new ReplicationStateReader(Duration.ofSeconds(5), this.replication);
		this.forgetOffset = forgetOffset;
	}

	/**
	 * Read, compare, decide, and carry the decision out.
	 * @throws StartRefusedException if it must not start
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	public ReconciliationResult reconcile(Connection connection, OffsetSession session) throws SQLException {
		Finding found = find(connection, session);
		if (!session.takeOver().equals(found.stored())) {
			// Another instance stored meanwhile; from now on none can
			found = find(connection, session);
		}
		forgetUnfinishedSnapshot(session);
		ReplicationState positions = found.positions();
		session.receiveFrom(positions.server().systemIdentifier(), positions.server().timeline());
		if (found.stored().isEmpty()) {
			warnOfOtherSlots(session);
		}
		if (!(found.decision() instanceof StartDecision.AdvanceOffsetToSlot)) {
			recordTimeline(positions, session);
		}
		Gap skipped = carryOut(found.decision(), positions, found.comparison(), connection, session);
		log(positions, found.comparison(), found.decision());
		return new ReconciliationResult(positions, found.comparison(), found.decision(), skipped);
	}

	/**
	 * Read the slot and then the offset: a slot cannot pass an offset that is read later.
	 * Changes nothing.
	 */
	private Finding find(Connection connection, OffsetSession session) throws SQLException {
		ReplicationState slotAndServer = read(connection, null);
		SlotState state = slotAndServer.slot();
		if (state != null && state.active()) {
			throw new SlotHeldException(state.name(), (state.activePid() != null) ? state.activePid() : 0);
		}
		this.slotLoss.look(connection, slotAndServer);
		Optional<StoredOffset> stored = session.reload();
		forgetUnfinishedSnapshot(session);
		ReplicationState positions = slotAndServer.withOffset(session.current().orElse(null));
		refuseForeignHistory(connection, slotAndServer, positions.offset());
		this.restoreEvidence.look(connection, positions);
		SlotOffsetComparison comparison = SlotOffsetComparison.of(positions, this.replication);
		StartDecision decision = decide(positions, comparison);
		if (decision instanceof StartDecision.Refuse refuse) {
			throw new StartRefusedException(this.settings.name(), List.of(refusal(refuse, positions, comparison)));
		}
		return new Finding(stored, positions, comparison, decision);
	}

	/**
	 * Store the slot as it was found after a failover, before anything is received: a
	 * slot that was last seen on a former timeline is not past that timeline's end.
	 */
	private static void recordTimeline(ReplicationState positions, OffsetSession session) {
		StoredOffset offset = session.current().orElse(null);
		LastSeenSlot seen = (offset != null) ? offset.slot() : null;
		LastSeenSlot now = positions.lastSeenSlot(null);
		if (now != null && offset != null && (seen == null || !seen.slotName().equals(now.slotName())
				|| seen.timeline() != now.timeline() || !seen.systemIdentifier().equals(now.systemIdentifier()))) {
			session.storeSlot(now);
		}
	}

	/**
	 * Remember how far this process has processed. The stored offset may be set back
	 * together with the server.
	 */
	public void processed(OffsetSession session) {
		session.current().ifPresent((offset) -> this.processed = offset);
	}

	/**
	 * Refuse a server that does not have what this process has received from it, even if
	 * the stored offset was set back to what it has.
	 */
	private void refuseForeignHistory(Connection connection, ReplicationState slotAndServer,
			@Nullable StoredOffset stored) throws SQLException {
		StoredOffset processed = this.processed;
		if (processed == null || stored != null && !processed.lsn().isAfter(stored.lsn())) {
			return;
		}
		ReplicationState own = slotAndServer.withOffset(processed);
		SlotOffsetComparison comparison = SlotOffsetComparison.of(own, this.replication);
		this.restoreEvidence.look(connection, own);
		if (comparison.verdict() == Verdict.HISTORY_MISMATCH) {
			this.restoreEvidence.record(own);
		}
		if (this.restoreEvidence.isKnown(own)) {
			throw new StartRefusedException(this.settings.name(),
					List.of(refusal(new StartDecision.Refuse("history-mismatch"), own, comparison)));
		}
		if (stored != null) {
			logger.warn(
					"Engine '{}' has processed changes up to {}, but the stored offset is {}: the offset store was set "
							+ "back. Changes in between are delivered again. Check the database of the offset store.",
					this.settings.name(), processed.lsn(), stored.lsn());
		}
	}

	/** The slot may have been renamed; the position of another slot is never used. */
	private void warnOfOtherSlots(OffsetSession session) {
		List<String> others = session.otherSlots();
		if (!others.isEmpty()) {
			logger.warn(
					"Engine '{}' has no stored offset for slot '{}'. The offset store has one of an engine of this name "
							+ "for slot '{}', which is not used, because it may belong to another application. If "
							+ "the slot of this engine was changed, set cdc.slot.name back to it.",
					this.settings.name(), this.settings.slot().name(), String.join("', '", others));
		}
	}

	/**
	 * The one line of a start.
	 */
	private void log(ReplicationState found, SlotOffsetComparison comparison, StartDecision decision) {
		SlotState slot = found.slot();
		StoredOffset offset = found.offset();
		logger.info(
				"Engine '{}' (lsn-flush-mode {}, offset-mismatch-strategy {}, offset store {}): slot '{}' {}, offset {}, "
						+ "verdict {}{}. {}",
				this.settings.name(), lower(this.settings.lsnFlushMode()),
				lower(this.settings.offsetMismatchStrategy()), lower(this.settings.offset().store()),
				this.settings.slot().name(), (slot != null) ? "at " + slot.confirmedFlushLsn() : "does not exist",
				(offset != null) ? "at " + offset.lsn() : "not stored", comparison.verdict(),
				(comparison.explained() && comparison.verdict() != Verdict.IN_SYNC) ? ", explained" : "",
				new RestartDescription(this.settings, found, found, comparison).sentence(decision));
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * What a start does about slot and offset as they stand. Reads and changes nothing. A
	 * gap that is accepted moves the offset, so the same pair of LSNs does not come
	 * again.
	 */
	StartDecision decide(ReplicationState positions, SlotOffsetComparison comparison) {
		if (this.slotLoss.isKnown(positions)) {
			return new StartDecision.Refuse("slot-lost");
		}
		if (this.restoreEvidence.isKnown(positions)) {
			return new StartDecision.Refuse("history-mismatch");
		}
		StartDecision decision = StartDecisions.decide(comparison, this.settings.offsetMismatchStrategy(),
				this.settings.lsnFlushMode());
		boolean accepted = decision instanceof StartDecision.Refuse && comparison.verdict() == Verdict.SLOT_AHEAD
				&& gap(positions).equals(this.settings.safety().acceptGap());
		return accepted ? new StartDecision.AdvanceOffsetToSlot(true) : decision;
	}

	/**
	 * Whether a run failed because the server no longer has the WAL of the slot.
	 */
	public static boolean isSlotLost(@Nullable Throwable failure) {
		return SlotLoss.isCauseOf(failure);
	}

	/**
	 * Refuse to run again, because a run failed for the lost slot.
	 * @throws StartRefusedException always
	 * @throws SQLException if the server cannot be asked
	 */
	public void refuseLostSlot(Connection connection, OffsetSession session) throws SQLException {
		ReplicationState positions = read(connection, session.current().orElse(null));
		this.slotLoss.record(positions);
		SlotOffsetComparison comparison = SlotOffsetComparison.of(positions, this.replication);
		throw new StartRefusedException(this.settings.name(),
				List.of(refusal(new StartDecision.Refuse("slot-lost"), positions, comparison)));
	}

	/**
	 * What a refusal says.
	 */
	Violation refusal(StartDecision.Refuse refuse, ReplicationState positions, SlotOffsetComparison comparison) {
		return new PositionRefusals(this.settings, positions, comparison, this.forgetOffset).of(refuse.id());
	}

	/**
	 * Remember the slot that was created after it was judged, so that it is known for the
	 * same one when the engine is killed before it starts again.
	 */
	public void recordCreatedSlot(Connection connection, OffsetSession session) throws SQLException {
		ReplicationState positions = read(connection, session.current().orElse(null));
		SlotState state = positions.slot();
		if (state != null) {
			session.recordSlot(positions.lastSeenSlot(state.confirmedFlushLsn()));
		}
	}

	private ReplicationState read(Connection connection, @Nullable StoredOffset offset) throws SQLException {
		return this.reader.read(connection, this.settings.slot().name(), offset);
	}

	/**
	 * A snapshot that was not finished is taken again from its beginning.
	 */
	private static void forgetUnfinishedSnapshot(OffsetSession session) {
		Optional<StoredOffset> offset = session.current();
		if (offset.isPresent() && new OffsetJson(offset.get().position()).isInSnapshot()) {
			session.forget();
		}
	}

	private @Nullable Gap carryOut(StartDecision decision, ReplicationState positions, SlotOffsetComparison comparison,
			Connection connection, OffsetSession session) throws SQLException {
		if (decision instanceof StartDecision.Start) {
			start(positions, comparison, connection, session);
		}
		else if (decision instanceof StartDecision.ResumeAtOffset resume && resume.advanceSlot()) {
			this.slot.advance(connection, session.current().orElseThrow().lsn());
		}
		else if (decision instanceof StartDecision.ResumeAtSlot) {
			moveOffset(positions, session);
		}
		else if (decision instanceof StartDecision.AdvanceOffsetToSlot advance) {
			return skip(advance, positions, session);
		}
		return null;
	}

	/**
	 * A slot that a snapshot is to be exported from is created by Debezium, in the same
	 * breath; any other is created here.
	 */
	private void start(ReplicationState positions, SlotOffsetComparison comparison, Connection connection,
			OffsetSession session) throws SQLException {
		ReplicationState found = positions;
		boolean fromSlot = comparison.verdict() == Verdict.OFFSET_MISSING && !this.settings.snapshotMode().readsData();
		if (fromSlot && positions.slot() == null) {
			Lsn created = this.slot.create(connection);
			found = read(connection, session.current().orElse(null));
			session.recordSlot(found.lastSeenSlot(created));
		}
		else {
			session.recordSlot(positions.lastSeenSlot(null));
		}
		if (fromSlot && !session.isDurable()) {
			logger.warn(
					"Engine '{}' keeps its position in memory and starts without one, at slot {}: what the slot has "
							+ "passed over, whoever moved or made it, is not noticed",
					this.settings.name(), slotLsn(found));
		}
	}

	private @Nullable Gap skip(StartDecision.AdvanceOffsetToSlot advance, ReplicationState positions,
			OffsetSession session) {
		Gap gap = gap(positions);
		moveOffset(positions, session);
		if (!advance.warn()) {
			return null;
		}
		logger
			.warn("Engine '{}' skips {} bytes of WAL from offset {} to slot {}: transactions that committed in between "
					+ "are not delivered", this.settings.name(), gap.bytes(), gap.offsetLsn(), gap.slotLsn());
		return gap;
	}

	private static void moveOffset(ReplicationState positions, OffsetSession session) {
		StoredOffset offset = session.current().orElseThrow();
		Lsn slotLsn = slotLsn(positions);
		session.recordSlot(positions.lastSeenSlot(null));
		session.save(slotLsn, new OffsetJson(offset.position()).movedTo(slotLsn).text());
	}

	private static Gap gap(ReplicationState positions) {
		StoredOffset offset = positions.offset();
		if (offset == null) {
			throw new IllegalStateException("There is no offset to move");
		}
		return new Gap(offset.lsn(), slotLsn(positions));
	}

	private static Lsn slotLsn(ReplicationState positions) {
		SlotState slot = positions.slot();
		if (slot == null || slot.confirmedFlushLsn() == null) {
			throw new IllegalStateException("There is no slot to move the offset to");
		}
		return slot.confirmedFlushLsn();
	}

	/**
	 * What a start found, and what it does about it.
	 *
	 * @param stored the position in the store, also where it is not used
	 */
	private record Finding(Optional<StoredOffset> stored, ReplicationState positions, SlotOffsetComparison comparison,
			StartDecision decision) {

	}

}
