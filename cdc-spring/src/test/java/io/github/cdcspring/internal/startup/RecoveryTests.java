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

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which refusals a request to recover answers.
 */
class RecoveryTests {

	private final TestEngine engine = new TestEngine();

	@Test
	void requestHoldsForTheRefusalThatItAnswers() {
		Recovery recovery = refused(state("7", "0/500"), "slot-missing");
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-missing")).isFalse();
		recovery.request().run();
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-missing")).isTrue();
		assertThat(recovery.isWanted(state("7", "0/500"), null)).isFalse();
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-recreated")).isFalse();
		assertThat(recovery.isWanted(state("8", "0/500"), "slot-missing")).isFalse();
		assertThat(recovery.isWanted(state("7", "0/501"), "slot-missing")).isFalse();
		assertThat(recovery.isWanted(state("7", null), "slot-missing")).isFalse();
	}

	/** The lost slot of a server with another history is refused before the history. */
	@Test
	void replacesALostSlotWhateverRuleIsAnswered() {
		Recovery recovery = refused(state("7", "0/500"), "history-mismatch");
		assertThat(recovery.mayReplaceSlot(state("7", "0/500"))).isFalse();
		recovery.request().run();
		assertThat(recovery.mayReplaceSlot(state("7", "0/500"))).isTrue();
		assertThat(recovery.mayReplaceSlot(state("8", "0/500"))).isFalse();
	}

	@Test
	void requestEndsWithAnotherRefusal() {
		Recovery recovery = requested();
		recovery.refused(refusal("unknown-table"));
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-missing")).isFalse();
	}

	@Test
	void requestEndsWhenItIsWithdrawnOrTheEngineStarts() {
		Recovery recovery = requested();
		recovery.withdraw();
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-missing")).isFalse();
		recovery = requested();
		recovery.prepared();
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-missing")).isFalse();
		assertThatExceptionOfType(CdcException.class).isThrownBy(recovery::request);
	}

	@Test
	void continuesWhatHasBegunOnTheSameServerOnly() {
		Recovery recovery = new Recovery(this.engine.settings());
		assertThat(recovery.isWanted(stateWith("7", offset("0/500", "7")), null)).isTrue();
		assertThat(recovery.isWanted(stateWith("8", offset("0/500", "7")), "history-mismatch")).isFalse();
	}

	@Test
	void cannotContinueWhatHasBegunWhereNoRowsAreReadAlongsideTheStream() {
		this.engine.snapshotMode(SnapshotMode.ALWAYS);
		ReplicationState begun = stateWith("7", offset("0/500", "7"));
		Recovery recovery = new Recovery(this.engine.settings());
		assertThat(recovery.isBlocked(begun)).isTrue();
		assertThat(recovery.isBlocked(stateWith("8", offset("0/500", "7")))).isFalse();
		assertThat(recovery.isBlocked(state("7", "0/500"))).isFalse();
		assertThat(refusal("recovery-blocked", begun, begun.offset())).satisfies((refusal) -> {
			assertThat(refusal.rule()).isEqualTo("recovery-blocked");
			assertThat(refusal.problem())
				.isEqualTo("A recovery from the stored offset 0/500 has begun on this server, and "
						+ "this start cannot continue it: cdc.snapshot.mode=always reads the existing rows at each start "
						+ "anyway. The slot may be a new one, which would not send the changes since the offset.");
		});
	}

	@Test
	void remembersThatTheHistoryWasAnotherOne() {
		Recovery recovery = new Recovery(this.engine.settings());
		StoredOffset offset = offset("0/500", "7");
		StoredOffset other = with(offset, new OffsetJson(offset.position()).withRecovery("7", true, true));
		assertThat(recovery.hasBegunOnOtherHistory(stateWith("7", offset))).isFalse();
		assertThat(recovery.hasBegunOnOtherHistory(stateWith("7", other))).isTrue();
		assertThat(recovery.hasBegunOnOtherHistory(stateWith("8", other))).isFalse();
		assertThat(recovery.hasBegunToForget(stateWith("7", offset))).isFalse();
		assertThat(recovery.hasBegunToForget(stateWith("7", other))).isTrue();
		assertThat(recovery.hasBegunToForget(stateWith("8", other))).isFalse();
		assertThat(new OffsetJson(other.position()).withoutRecovery().text())
			.isEqualTo(offset("0/500", null).position());
	}

	@Test
	void settingAnswersAnotherHistoryOnlyOnTheServerThatItNames() {
		Recovery recovery = set("0/500");
		assertThat(recovery.isWanted(state("7", "0/500"), "slot-missing")).isTrue();
		assertThat(recovery.isWanted(state("7", "0/501"), "slot-missing")).isFalse();
		assertThat(recovery.isWanted(state("7", "0/500"), "history-mismatch")).isFalse();
		recovery = set("0/500@7");
		assertThat(recovery.isWanted(state("7", "0/500"), "history-mismatch")).isTrue();
		assertThat(recovery.isWanted(state("8", "0/500"), "history-mismatch")).isFalse();
		assertThat(recovery.isWanted(state("8", "0/500"), "slot-missing")).isFalse();
	}

	@Test
	void answersNoRefusalThatDoesNotOfferIt() {
		assertThat(set("0/500").isWanted(state("7", "0/500"), "slot-ahead-explained")).isFalse();
		assertThatExceptionOfType(CdcException.class)
			.isThrownBy(() -> refused(state("7", "0/500"), "slot-ahead-explained").request());
	}

	@Test
	void whatWasProcessedBeforeARecoveryIsGivenUp() {
		StoredOffset before = offset("0/900", null);
		StoredOffset after = with(before, OffsetJson.at(Lsn.parse("0/500")).withGeneration(2));
		assertThat(Recovery.hasGivenUp(before, after)).isTrue();
		assertThat(Recovery.hasGivenUp(before, before)).isFalse();
		assertThat(Recovery.hasGivenUp(after, after)).isFalse();
		assertThat(Recovery.hasGivenUp(after, before)).isFalse();
	}

	@Test
	void refusesAfterAnotherRefusal() {
		assertThatExceptionOfType(CdcException.class)
			.isThrownBy(() -> refused(state("7", "0/500"), "unknown-table").request())
			.withMessage(
					"Engine 'default' cannot recover: it is refused for another reason than a slot that is missing, "
							+ "lost, incomplete, recreated or at another position than the offset. Do what the refusal advises.");
	}

	@Test
	void tellsTheObstacleIfARecoveryIsBlocked() {
		this.engine.snapshotMode(SnapshotMode.ALWAYS);
		Recovery recovery = refused(stateWith("7", offset("0/500", "7")), "recovery-blocked");
		assertThatExceptionOfType(CdcException.class).isThrownBy(recovery::request)
			.withMessage("Engine 'default' cannot recover: cdc.snapshot.mode=always reads the existing rows at each "
					+ "start anyway. Do what the refusal advises.");
	}

	@Test
	void refusesWithoutAnOffset() {
		assertObstacle(state("7", null), "the offset store has no offset of it");
	}

	@Test
	void refusesWithAnOffsetInMemory() {
		this.engine.store(OffsetStoreType.MEMORY);
		assertObstacle(state("7", "0/500"), "cdc.offset.store=memory loses with the process how far a recovery is");
	}

	@Test
	void refusesWhereRowsAreReadAtEachStartOrNothingIsReceivedAfterThem() {
		this.engine.snapshotMode(SnapshotMode.ALWAYS);
		assertObstacle(state("7", "0/500"), "cdc.snapshot.mode=always reads the existing rows at each start anyway");
		this.engine.snapshotMode(SnapshotMode.INITIAL_ONLY);
		assertObstacle(state("7", "0/500"), "cdc.snapshot.mode=initial_only receives no changes after the snapshot");
	}

	@Test
	void refusesOnAStandbyAndOnAnOldServer() {
		assertObstacle(new ReplicationState(server("7", 180000, true), null, offset("0/500", null)),
				"the server is a standby, which accepts no backfill");
		assertObstacle(new ReplicationState(server("7", 130010, false), null, offset("0/500", null)),
				"PostgreSQL 13 sends no logical messages, which a backfill needs");
	}

	@ParameterizedTest
	@ValueSource(strings = { "slot-ahead-unexplained", "offset-ahead-unexplained", "slot-missing", "slot-recreated",
			"slot-lost", "history-mismatch" })
	void refusalsOfferARecoveryOnlyWhereItIsPossible(String rule) {
		StoredOffset stored = offset("0/500", null);
		StoredOffset processed = offset("0/600", null);
		assertThat(action(rule, stored, stored)).contains("Or request the operation 'recover', or set "
				+ "cdc.safety.recover=0/500" + (rule.equals("history-mismatch") ? "@7" : "")
				+ " for one start, to resume at a slot that can be read");
		assertThat(action(rule, processed, stored))
			.contains("Or request the operation 'recover' to resume at a slot that can be read")
			.doesNotContain("safety.recover");
		assertThat(action(rule, processed, null)).doesNotContain("recover'", "safety.recover");
		this.engine.store(OffsetStoreType.MEMORY);
		assertThat(action(rule, stored, stored)).doesNotContain("recover'", "safety.recover");
	}

	@Test
	void refusalListsItsWaysAsSteps() {
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		StoredOffset stored = offset("0/500", null);
		ReplicationState state = new ReplicationState(server("7", 180000, false), new TestSlot().at("0/700").state(),
				stored);
		assertThat(refusal("slot-ahead-unexplained", state, stored).steps()).containsExactly(
				ActionStep.of("To receive the missing changes, stop the application."),
				ActionStep.sql("Run: ", new ReplicationSlot(this.engine.settings()).dropStatement()),
				ActionStep.of("Remove the offset."),
				ActionStep.of("Start the application again, to take a new snapshot as cdc.snapshot.mode=initial says."),
				ActionStep
					.of(ActionStep.Language.SETTING, "Or request the operation 'recover', or set ",
							"cdc.safety.recover=0/500",
							" for one start, to resume at a slot that can be read and deliver the existing rows "
									+ "alongside the stream, as READ events.")
					.asAlternative(),
				ActionStep
					.of(ActionStep.Language.SETTING, "If you know that no missing change matters, set ",
							"cdc.safety.accept-gap=0/500-0/700", " for one start.")
					.asAlternative());
	}

	private String action(String rule, StoredOffset found, @Nullable StoredOffset stored) {
		ReplicationState state = new ReplicationState(server("7", 180000, false), new TestSlot().at("0/700").state(),
				found);
		return refusal(rule, state, stored).action();
	}

	private Violation refusal(String rule, ReplicationState state, @Nullable StoredOffset stored) {
		SlotOffsetComparison comparison = new SlotOffsetComparison(Verdict.SLOT_AHEAD, false, 1, 1, 1);
		return new StartRefusals(this.engine.settings(), state, comparison, stored, ActionStep.of("Remove the offset."))
			.of(rule);
	}

	private Recovery set(String offset) {
		return new Recovery(this.engine.recovering(offset).settings());
	}

	private void assertObstacle(ReplicationState state, String obstacle) {
		Recovery recovery = refused(state, "slot-missing");
		assertThatExceptionOfType(CdcException.class).isThrownBy(recovery::request)
			.withMessageStartingWith("Engine 'default' cannot recover: " + obstacle)
			.withMessageEndingWith(". Do what the refusal advises.");
		assertThat(recovery.isWanted(state, "slot-missing")).isFalse();
	}

	private Recovery requested() {
		Recovery recovery = refused(state("7", "0/500"), "slot-missing");
		recovery.request().run();
		return recovery;
	}

	private Recovery refused(ReplicationState found, String... rules) {
		Recovery recovery = new Recovery(this.engine.settings());
		recovery.found(found);
		recovery.refused(refusal(rules));
		return recovery;
	}

	private static StartRefusedException refusal(String... rules) {
		return new StartRefusedException("default",
				Arrays.stream(rules)
					.map((rule) -> new Violation(rule, "Wrong.", List.of(ActionStep.of("Correct it."))))
					.toList());
	}

	private static ReplicationState state(String systemIdentifier, @Nullable String offset) {
		return stateWith(systemIdentifier, (offset != null) ? offset(offset, null) : null);
	}

	private static ReplicationState stateWith(String systemIdentifier, @Nullable StoredOffset offset) {
		return new ReplicationState(server(systemIdentifier, 180000, false), null, offset);
	}

	private static ServerState server(String systemIdentifier, int version, boolean inRecovery) {
		return new ServerState(version, "18", Lsn.parse("0/1000"), inRecovery, 1, systemIdentifier, "logical", 10, 10,
				null, Instant.EPOCH);
	}

	private static StoredOffset offset(String lsn, @Nullable String recovery) {
		OffsetJson position = OffsetJson.at(Lsn.parse(lsn));
		return new StoredOffset(Lsn.parse(lsn),
				((recovery != null) ? position.withRecovery(recovery, false, false) : position).text(),
				new OffsetOrigin("7", 1, null), null, List.of(), false, Instant.EPOCH);
	}

	private static StoredOffset with(StoredOffset offset, OffsetJson position) {
		return new StoredOffset(offset.lsn(), position.text(), offset.origin(), offset.slot(), offset.relations(),
				offset.clean(), offset.storedAt());
	}

}
