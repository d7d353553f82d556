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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.SlotAdvancer;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every rule on settings: what it refuses, what it allows, and its exact text.
 */
@ExtendWith(OutputCaptureExtension.class)
class SettingsRulesTests {

	@Test
	void acceptsTheDefaults() {
		assertThat(violations(new TestEngine())).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(value = OffsetMismatchStrategy.class, names = { "NO_VALIDATION", "TRUST_OFFSET" })
	void refusesDriverFlushWithoutSlotAuthority(OffsetMismatchStrategy strategy) {
		String value = strategy.name().toLowerCase();
		assertThat(violations(new TestEngine().flushMode(LsnFlushMode.CONNECTOR_AND_DRIVER).strategy(strategy)))
			.containsExactly(new RefusalText("driver-flush-without-slot-authority",
					"cdc.lsn-flush-mode=connector_and_driver lets the driver advance replication slot 'cdc_shop' past the "
							+ "stored offset while no captured table changes. But cdc.offset-mismatch-strategy=" + value
							+ " does not accept a slot that is ahead, so the next start or reconnect would be refused.",
					"Set cdc.offset-mismatch-strategy to trust_slot or trust_greater_lsn if the slot survives a "
							+ "failover. Or set cdc.lsn-flush-mode=connector, whose heartbeat also advances the slot while "
							+ "captured tables are idle.",
					List.of("cdc.lsn-flush-mode", "cdc.offset-mismatch-strategy")));
	}

	@ParameterizedTest
	@EnumSource(value = OffsetMismatchStrategy.class, names = { "TRUST_SLOT", "TRUST_GREATER_LSN" })
	void refusesSlotAuthorityWithoutSurvivingSlot(OffsetMismatchStrategy strategy) {
		String value = strategy.name().toLowerCase();
		assertThat(violations(new TestEngine().strategy(strategy))).containsExactly(new RefusalText(
				"slot-authority-without-surviving-slot",
				"cdc.offset-mismatch-strategy=" + value + " trusts replication slot 'cdc_shop', but with "
						+ "cdc.slot.survives-failover=no the slot may be gone after a failover. A recreated slot begins at "
						+ "the server's current position, so the changes in between would be skipped.",
				"Make the slot survive a failover and declare how: set cdc.slot.survives-failover to failover_slot "
						+ "(PostgreSQL 17 or later, with a standby that synchronizes slots) or to patroni (a permanent slot). "
						+ "Or set cdc.offset-mismatch-strategy to no_validation or trust_offset.",
				List.of("cdc.offset-mismatch-strategy", "cdc.slot.survives-failover")));
	}

	@Test
	void refusesSlotAuthorityWithDroppedSlot() {
		assertThat(violations(new TestEngine().strategy(OffsetMismatchStrategy.TRUST_SLOT)
			.survives(SurvivesFailover.PATRONI)
			.dropsSlot()))
			.first()
			.isEqualTo(new RefusalText("slot-authority-with-dropped-slot",
					"cdc.offset-mismatch-strategy=trust_slot trusts replication slot 'cdc_shop', but "
							+ "cdc.debezium.slot.drop.on.stop=true drops it at each stop. The next slot begins at the server's "
							+ "current position, so changes made while the application is down would be skipped.",
					"Remove cdc.debezium.slot.drop.on.stop.",
					List.of("cdc.offset-mismatch-strategy", "cdc.debezium.slot.drop.on.stop")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "TRUE", " True " })
	void refusesSlotDroppedOnStop(String value) {
		TestEngine engine = new TestEngine();
		engine.debezium.put("slot.drop.on.stop", value);
		assertThat(violations(engine)).containsExactly(new RefusalText("slot-dropped-on-stop",
				"cdc.debezium.slot.drop.on.stop=true drops replication slot 'cdc_shop' at each stop, so the server keeps no "
						+ "changes while the application is down. They are lost, or the next start finds an offset without "
						+ "its slot and is refused.",
				"Remove cdc.debezium.slot.drop.on.stop. To drop a slot that is no longer needed, run once: SELECT "
						+ "pg_drop_replication_slot('cdc_shop');",
				List.of("cdc.debezium.slot.drop.on.stop")));
	}

	@Test
	void refusesManualWithoutFlusher() {
		assertThat(violations(new TestEngine().flushMode(LsnFlushMode.MANUAL))).containsExactly(new RefusalText(
				"manual-without-flusher",
				"cdc.lsn-flush-mode=manual never advances replication slot 'cdc_shop', and cdc.slot.advanced-by is not "
						+ "set. If nothing else advances the slot, the server keeps all WAL until its disk is full.",
				"Set cdc.slot.advanced-by to application if a bean of the application advances the slot, or to external if "
						+ "another program does. Or set cdc.lsn-flush-mode=connector.",
				List.of("cdc.lsn-flush-mode")));
	}

	@ParameterizedTest
	@EnumSource(value = SnapshotMode.class, names = { "NO_DATA", "ALWAYS" }, mode = EnumSource.Mode.EXCLUDE)
	void refusesMemoryWithSnapshot(SnapshotMode mode) {
		String value = mode.name().toLowerCase();
		assertThat(violations(new TestEngine().store(OffsetStoreType.MEMORY).snapshotMode(mode)))
			.containsExactly(new RefusalText("memory-with-snapshot",
					"cdc.offset.store=memory loses the offset at each stop, so cdc.snapshot.mode=" + value
							+ " reads all rows again at every start. Rows that were deleted while the application was down "
							+ "stay undeleted downstream.",
					"Set cdc.offset.store to jdbc or file, or set cdc.snapshot.mode=no_data.",
					List.of("cdc.offset.store", "cdc.snapshot.mode")));
	}

	@Test
	void refusesOffsetAuthorityWithoutDurableOffset() {
		assertThat(violations(
				new TestEngine().store(OffsetStoreType.MEMORY).strategy(OffsetMismatchStrategy.TRUST_OFFSET)))
			.containsExactly(new RefusalText("offset-authority-without-durable-offset",
					"cdc.offset-mismatch-strategy=trust_offset trusts the stored offset, but cdc.offset.store=memory loses "
							+ "it at each stop. After a restart there is no offset to compare replication slot 'cdc_shop' "
							+ "with: if another process advanced the slot, the changes in between would be skipped.",
					"Set cdc.offset.store to jdbc or file, or set cdc.offset-mismatch-strategy=no_validation.",
					List.of("cdc.offset-mismatch-strategy", "cdc.offset.store")));
	}

	@Test
	void refusesDriverFlushWithoutHeartbeat() {
		assertThat(violations(new TestEngine().flushMode(LsnFlushMode.CONNECTOR_AND_DRIVER)
			.strategy(OffsetMismatchStrategy.TRUST_GREATER_LSN)
			.survives(SurvivesFailover.FAILOVER_SLOT)
			.withoutHeartbeat()))
			.containsExactly(new RefusalText("driver-flush-without-heartbeat",
					"cdc.lsn-flush-mode=connector_and_driver stalls replication slot 'cdc_shop' with "
							+ "cdc.heartbeat.interval=0: the driver advances the slot only after the last captured transaction "
							+ "is acknowledged, which without a heartbeat happens with the next captured transaction. Until "
							+ "then the server keeps all WAL.",
					"Set cdc.heartbeat.interval=5s, or remove it.",
					List.of("cdc.lsn-flush-mode", "cdc.heartbeat.interval")));
	}

	@Test
	void refusesConnectorFlushWithoutHeartbeat() {
		assertThat(violations(new TestEngine().withoutHeartbeat())).containsExactly(new RefusalText(
				"connector-flush-without-heartbeat",
				"cdc.lsn-flush-mode=connector with cdc.heartbeat.interval=0 advances replication slot 'cdc_shop' only when "
						+ "a captured table changes. While only other tables change, the server keeps all their WAL.",
				"Set cdc.heartbeat.interval=5s, or remove it.",
				List.of("cdc.lsn-flush-mode", "cdc.heartbeat.interval")));
	}

	@Test
	void refusesWhenNeededWithSlotAuthority() {
		assertThat(violations(new TestEngine().snapshotMode(SnapshotMode.WHEN_NEEDED)
			.strategy(OffsetMismatchStrategy.TRUST_SLOT)
			.survives(SurvivesFailover.PATRONI)))
			.containsExactly(new RefusalText("when-needed-with-slot-authority",
					"cdc.snapshot.mode=when_needed reads all rows again when changes are missing, but "
							+ "cdc.offset-mismatch-strategy=trust_slot moves the offset to a slot that is ahead. The "
							+ "snapshot that would replace the skipped changes is never taken.",
					"Set cdc.offset-mismatch-strategy to no_validation or trust_offset, or set "
							+ "cdc.snapshot.mode=initial.",
					List.of("cdc.snapshot.mode", "cdc.offset-mismatch-strategy")));
	}

	@Test
	void refusesSharedSlot() {
		TestEngine audit = new TestEngine().named("audit").publication("other");
		assertThat(violations(audit, new TestEngine())).containsExactly(new RefusalText("shared-position",
				"Engines 'default' and 'audit' share replication slot 'cdc_shop' on db:5432. Only one of them can receive "
						+ "from it, and what that engine acknowledges is lost for the other.",
				"Use a separate slot for each engine: set cdc.engines.audit.slot.name=cdc_shop_audit.",
				List.of("cdc.engines.audit.slot.name")));
	}

	@Test
	void refusesSharedPublicationThatOneEngineAlters() {
		TestEngine audit = new TestEngine().named("audit").slot("cdc_audit").withPublicationOfTheOperator();
		assertThat(violations(audit, new TestEngine())).containsExactly(new RefusalText("shared-position",
				"Engines 'default' and 'audit' share publication 'cdc_shop' in database 'shop' on db:5432, and "
						+ "cdc.publication.create=true alters it. Each engine would also receive the changes of the other "
						+ "engine's tables and discard them.",
				"Use a separate publication for each engine: set "
						+ "cdc.engines.audit.publication.name=cdc_shop_audit.",
				List.of("cdc.engines.audit.publication.name", "cdc.engines.audit.publication.create")));
		assertThat(violations(new TestEngine().named("audit").slot("cdc_audit"), new TestEngine()))
			.extracting(RefusalText::rule)
			.containsExactly("shared-position");
		assertThat(violations(audit, new TestEngine().withPublicationOfTheOperator())).isEmpty();
	}

	@Test
	void allowsTheSameSlotNameOnAnotherServer() {
		TestEngine audit = new TestEngine().named("audit");
		audit.connection = new EngineSettings.Connection("db", 5433, "shop", "me", null, Map.of());
		assertThat(violations(audit, new TestEngine())).isEmpty();
	}

	@Test
	void recognizesAServerByEachOfItsNames() {
		TestEngine one = new TestEngine();
		one.connection = new EngineSettings.Connection("LOCALHOST", 5432, "shop", "me", null, Map.of());
		TestEngine other = new TestEngine().named("audit");
		other.connection = new EngineSettings.Connection("db:5432,127.0.0.1", 5432, "audit", "me", null, Map.of());
		assertThat(violations(other, one)).extracting(RefusalText::rule).containsExactly("shared-position");
		other.connection = new EngineSettings.Connection("[::1]", 5432, "audit", "me", null, Map.of());
		assertThat(violations(other, one)).extracting(RefusalText::rule).containsExactly("shared-position");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/tmp", "/var/tmp", "/dev/shm" })
	void refusesEphemeralOffsetFile(String place) {
		TestEngine engine = new TestEngine().store(OffsetStoreType.FILE);
		engine.file = Path.of(place, "a/../shop/cdc-offset");
		assertThat(violations(engine)).containsExactly(ephemeral(engine.file, place));
	}

	private static RefusalText ephemeral(Path file, String place) {
		return new RefusalText("ephemeral-offset-file", "cdc.offset.file.path=" + file + " is in " + place
				+ ", where files do not survive a restart of the machine or container. The offset would be lost, and the "
				+ "next start would behave like the first.",
				"Set cdc.offset.file.path to a file on a persistent disk, such as a mounted volume, or set "
						+ "cdc.offset.store=jdbc.",
				List.of("cdc.offset.file.path", "cdc.offset.store"));
	}

	@Test
	void refusesOffsetFileBehindALinkToATemporaryDirectory(@TempDir Path temporary) throws IOException {
		Path link = Path.of("target", "link-" + System.nanoTime());
		Files.createSymbolicLink(link, temporary);
		try {
			TestEngine engine = new TestEngine().store(OffsetStoreType.FILE);
			engine.file = link.resolve("not-there-yet/cdc-offset");
			assertThat(violations(engine)).extracting(RefusalText::rule).containsExactly("ephemeral-offset-file");
		}
		finally {
			Files.delete(link);
		}
	}

	@Test
	void allowsDirectoryWithSimilarName() {
		TestEngine engine = new TestEngine().store(OffsetStoreType.FILE);
		engine.file = Path.of("/tmp-of-shop/cdc-offset");
		assertThat(violations(engine)).isEmpty();
	}

	/**
	 * The documented conditions, over all combinations.
	 */
	@Test
	void refusesExactlyTheDocumentedCombinations() {
		int combinations = 0;
		for (LsnFlushMode mode : LsnFlushMode.values()) {
			for (OffsetMismatchStrategy strategy : OffsetMismatchStrategy.values()) {
				for (OffsetStoreType store : OffsetStoreType.values()) {
					for (SnapshotMode snapshot : SnapshotMode.values()) {
						for (SurvivesFailover survives : SurvivesFailover.values()) {
							for (int bits = 0; bits < 8; bits++) {
								TestEngine engine = new TestEngine().flushMode(mode)
									.strategy(strategy)
									.store(store)
									.snapshotMode(snapshot)
									.survives(survives);
								if ((bits & 1) != 0) {
									engine.withoutHeartbeat();
								}
								if ((bits & 2) != 0) {
									engine.dropsSlot();
								}
								engine.advancedBy = ((bits & 4) != 0) ? SlotAdvancer.EXTERNAL : null;
								assertThat(violations(engine).stream().map(RefusalText::rule))
									.as(engine.settings() + " " + mode + " " + strategy + " " + store + " " + snapshot
											+ " " + survives + " " + bits)
									.containsExactlyInAnyOrderElementsOf(expected(engine));
								combinations++;
							}
						}
					}
				}
			}
		}
		assertThat(combinations).isEqualTo(3 * 4 * 3 * 6 * 3 * 8);
	}

	private static Set<String> expected(TestEngine engine) {
		boolean trustsSlot = engine.strategy == OffsetMismatchStrategy.TRUST_SLOT
				|| engine.strategy == OffsetMismatchStrategy.TRUST_GREATER_LSN;
		boolean driver = engine.flushMode == LsnFlushMode.CONNECTOR_AND_DRIVER;
		boolean memory = engine.store == OffsetStoreType.MEMORY;
		boolean dropped = !engine.debezium.isEmpty();
		Set<String> ids = new LinkedHashSet<>();
		addIf(ids, driver && !trustsSlot, "driver-flush-without-slot-authority");
		addIf(ids, trustsSlot && engine.survivesFailover == SurvivesFailover.NO,
				"slot-authority-without-surviving-slot");
		addIf(ids, trustsSlot && dropped, "slot-authority-with-dropped-slot");
		addIf(ids, dropped, "slot-dropped-on-stop");
		addIf(ids, engine.flushMode == LsnFlushMode.MANUAL && engine.advancedBy == null, "manual-without-flusher");
		addIf(ids, memory && engine.snapshotMode != SnapshotMode.NO_DATA, "memory-with-snapshot");
		addIf(ids, memory && engine.strategy == OffsetMismatchStrategy.TRUST_OFFSET,
				"offset-authority-without-durable-offset");
		addIf(ids, driver && engine.heartbeat.isZero(), "driver-flush-without-heartbeat");
		addIf(ids, engine.flushMode == LsnFlushMode.CONNECTOR && engine.heartbeat.isZero(),
				"connector-flush-without-heartbeat");
		addIf(ids, engine.snapshotMode == SnapshotMode.WHEN_NEEDED && trustsSlot, "when-needed-with-slot-authority");
		addIf(ids, engine.snapshotMode == SnapshotMode.ALWAYS, "snapshot-always");
		return ids;
	}

	private static void addIf(Set<String> ids, boolean condition, String id) {
		if (condition) {
			ids.add(id);
		}
	}

	@Test
	void refusesToSkipChangesAfterEachSnapshot() {
		assertThat(violations(new TestEngine().snapshotMode(SnapshotMode.ALWAYS))).containsExactly(new RefusalText(
				"snapshot-always",
				"cdc.snapshot.mode=always streams from the current WAL position after each snapshot, at each reconnect "
						+ "too. The changes since the stored offset are never delivered: deleted rows stay, and updates "
						+ "arrive only as rows that were read.",
				"Set cdc.snapshot.mode=initial. To read rows again, request a snapshot while the engine runs.",
				List.of("cdc.snapshot.mode")));
	}

	@Test
	void reportsEveryViolationOfEveryEngineTogether() {
		EngineSettings one = new TestEngine().flushMode(LsnFlushMode.MANUAL).dropsSlot().settings();
		EngineSettings other = new TestEngine().named("audit").withoutHeartbeat().settings();
		assertThatExceptionOfType(StartRefusedException.class)
			.isThrownBy(() -> SettingsRules.check(List.of(one, other)))
			.satisfies((ex) -> {
				assertThat(ex.violationsByEngine().get("default")).extracting(Violation::rule)
					.containsExactly("slot-dropped-on-stop", "manual-without-flusher");
				assertThat(ex.violationsByEngine().get("audit")).extracting(Violation::rule)
					.containsExactly("connector-flush-without-heartbeat", "shared-position");
				assertThat(ex.violations()).hasSize(4);
				assertThat(ex.engine()).isEqualTo("default");
				assertThat(ex)
					.hasMessageStartingWith("Engine 'default' refused to start: slot-dropped-on-stop: cdc.debezium")
					.hasMessageContaining("Engine 'audit' refused to start: connector-flush-without-heartbeat: "
							+ "cdc.engines.audit.lsn-flush-mode=connector with cdc.engines.audit.heartbeat.interval=0");
			});
	}

	@Test
	void logsAcceptedRuleWithItsRisk(CapturedOutput output) {
		EngineSettings settings = new TestEngine().flushMode(LsnFlushMode.MANUAL)
			.accepting("manual-without-flusher", "slot-dropped-on-stop")
			.settings();
		Map<String, List<AcceptedRisk>> accepted = SettingsRules.check(List.of(settings));
		assertThat(accepted).containsOnlyKeys("default");
		assertThat(accepted.get("default")).containsExactly(new AcceptedRisk("manual-without-flusher",
				"cdc.lsn-flush-mode=manual never advances replication slot 'cdc_shop', and cdc.slot.advanced-by is not "
						+ "set. If nothing else advances the slot, the server keeps all WAL until its disk is full.",
				"The server keeps all WAL since the slot's position until its disk is full."));
		assertThat(output).contains("WARN")
			.contains("Engine 'default' runs with accepted risk manual-without-flusher: The server keeps all WAL since "
					+ "the slot's position until its disk is full. cdc.lsn-flush-mode=manual never advances")
			.doesNotContain("slot-dropped-on-stop");
	}

	@Test
	void acceptingOneRuleHidesNoOtherViolation() {
		EngineSettings settings = new TestEngine().flushMode(LsnFlushMode.MANUAL)
			.dropsSlot()
			.accepting("manual-without-flusher")
			.settings();
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> SettingsRules.check(List.of(settings)))
			.satisfies((ex) -> assertThat(ex.violations()).extracting(Violation::rule)
				.containsExactly("slot-dropped-on-stop"));
	}

	@Test
	void everyRuleHasIdAndRisk() {
		assertThat(SettingsRules.RULES.stream().map(SafetyRule::id)).containsExactly(
				"driver-flush-without-slot-authority", "slot-authority-without-surviving-slot",
				"slot-authority-with-dropped-slot", "slot-dropped-on-stop", "manual-without-flusher",
				"memory-with-snapshot", "offset-authority-without-durable-offset", "driver-flush-without-heartbeat",
				"connector-flush-without-heartbeat", "when-needed-with-slot-authority", "snapshot-always",
				"shared-position", "ephemeral-offset-file", "database-name");
		assertThat(SettingsRules.RULES.stream().filter((rule) -> rule.risk() == null).map(SafetyRule::id))
			.containsExactly("database-name");
		assertThat(SettingsRules.RULES).filteredOn((rule) -> rule.risk() != null).allSatisfy((rule) -> {
			assertThat(rule.risk()).endsWith(".");
			assertThat(SafetyRules.acceptable()).containsEntry(rule.id(), rule.risk());
		});
	}

	private static List<RefusalText> violations(TestEngine engine, TestEngine... earlier) {
		List<EngineSettings> all = new ArrayList<>(Stream.of(earlier).map(TestEngine::settings).toList());
		all.add(engine.settings());
		try {
			SettingsRules.check(all);
			return List.of();
		}
		catch (StartRefusedException ex) {
			assertThat(ex.violationsByEngine()).containsOnlyKeys(engine.name);
			return RefusalText.of(ex.violations());
		}
	}

}
