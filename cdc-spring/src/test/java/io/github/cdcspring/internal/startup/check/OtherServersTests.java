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

import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks on servers that cannot be started here: older ones, and those with a plugin or a
 * primary that is not there.
 */
class OtherServersTests {

	private static final SlotFacts SLOT = new SlotFacts("pgoutput", "shop", false, false, null, false, false);

	private final TestEngine engine = new TestEngine();

	@Test
	void serverThatIsTooOld() {
		assertThat(new ServerVersionCheck().check(12)).containsExactly(new Violation("server-version",
				"The server is PostgreSQL 12, which cannot tell whether a replication slot was lost, nor send changes of "
						+ "partitions under the name of their root.",
				"Upgrade the server to PostgreSQL 13 or later."));
		assertThat(new ServerVersionCheck().check(13)).isEmpty();
	}

	@Test
	void standbyThatDoesNotDecode() {
		assertThat(violations(new StandbyDecodingCheck(), 15, true, null)).containsExactly(new Violation(
				"standby-without-decoding",
				"The server is a standby of version 15, and no standby before 16 can have a logical replication slot.",
				"Connect to the primary: set cdc.connection.url, with targetServerType=primary where it names several "
						+ "hosts.",
				List.of("cdc.connection.url")));
		assertThat(violations(new StandbyDecodingCheck(), 15, false, null)).isEmpty();
		assertThat(violations(new StandbyDecodingCheck(), 16, true, null)).isEmpty();
	}

	@Test
	void slotThatAStandbyGetsFromItsPrimary() {
		SlotFacts synced = new SlotFacts("pgoutput", "shop", false, false, null, true, true);
		assertThat(violations(new SlotSyncedCheck(), 17, true, synced)).containsExactly(new Violation("slot-synced",
				"Replication slot 'cdc_shop' comes from the primary to this standby and cannot be read here before a "
						+ "failover.",
				"Connect to the primary: set cdc.connection.url, with targetServerType=primary where it names several hosts.",
				List.of("cdc.connection.url", "cdc.slot.name")));
		assertThat(violations(new SlotSyncedCheck(), 17, false, synced)).isEmpty();
	}

	@Test
	void slotOfAnotherPlugin() {
		SlotFacts other = new SlotFacts("wal2json", "shop", false, false, null, false, false);
		assertThat(violations(new SlotKindCheck(), 18, false, other)).singleElement()
			.satisfies((violation) -> assertThat(violation.problem()).isEqualTo(
					"Replication slot 'cdc_shop' is not one that this engine can read: its plugin is 'wal2json', "
							+ "and not 'pgoutput'."));
	}

	@Test
	void failoverSlotOnAServerThatHasNone() {
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT);
		assertThat(violations(new SurvivesFailoverCheck(), 16, false, SLOT)).containsExactly(new Violation(
				"survives-failover",
				"cdc.slot.survives-failover=failover_slot is not so for replication slot 'cdc_shop': PostgreSQL 16 has "
						+ "no failover slots. After a failover it would be gone.",
				"Upgrade the server to PostgreSQL 17 or later. Or set cdc.slot.survives-failover=no.",
				List.of("cdc.slot.survives-failover")));
		this.engine.strategy(OffsetMismatchStrategy.TRUST_GREATER_LSN);
		assertThat(violations(new SurvivesFailoverCheck(), 16, false, null)).singleElement()
			.satisfies((violation) -> assertThat(violation.rule()).isEqualTo("slot-authority-without-surviving-slot"));
		assertThat(violations(new SurvivesFailoverCheck(), 17, false, null)).isEmpty();
		assertThat(violations(new SurvivesFailoverCheck(), 17, false,
				new SlotFacts("pgoutput", "shop", false, false, null, true, false)))
			.isEmpty();
	}

	@Test
	void failoverSlotOnAPrimaryThatWaitsForNoStandby() {
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT);
		assertThat(violations(new SynchronizedStandbyCheck(), 16, false, SLOT)).isEmpty();
		assertThat(violations(new SynchronizedStandbyCheck(), 17, true, SLOT)).isEmpty();
		assertThat(violations(new SynchronizedStandbyCheck(), 17, false, SLOT)).singleElement()
			.satisfies((violation) -> {
				assertThat(violation.rule()).isEqualTo("synchronized-standby-slots");
				assertThat(violation.problem())
					.startsWith("cdc.slot.survives-failover=failover_slot needs synchronized_standby_slots on the "
							+ "primary, which is empty.");
			});
		this.engine.survives(SurvivesFailover.PATRONI);
		assertThat(violations(new SynchronizedStandbyCheck(), 17, false, SLOT)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "wal_removed, raise max_slot_wal_keep_size", "wal_status is lost, raise max_slot_wal_keep_size",
			"rows_removed, set hot_standby_feedback = on", "wal_level_insufficient, leave wal_level at 'logical'",
			"idle_timeout, raise idle_replication_slot_timeout" })
	void lostSlotIsPreventedByWhatLostIt(String reason, String prevention) {
		SlotFacts lost = new SlotFacts("pgoutput", "shop", false, false, reason, false, false);
		assertThat(violations(new SlotLostCheck(), 18, false, lost)).singleElement()
			.satisfies((violation) -> assertThat(violation.action())
				.endsWith(" To keep it from happening again, " + prevention + "."));
	}

	@Test
	void whoHasTheSlotHasAWalSenderThatBecomesFreeWithIt() {
		assertThat(violations(new FreeWalSenderCheck(), 18, false, SLOT)).hasSize(1);
		assertThat(violations(new FreeWalSenderCheck(), 18, false,
				new SlotFacts("pgoutput", "shop", false, true, null, false, false)))
			.isEmpty();
	}

	private List<Violation> violations(ServerCheck check, int version, boolean standby, @Nullable SlotFacts slot) {
		return check.check(subject(this.engine, version, standby, slot));
	}

	static CheckContext subject(TestEngine engine, int version, boolean standby, @Nullable SlotFacts slot) {
		return new CheckContext(engine.settings(), new ServerNeeds(List.of(), false), new ServerFacts(version,
				"logical", standby, "me", "shop", 10, 1, 10, 10, true, true, null, slot, List.of(), null));
	}

}
