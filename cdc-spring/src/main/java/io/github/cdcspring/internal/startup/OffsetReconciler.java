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
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.backfill.BackfillProgress;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares slot and offset before each start, decides how to resolve a mismatch, and
 * moves them accordingly, so that Debezium never has to choose.
 */
public final class OffsetReconciler {

	private static final Logger logger = LoggerFactory.getLogger(OffsetReconciler.class);

	private static final String HISTORY_MISMATCH = Recovery.HISTORY_MISMATCH;

	private final EngineSettings settings;

	private final ReplicationSlot slot;

	private final ReplicationStateReader reader;

	private final ReplicationCommands replication;

	private final ActionStep forgetOffset;

	private final SlotLoss slotLoss = new SlotLoss();

	private final RestoreEvidence restoreEvidence = new RestoreEvidence();

	private final DecodingState decodingState;

	private volatile @Nullable StoredOffset processed;

	private final Recovery recovery;

	/**
	 * Create a reconciler.
	 * @param settings the engine
	 * @param source the source database
	 * @param forgetOffset how to remove the stored offset
	 */
	public OffsetReconciler(EngineSettings settings, SourceDatabase source, ActionStep forgetOffset) {
		this.settings = settings;
		this.slot = new ReplicationSlot(settings);
		this.recovery = new Recovery(settings);
		this.replication = new ReplicationCommands(source::connectForReplication);
		this.decodingState = new DecodingState(this.replication,
				settings.slot().survivesFailover() == SurvivesFailover.PATRONI, !settings.offset().store().isDurable());
		this.reader = new ReplicationStateReader(Duration.ofSeconds(5), this.replication);
		this.forgetOffset = forgetOffset;
	}

	/**
	 * Compare slot and offset, decide what to do, and take the offset over. Changes
	 * nothing on the server.
	 * @param source the source database, read before the offset: the slot cannot pass an
	 * offset that is read later
	 * @throws StartRefusedException if the engine must not start
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	public ReconciliationResult reconcile(SourceState source, Connection connection, OffsetSession session)
			throws SQLException {
		Finding finding = find(source.withOffset(null), connection, session);
		if (!session.takeOver().equals(finding.stored())) {
			// Another instance stored in between, but cannot any more
			finding = find(this.reader.read(connection, this.settings.slot().name()), connection, session);
		}
		this.decodingState.warnIfUnknown("Engine '" + this.settings.name() + "'", finding.result().found());
		forgetUnfinishedSnapshot(session);
		TimelineStart start = TimelineStart.of(source.server().timeline(), this.replication);
		session.receiveFrom(source.server().systemIdentifier(), source.server().timeline(),
				(start != null) ? start.toString() : null, RestoreEvidence.nextTransaction(connection));
		if (finding.stored().isEmpty()) {
			warnOfOtherSlots(session);
		}
		StartDecision decision = finding.result().decision();
		if (!(decision instanceof StartDecision.AdvanceOffsetToSlot || decision instanceof StartDecision.Recover)) {
			recordTimeline(finding.result().found(), session);
		}
		return finding.result();
	}

	/**
	 * Compare slot and offset, and decide. Changes nothing on the server or in the store.
	 * @param source the source database
	 * @throws StartRefusedException if the engine must not start
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	public void judge(SourceState source, Connection connection, OffsetSession session) throws SQLException {
		find(source.withOffset(null), connection, session);
	}

	private Finding find(ReplicationState serverAndSlot, Connection connection, OffsetSession session)
			throws SQLException {
		SlotState slot = serverAndSlot.slot();
		if (slot != null && slot.active()) {
			throw SlotHeldException.receiving(slot.name(), slot.activePid());
		}
		Optional<StoredOffset> stored = session.reload();
		this.slotLoss.look(connection, serverAndSlot);
		lookAtDecodingState(connection, serverAndSlot.withOffset(stored.orElse(null)));
		forgetUnfinishedSnapshot(session);
		ReplicationState found = serverAndSlot.withOffset(session.current().orElse(null));
		this.recovery.found(found);
		ReplicationState givenUp = refuseForeignHistory(connection, serverAndSlot, found.offset());
		if (givenUp != null) {
			SlotOffsetComparison comparison = SlotOffsetComparison.of(givenUp, this.replication);
			return new Finding(stored,
					new ReconciliationResult(givenUp, comparison, recover(givenUp, comparison.verdict(), true), null));
		}
		this.restoreEvidence.look(connection, found);
		return new Finding(stored, resolve(found));
	}

	/**
	 * Look whether the server has the state of decoding with which the slot resumes.
	 * @param found the positions, with the stored offset, even that of an unfinished
	 * snapshot
	 */
	public void lookAtDecodingState(Connection connection, ReplicationState found) throws SQLException {
		this.decodingState.look(connection, found);
	}

	/**
	 * Look between two starts whether the next one would find the same.
	 * @param found the positions, with the stored offset
	 */
	public void lookAhead(Connection connection, ReplicationState found) throws SQLException {
		this.decodingState.lookAhead(connection, found);
	}

	/**
	 * What is known of the slot besides its state.
	 * @param found the positions, with the stored offset
	 */
	public SlotEvidence slotEvidence(ReplicationState found) {
		return new SlotEvidence(this.recovery.mayReplaceSlot(found),
				this.decodingState.isMissing(found) && isIncompleteSlotAccepted());
	}

	private boolean isIncompleteSlotAccepted() {
		return this.settings.safety().accept().contains(DecodingState.RULE);
	}

	private ReconciliationResult resolve(ReplicationState found) throws SQLException {
		SlotOffsetComparison comparison = SlotOffsetComparison.of(found, this.replication);
		if (comparison.verdict() == Verdict.HISTORY_MISMATCH) {
			// The server may write past the offset before the next start
			this.restoreEvidence.record(found);
		}
		StartDecision decision = decide(found, comparison);
		if (decision instanceof StartDecision.Refuse refuse) {
			throw new StartRefusedException(this.settings.name(), List.of(refusal(refuse, found, comparison)));
		}
		boolean skips = decision instanceof StartDecision.AdvanceOffsetToSlot advance && advance.warn();
		return new ReconciliationResult(found, comparison, decision, skips ? gap(found) : null);
	}

	/**
	 * Store the slot as it was found after a failover, before anything is received: a
	 * slot that was last seen on a former timeline is not past that timeline's end.
	 */
	private static void recordTimeline(ReplicationState found, OffsetSession session) {
		StoredOffset offset = session.current().orElse(null);
		LastSeenSlot seen = (offset != null) ? offset.slot() : null;
		LastSeenSlot now = found.lastSeenSlot(false);
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
		session.processed().ifPresent((offset) -> this.processed = offset);
	}

	/**
	 * Refuse a server that does not have what this process has received from it, even if
	 * the stored offset was set back to what it has or removed.
	 * @return what this process has received, if a recovery gives it up; otherwise
	 * {@code null}
	 */
	private @Nullable ReplicationState refuseForeignHistory(Connection connection, ReplicationState serverAndSlot,
			@Nullable StoredOffset stored) throws SQLException {
		StoredOffset processed = this.processed;
		if (processed == null || stored != null && !processed.lsn().isAfter(stored.lsn())) {
			return null;
		}
		if (stored != null && Recovery.hasGivenUp(processed, stored)) {
			// Another instance may have recovered in between
			return null;
		}
		boolean snapshot = stored == null && this.settings.snapshotMode().readsData();
		if (snapshot && serverAndSlot.slot() == null) {
			// Offset and slot were removed for a new snapshot
			return null;
		}
		ReplicationState own = serverAndSlot.withOffset(processed);
		SlotOffsetComparison comparison = SlotOffsetComparison.of(own, this.replication);
		this.restoreEvidence.look(connection, own);
		if (comparison.verdict() == Verdict.HISTORY_MISMATCH) {
			this.restoreEvidence.record(own);
		}
		if (this.restoreEvidence.isKnown(own)) {
			if (this.recovery.isWanted(serverAndSlot.withOffset(stored), HISTORY_MISMATCH)) {
				return own;
			}
			throw new StartRefusedException(this.settings.name(), List.of(ownHistory(own, comparison, stored)));
		}
		if (stored == null && !snapshot) {
			refuseLossWithoutOffset(own, comparison);
		}
		else if (stored != null && serverAndSlot.slot() != null) {
			logger.warn(
					"Engine '{}' has processed changes up to {}, but the stored offset is {}. Either the store failed "
							+ "before it had stored the last offset, or it was set back. Changes in between are "
							+ "delivered again.",
					this.settings.name(), processed.lsn(), stored.lsn());
		}
		return null;
	}

	private Violation ownHistory(ReplicationState own, SlotOffsetComparison comparison, @Nullable StoredOffset stored) {
		Violation violation = refusal(HISTORY_MISMATCH, own, comparison, stored);
		return new Violation(HISTORY_MISMATCH,
				violation.problem() + " This offset is what this process has processed. The offset store has "
						+ ((stored != null) ? "the offset " + stored.lsn() + ", to which it was set back."
								: "no offset of the engine any more."),
				violation.steps());
	}

	/**
	 * Without a stored offset, a start would take the slot as it is, or create one at the
	 * end of the WAL. This process knows what that would skip.
	 */
	private void refuseLossWithoutOffset(ReplicationState own, SlotOffsetComparison comparison) {
		String id = lossWithoutOffset(comparison);
		if (id == null) {
			logger.warn(
					"Engine '{}' has processed changes up to {}, but the offset store has no offset any more. It starts at "
							+ "slot LSN {}, which skips nothing. Check the database of the offset store.",
					this.settings.name(), own.offsetLsn(), own.slotLsn());
			return;
		}
		Violation violation = refusal(id, own, comparison, null);
		throw new StartRefusedException(this.settings.name(),
				List.of(new Violation(id,
						violation.problem() + " This offset is what this process has processed. The offset store has "
								+ "no offset of the engine any more.",
						new Steps().addAll(violation.steps())
							.or()
							.text("To start without the changes in between, restart the application.")
							.list())));
	}

	static @Nullable String lossWithoutOffset(SlotOffsetComparison comparison) {
		return switch (comparison.verdict()) {
			case SLOT_MISSING -> "slot-missing";
			case SLOT_RECREATED -> "slot-recreated";
			case SLOT_LOST -> "slot-lost";
			case HISTORY_MISMATCH -> HISTORY_MISMATCH;
			case SLOT_AHEAD -> comparison.explained() ? null : "slot-ahead-unexplained";
			case IN_SYNC, OFFSET_AHEAD, OFFSET_MISSING -> null;
		};
	}

	/** The slot may have been renamed; the offset of another slot is never used. */
	private void warnOfOtherSlots(OffsetSession session) {
		List<String> others = session.otherSlots();
		if (!others.isEmpty()) {
			logger.warn(
					"Engine '{}' has no stored offset for slot '{}'. The offset store has one of an engine of this name "
							+ "for slot '{}', which is not used, because it may belong to another application. If "
							+ "the slot of this engine was changed, set {} back to it.",
					this.settings.name(), this.settings.slot().name(), String.join("', '", others),
					this.settings.property("slot.name"));
		}
	}

	/**
	 * What a start does about these positions. An accepted gap moves the offset, so the
	 * same pair of LSNs never occurs again.
	 */
	StartDecision decide(ReplicationState found, SlotOffsetComparison comparison) {
		StartDecision decision = decideByPositions(found, comparison);
		String rule = rule(decision, found);
		boolean otherHistory = comparison.verdict() == Verdict.HISTORY_MISMATCH || this.restoreEvidence.isKnown(found)
				|| this.recovery.hasBegunOnOtherHistory(found);
		if (rule == null && comparison.verdict() == Verdict.IN_SYNC && !otherHistory) {
			// Nothing is missing, even if a recovery has begun
			return decision;
		}
		if (this.recovery.isBlocked(found)) {
			return new StartDecision.Refuse(Recovery.BLOCKED);
		}
		if (this.recovery.isWanted(found, rule)) {
			return recover(found, comparison.verdict(), otherHistory);
		}
		return (DecodingState.RULE.equals(rule) && !isIncompleteSlotAccepted())
				? new StartDecision.Refuse(DecodingState.RULE) : decision;
	}

	/**
	 * The rule against a start. A slot that may skip changes is the last one, because
	 * every other one says more, such as that the server is the wrong one.
	 */
	private @Nullable String rule(StartDecision decision, ReplicationState found) {
		if (decision instanceof StartDecision.Refuse refuse) {
			return refuse.id();
		}
		return this.decodingState.isMissing(found) ? DecodingState.RULE : null;
	}

	/** A slot that can be read is kept, for it may send more than a new one. */
	private StartDecision.Recover recover(ReplicationState found, Verdict verdict, boolean otherHistory) {
		SlotState slot = found.slot();
		boolean newSlot = slot == null || slot.isLost() || this.slotLoss.isKnown(found)
				|| this.decodingState.isMissing(found);
		return StartDecision.Recover.of(newSlot, otherHistory, verdict, this.recovery.hasBegunToForget(found));
	}

	/**
	 * Return whether a start recovers instead of being refused.
	 */
	public Recovery recovery() {
		return this.recovery;
	}

	private StartDecision decideByPositions(ReplicationState found, SlotOffsetComparison comparison) {
		if (this.slotLoss.isKnown(found)) {
			return new StartDecision.Refuse("slot-lost");
		}
		if (this.restoreEvidence.isKnown(found)) {
			return new StartDecision.Refuse(HISTORY_MISMATCH);
		}
		if (comparison.verdict() == Verdict.SLOT_MISSING && this.settings.snapshotMode().endsAfterSnapshot()) {
			// No slot was created, and nothing is left to do
			return new StartDecision.Start();
		}
		StartDecision decision = StartDecision.of(comparison, this.settings.offsetMismatchStrategy(),
				this.settings.lsnFlushMode());
		boolean accepted = decision instanceof StartDecision.Refuse && comparison.verdict() == Verdict.SLOT_AHEAD
				&& gap(found).equals(this.settings.safety().acceptGap());
		return accepted ? new StartDecision.AdvanceOffsetToSlot(true) : decision;
	}

	/**
	 * The text of a refusal.
	 */
	Violation refusal(StartDecision.Refuse refuse, ReplicationState found, SlotOffsetComparison comparison) {
		return refusal(refuse.id(), found, comparison, found.offset());
	}

	private Violation refusal(String id, ReplicationState found, SlotOffsetComparison comparison,
			@Nullable StoredOffset stored) {
		return new StartRefusals(this.settings, found, comparison, stored, this.forgetOffset).of(id);
	}

	/**
	 * Carry a decision out.
	 * @param captured the captured tables, and those whose existing rows a recovery reads
	 * @return the result, with what is skipped
	 */
	public ReconciliationResult carryOut(ReconciliationResult result, RecoveredTables captured, Connection connection,
			OffsetSession session) throws SQLException {
		StartDecision decision = result.decision();
		if (decision instanceof StartDecision.Start) {
			start(result, connection, session);
		}
		else if (decision instanceof StartDecision.ResumeAtOffset resume && resume.advanceSlot()) {
			this.slot.advance(connection, session.current().orElseThrow().lsn());
		}
		else if (decision instanceof StartDecision.ResumeAtSlot) {
			moveOffset(result.found(), session);
		}
		else if (decision instanceof StartDecision.AdvanceOffsetToSlot) {
			moveOffset(result.found(), session);
			logSkipped(result.skipped());
		}
		log(result);
		return (decision instanceof StartDecision.Recover recover)
				? recover(recover, result, captured, connection, session) : result;
	}

	/**
	 * The store knows already that the recovery has begun. So if this is interrupted, the
	 * next start continues with the slot as it is then. The captured tables may be those
	 * of another cluster, so they are stored only with a position of this one.
	 */
	private ReconciliationResult recover(StartDecision.Recover recover, ReconciliationResult result,
			RecoveredTables captured, Connection connection, OffsetSession session) throws SQLException {
		ReplicationState found = result.found();
		StoredOffset offset = session.current().orElseThrow();
		if (recover.newSlot()) {
			createAgain(found, connection, session);
		}
		// What was seen of the former slot does not hold for this one
		ReplicationState now = this.reader.read(connection, this.settings.slot().name());
		Lsn slotLsn = Objects.requireNonNull(now.slotLsn(), "The slot cannot be read");
		session.forget();
		session.receiveFrom(now.server().systemIdentifier(), now.server().timeline());
		session.recordSlot(now.lastSeenSlot(recover.newSlot()));
		session.recordRelations(captured.relations());
		session.save(slotLsn,
				OffsetJson.at(slotLsn)
					.with(captured.backfill())
					.withTimelineStart(session.timelineStart())
					.withGeneration(generationAfter(offset, found.offset()))
					.text());
		Gap gap = (!recover.otherHistory() && slotLsn.isAfter(offset.lsn())) ? new Gap(offset.lsn(), slotLsn) : null;
		logSkipped(gap);
		return new ReconciliationResult(found, result.comparison(), recover, gap);
	}

	/**
	 * By its generation, each instance knows that what it has processed before was given
	 * up.
	 */
	private static long generationAfter(StoredOffset stored, @Nullable StoredOffset processed) {
		long before = Math.max(new OffsetJson(stored.position()).generation(),
				(processed != null) ? new OffsetJson(processed.position()).generation() : 0);
		return Math.max(Instant.now().toEpochMilli(), before + 1);
	}

	/**
	 * An instance that was suspended must not drop the slot of the one that has replaced
	 * it.
	 */
	private void createAgain(ReplicationState found, Connection connection, OffsetSession session) throws SQLException {
		session.verify();
		if (found.slot() != null && !this.slot.drop(connection, found.slot())) {
			throw new SQLTransientException("the replication slot changed during the start");
		}
		this.slot.create(connection);
	}

	private void start(ReconciliationResult result, Connection connection, OffsetSession session) throws SQLException {
		ReplicationState state = result.found();
		boolean fromSlot = result.comparison().verdict() == Verdict.OFFSET_MISSING
				&& !this.settings.snapshotMode().readsDataFirst();
		if (fromSlot && state.slot() == null) {
			this.slot.create(connection);
			state = read(connection, session);
			session.recordSlot(state.lastSeenSlot(true));
		}
		else {
			boolean first = result.comparison().verdict() == Verdict.OFFSET_MISSING;
			session.recordSlot(state.lastSeenSlot(first && this.decodingState.isNew(connection, state)));
		}
		if (fromSlot && !session.isDurable()) {
			logger.warn(
					"Engine '{}' keeps its offset in memory and starts without one, at slot LSN {}. Changes that the slot "
							+ "has already passed, or that committed before it was created, are not noticed",
					this.settings.name(), state.slotLsn());
		}
	}

	private void logSkipped(@Nullable Gap skipped) {
		if (skipped != null) {
			logger.warn(
					"Engine '{}' skips {} bytes of WAL from offset {} to slot {}: transactions that committed in "
							+ "between are not delivered",
					this.settings.name(), skipped.bytes(), skipped.offsetLsn(), skipped.slotLsn());
		}
	}

	private static void moveOffset(ReplicationState found, OffsetSession session) {
		StoredOffset offset = session.current().orElseThrow();
		Lsn slotLsn = Objects.requireNonNull(found.slotLsn(), "There is no slot to move the offset to");
		session.recordSlot(found.lastSeenSlot(false));
		session.save(slotLsn, new OffsetJson(offset.position()).movedTo(slotLsn).text());
	}

	private static Gap gap(ReplicationState found) {
		return new Gap(Objects.requireNonNull(found.offsetLsn(), "There is no offset"),
				Objects.requireNonNull(found.slotLsn(), "There is no slot"));
	}

	/**
	 * The one line of a start.
	 */
	private void log(ReconciliationResult result) {
		ReplicationState found = result.found();
		SlotOffsetComparison comparison = result.comparison();
		logger.info(
				"Engine '{}' (lsn-flush-mode {}, offset-mismatch-strategy {}, offset store {}): slot '{}' {}, offset {}, "
						+ "verdict {}{}. {}",
				this.settings.name(), LowerCase.of(this.settings.lsnFlushMode()),
				LowerCase.of(this.settings.offsetMismatchStrategy()), LowerCase.of(this.settings.offset().store()),
				this.settings.slot().name(), (found.slot() != null) ? "at " + found.slotLsn() : "does not exist",
				(found.offset() != null) ? "at " + found.offsetLsn() : "not stored", comparison.verdict(),
				(comparison.explained() && comparison.verdict() != Verdict.IN_SYNC) ? ", explained" : "",
				RestartPreview.started(this.settings, found, found, comparison, result.decision()).sentence());
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
		ReplicationState found = read(connection, session);
		this.slotLoss.record(found);
		SlotOffsetComparison comparison = SlotOffsetComparison.of(found, this.replication);
		StartRefusedException refusal = new StartRefusedException(this.settings.name(),
				List.of(refusal("slot-lost", found, comparison, found.offset())));
		this.recovery.found(found);
		this.recovery.refused(refusal);
		throw refusal;
	}

	/**
	 * Record the slot that Debezium created after the start was decided, so that it is
	 * recognized even if the engine is killed before its next start.
	 */
	public void recordCreatedSlot(Connection connection, OffsetSession session) throws SQLException {
		ReplicationState state = read(connection, session);
		if (state.slot() != null) {
			session.recordSlot(state.lastSeenSlot(true));
		}
	}

	private ReplicationState read(Connection connection, OffsetSession session) throws SQLException {
		return this.reader.read(connection, this.settings.slot().name()).withOffset(session.current().orElse(null));
	}

	/**
	 * Forget the offset of an unfinished snapshot, so that the snapshot is repeated.
	 */
	public static void forgetUnfinishedSnapshot(OffsetSession session) {
		Optional<StoredOffset> offset = session.current();
		if (offset.isPresent() && new OffsetJson(offset.get().position()).isInSnapshot()) {
			session.forget();
		}
	}

	/**
	 * What a recovery stores of the captured tables.
	 *
	 * @param relations the tables
	 * @param backfill the existing rows that are to be read
	 */
	public record RecoveredTables(List<CapturedRelation> relations, List<BackfillProgress> backfill) {

	}

	/**
	 * What a start found.
	 *
	 * @param stored the offset in the store, even if it is not used
	 * @param result what the start does
	 */
	private record Finding(Optional<StoredOffset> stored, ReconciliationResult result) {

	}

}
