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

package io.github.cdcspring.internal.startup.check;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ServerRelation;
import io.github.cdcspring.internal.startup.ServerRelations;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.TestSlot;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Checks on servers that the tests cannot start: older ones, and those with another
 * plugin or a primary.
 */
class OtherServersTests {

	private static final SlotState SLOT = new TestSlot().state();

	private final TestEngine engine = new TestEngine();

	@Test
	void serverThatIsTooOld() {
		assertThatExceptionOfType(StartRefusedException.class)
			.isThrownBy(() -> ServerChecks.checkVersion(this.engine.settings(), 12))
			.satisfies((ex) -> assertThat(RefusalText.of(ex.violations())).containsExactly(new RefusalText(
					"server-version",
					"The server is PostgreSQL 12. Before version 13 a server does not report whether a replication slot is "
							+ "lost, and cannot send changes of partitions under the name of their root.",
					"Upgrade the server to PostgreSQL 13 or later.")));
		assertThatNoException().isThrownBy(() -> ServerChecks.checkVersion(this.engine.settings(), 13));
	}

	@Test
	void standbyThatDoesNotDecode() {
		assertThat(violations(ServerSetupChecks.STANDBY_WITHOUT_DECODING, 15, true, null))
			.containsExactly(new RefusalText("standby-without-decoding",
					"The server is a standby of PostgreSQL 15. Standbys before version 16 cannot have logical replication "
							+ "slots.",
					"Connect to the primary: set cdc.connection.url, with targetServerType=primary if it names several hosts.",
					List.of("cdc.connection.url")));
		assertThat(violations(ServerSetupChecks.STANDBY_WITHOUT_DECODING, 15, false, null)).isEmpty();
		assertThat(violations(ServerSetupChecks.STANDBY_WITHOUT_DECODING, 16, true, null)).isEmpty();
	}

	@Test
	void existingRowsCannotBeReadAlongsideTheStream() {
		this.engine.snapshotMode(SnapshotMode.BACKFILL);
		assertThat(violations(BackfillChecks.SNAPSHOT, 13, false, null)).containsExactly(new RefusalText(
				"snapshot-backfill",
				"cdc.snapshot.mode=backfill marks the place of existing rows in the stream by logical messages, which "
						+ "PostgreSQL 13 does not send. No existing row would be delivered.",
				"Upgrade the server to PostgreSQL 14 or later, or set cdc.snapshot.mode=initial.",
				List.of("cdc.snapshot.mode")));
		assertThat(violations(BackfillChecks.SNAPSHOT, 16, true, null)).singleElement()
			.satisfies((violation) -> assertThat(violation.action())
				.isEqualTo("Connect the engine to the primary, or set cdc.snapshot.mode=initial."));
		assertThat(violations(BackfillChecks.SNAPSHOT, 14, false, null)).isEmpty();
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		assertThat(violations(BackfillChecks.SNAPSHOT, 13, false, null)).isEmpty();
	}

	@Test
	void slotThatIsSynchronizedFromThePrimary() {
		SlotState synced = new TestSlot().failover().synced().state();
		assertThat(violations(SlotChecks.SYNCED, 17, true, synced)).containsExactly(new RefusalText("slot-synced",
				"Replication slot 'cdc_shop' is synchronized from the primary to this standby and cannot be read here "
						+ "before a failover.",
				"Connect to the primary: set cdc.connection.url, with targetServerType=primary if it names several hosts.",
				List.of("cdc.connection.url", "cdc.slot.name")));
		assertThat(violations(SlotChecks.SYNCED, 17, false, synced)).isEmpty();
	}

	@Test
	void slotOfAnotherPlugin() {
		SlotState other = new TestSlot().plugin("wal2json").state();
		assertThat(violations(SlotChecks.KIND, 18, false, other)).singleElement()
			.satisfies((violation) -> assertThat(violation.problem()).isEqualTo(
					"This engine cannot read replication slot 'cdc_shop': its plugin is 'wal2json', not 'pgoutput'."));
	}

	@Test
	void failoverSlotOnAServerWithoutFailoverSlots() {
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT);
		assertThat(violations(SlotChecks.SURVIVES_FAILOVER, 16, false, SLOT)).containsExactly(new RefusalText(
				"survives-failover",
				"cdc.slot.survives-failover=failover_slot does not hold for replication slot 'cdc_shop': PostgreSQL 16 "
						+ "has no failover slots. After a failover it would be gone.",
				"Upgrade the server to PostgreSQL 17 or later. Or set cdc.slot.survives-failover=no.",
				List.of("cdc.slot.survives-failover")));
		this.engine.strategy(OffsetMismatchStrategy.TRUST_GREATER_LSN);
		assertThat(violations(SlotChecks.SURVIVES_FAILOVER, 16, false, null)).singleElement()
			.satisfies((violation) -> assertThat(violation.rule()).isEqualTo("slot-authority-without-surviving-slot"));
		assertThat(violations(SlotChecks.SURVIVES_FAILOVER, 17, false, null)).isEmpty();
		assertThat(violations(SlotChecks.SURVIVES_FAILOVER, 17, false, new TestSlot().failover().state())).isEmpty();
	}

	@Test
	void failoverSlotOnAPrimaryThatWaitsForNoStandby() {
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT);
		assertThat(violations(SlotChecks.SYNCHRONIZED_STANDBY, 16, false, SLOT)).isEmpty();
		assertThat(violations(SlotChecks.SYNCHRONIZED_STANDBY, 17, true, SLOT)).isEmpty();
		assertThat(violations(SlotChecks.SYNCHRONIZED_STANDBY, 17, false, SLOT)).singleElement()
			.satisfies((violation) -> {
				assertThat(violation.rule()).isEqualTo("synchronized-standby-slots");
				assertThat(violation.problem())
					.startsWith("cdc.slot.survives-failover=failover_slot needs synchronized_standby_slots on the "
							+ "primary, which is empty.");
			});
		this.engine.survives(SurvivesFailover.PATRONI);
		assertThat(violations(SlotChecks.SYNCHRONIZED_STANDBY, 17, false, SLOT)).isEmpty();
	}

	@Test
	void rightToListTheStatesOfDecoding() {
		assertThat(violations(SlotChecks.DECODING_STATE_RIGHT, 18, false, SLOT)).isEmpty();
		this.engine.survives(SurvivesFailover.PATRONI);
		assertThat(violations(SlotChecks.DECODING_STATE_RIGHT, 15, false, SLOT)).singleElement()
			.satisfies((violation) -> assertThat(violation.statements())
				.containsExactly("GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logicalsnapdir() TO \"me\";"));
		assertThat(violations(SlotChecks.DECODING_STATE_RIGHT, 14, false, SLOT)).singleElement()
			.satisfies((violation) -> assertThat(violation.statements())
				.containsExactly("GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO \"me\";"));
	}

	@ParameterizedTest
	@CsvSource({ "wal_removed, raise max_slot_wal_keep_size", "wal_status is lost, raise max_slot_wal_keep_size",
			"rows_removed, set hot_standby_feedback = on", "wal_level_insufficient, leave wal_level at 'logical'",
			"idle_timeout, raise idle_replication_slot_timeout" })
	void namesWhatPreventsTheLossOfASlot(String reason, String prevention) {
		SlotState lost = new TestSlot().lost("wal_status is lost".equals(reason) ? null : reason).state();
		assertThat(violations(SlotChecks.LOST, 18, false, lost)).singleElement()
			.satisfies((violation) -> assertThat(violation.action())
				.endsWith(" To prevent a repetition, " + prevention + "."));
	}

	@ParameterizedTest
	@CsvSource({ "18, replica, 1", "18, minimal, 1", "18, logical, 0", "19, replica, 0", "19, minimal, 1" })
	void walLevelIsAFloorSinceVersion19(int version, String walLevel, int violations) {
		assertThat(ServerSetupChecks.WAL_LEVEL.check(context(this.engine, version, false, null, walLevel)))
			.hasSize(violations);
	}

	@Test
	void walSenderOfTheActiveSlotCountsAsFree() {
		assertThat(violations(ServerSetupChecks.FREE_WAL_SENDER, 18, false, SLOT)).hasSize(1);
		assertThat(violations(ServerSetupChecks.FREE_WAL_SENDER, 18, false, new TestSlot().active().state())).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "13, 1", "17, 1", "18, 0" })
	void droppedPublicationEndsASlotBeforeVersion18(int version, int violations) {
		CapturedRelation orders = new CapturedRelation(16385, new TableId("public", "orders"),
				"700;10;16390;701;10;11111;16391", null);
		RelationComparison relations = RelationComparison
			.of(Lsn.parse("0/1000"), List.of(orders), List.of(TablePattern.parse("orders")),
					new ServerRelations(List.of(new ServerRelation(
							new CapturedRelation(16385, new TableId("public", "orders"), "700;10", null), true, true,
							false)), Lsn.parse("0/2000")));
		CheckContext found = context(this.engine, version, false, SLOT);
		CheckContext context = new CheckContext(found.engine(), found.needs(), found.source(), relations,
				ActionStep.of("Delete the file offset."));
		List<RefusalText> dropped = RefusalText.of(RelationChecks.PUBLICATION_DROPPED.check(context));
		assertThat(dropped).hasSize(violations);
		assertThat(dropped).allSatisfy((violation) -> assertThat(violation.action())
			.contains("take a new snapshot of all tables: stop the application. Run: SELECT pg_drop_replication_slot(")
			.contains("Delete the file offset. Start with cdc.snapshot.mode=initial.")
			.doesNotContain("accept"));
		assertThat(RelationChecks.NOT_PUBLISHED.check(context)).hasSize(1 - violations);
	}

	private List<RefusalText> violations(SafetyRule<CheckContext> check, int version, boolean standby,
			@Nullable SlotState slot) {
		return RefusalText.of(check.check(context(this.engine, version, standby, slot)));
	}

	static CheckContext context(TestEngine engine, int version, boolean standby, @Nullable SlotState slot) {
		return context(engine, version, standby, slot, "logical");
	}

	private static CheckContext context(TestEngine engine, int version, boolean standby, @Nullable SlotState slot,
			String walLevel) {
		ServerState server = new ServerState(version * 10_000, version + ".0", Lsn.parse("0/1000"), standby, 1, "7",
				walLevel, 10, 10, null, Instant.EPOCH);
		return new CheckContext(engine.settings(),
				new ServerNeeds(Map.of(), List.of(), List.of(), engine.snapshotMode.mayReadData(false)),
				new SourceState(server, new SourceState.Usage(1, 10),
						new SourceState.Session("me", "shop", "UTF8", true, true, false, List.of("public"), false,
								Map.of()),
						slot, null, List.of(), List.of()),
				RelationComparison.NONE, ActionStep.of("Delete the file offset."));
	}

}
