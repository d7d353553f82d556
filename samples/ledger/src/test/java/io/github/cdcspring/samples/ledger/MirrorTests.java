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

package io.github.cdcspring.samples.ledger;

import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MirrorTests {

	private DataSource dataSource;

	private JdbcTemplate jdbc;

	private MirrorListeners listeners;

	@BeforeEach
	void start() throws SQLException {
		this.dataSource = TestLedger.createMirror();
		this.jdbc = new JdbcTemplate(this.dataSource);
		restart();
	}

	private void restart() {
		this.listeners = new MirrorListeners(Mirror.open(this.dataSource, 0, false, ""), 0, true);
	}

	@Test
	void keepsTheLastRowOfEachKey() {
		this.listeners
			.accounts(List.of(Events.account(Operation.READ, 100, 1, 0), Events.account(Operation.READ, 100, 2, 0),
					Events.account(Operation.UPDATE, 110, 1, 7), Events.account(Operation.UPDATE, 120, 1, 9)));
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 130, 2, 5)));
		assertThat(balances()).containsExactly(9, 5);
		assertThat(this.jdbc.queryForObject("SELECT rtrim(filler) FROM pgbench_accounts WHERE aid = 1", String.class))
			.isEqualTo("filler");
		assertThat(tally("applied")).isEqualTo(5);
		assertThat(tally("read")).isEqualTo(2);
		assertThat(tally("duplicates")).isZero();
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void takesATransactionThatWasOpenDuringTheSnapshotForNew() {
		this.listeners.accounts(List.of(Events.account(Operation.READ, 100, 1, 0)));
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 90, 1, 7)));
		assertThat(tally("duplicates")).isZero();
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void rowOfABackfillMayFollowAndPrecedeChanges() {
		this.listeners = new MirrorListeners(Mirror.open(this.dataSource, 0, true, ""), 0, true);
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 110, 1, 1)));
		this.listeners.accounts(List.of(Events.account(Operation.READ, 130, 1, 1)));
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 120, 1, 2)));
		assertThat(tally("backwards")).isZero();
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 115, 1, 3)));
		assertThat(tally("backwards")).isEqualTo(1);
		this.listeners.history(List.of(Events.history(Operation.CREATE, 100, 700, 1),
				Events.history(Operation.READ, 130, 700, 1), Events.history(Operation.CREATE, 100, 700, 2)));
		assertThat(this.jdbc.queryForList("SELECT delta FROM pgbench_history ORDER BY 1", Integer.class))
			.containsExactly(1, 2);
	}

	@Test
	void countsWhatARestartSendsAgainAsDuplicates() {
		this.listeners.accounts(List.of(Events.account(Operation.CREATE, 110, 1, 1),
				Events.account(Operation.UPDATE, 120, 1, 2), Events.account(Operation.UPDATE, 130, 1, 3)));
		restart();
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 120, 1, 2)));
		assertThat(balances()).containsExactly(2);
		this.listeners.accounts(
				List.of(Events.account(Operation.UPDATE, 130, 1, 3), Events.account(Operation.UPDATE, 140, 1, 4)));
		assertThat(balances()).containsExactly(4);
		assertThat(tally("duplicates")).isEqualTo(2);
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void seesAKeyGoBackwardsBetweenBatches() {
		this.listeners.accounts(List.of(Events.account(Operation.CREATE, 120, 1, 2)));
		this.listeners.accounts(List.of(Events.account(Operation.UPDATE, 110, 1, 1)));
		assertThat(tally("backwards")).isEqualTo(1);
		assertThat(balances()).as("the mirror shows the error").containsExactly(1);
	}

	@Test
	void seesAKeyGoBackwardsWithinABatch() {
		restart();
		this.listeners.accounts(
				List.of(Events.account(Operation.CREATE, 120, 1, 2), Events.account(Operation.UPDATE, 110, 1, 1)));
		assertThat(tally("backwards")).isEqualTo(1);
	}

	@Test
	void seesAKeyGoBackwardsOverItsDelete() {
		this.listeners.extra(List.of(Events.extra(Operation.DELETE, 120, 1, "")));
		this.listeners.extra(List.of(Events.extra(Operation.CREATE, 110, 1, "back again")));
		assertThat(tally("backwards")).isEqualTo(1);
	}

	@Test
	void letsDifferentKeysInterleave() {
		this.listeners.accounts(
				List.of(Events.account(Operation.CREATE, 120, 1, 2), Events.account(Operation.CREATE, 110, 2, 1)));
		assertThat(tally("backwards")).isZero();
		assertThat(tally("duplicates")).isZero();
	}

	@Test
	void deletesAndCreatesAgain() {
		this.listeners.extra(
				List.of(Events.extra(Operation.CREATE, 110, 1, "first"), Events.extra(Operation.CREATE, 110, 2, "x")));
		this.listeners.extra(List.of(Events.extra(Operation.DELETE, 120, 1, "")));
		assertThat(notes()).containsExactly("x");
		this.listeners.extra(List.of(Events.extra(Operation.CREATE, 130, 1, "again")));
		assertThat(notes()).containsExactly("again", "x");
		assertThat(tally("duplicates")).isZero();
	}

	@Test
	void seesWhatWasRolledBack() {
		this.listeners.extra(List.of(Events.extra(Operation.CREATE, 110, 1, ExtraEntry.ROLLED_BACK),
				Events.extra(Operation.UPDATE, 120, 1, "fine")));
		assertThat(tally("rolled_back")).isEqualTo(1);
	}

	@Test
	void beginsAnewWhenARestartTakesTheSnapshotAgain() {
		this.listeners
			.accounts(List.of(Events.account(Operation.READ, 100, 1, 0), Events.account(Operation.READ, 100, 2, 0)));
		this.listeners.history(List.of(Events.history(Operation.READ, 100, 0, 1)));
		restart();
		this.listeners.accounts(List.of(Events.account(Operation.READ, 200, 1, 4)));
		this.listeners.accounts(List.of(Events.account(Operation.READ, 200, 3, 5)));
		this.listeners.history(List.of(Events.history(Operation.READ, 200, 0, 1)));
		assertThat(balances()).as("account 2 was deleted in between").containsExactly(4, 5);
		assertThat(deltas()).containsExactly(1);
		assertThat(tally("backwards")).isZero();
		assertThat(tally("duplicates")).as("what the first snapshot had read").isEqualTo(3);
	}

	@Test
	void tellsHistoryRowsOfOneLsnApart() {
		this.listeners.history(
				List.of(Events.history(Operation.CREATE, 110, 700, 1), Events.history(Operation.CREATE, 110, 700, 1)));
		this.listeners.history(
				List.of(Events.history(Operation.CREATE, 110, 700, 2), Events.history(Operation.CREATE, 120, 700, 3)));
		assertThat(deltas()).containsExactly(1, 1, 2, 3);
	}

	@Test
	void appliesHistoryOnceWhenATransactionIsSentAgain() {
		this.listeners.history(
				List.of(Events.history(Operation.CREATE, 110, 700, 1), Events.history(Operation.CREATE, 110, 700, 1)));
		restart();
		this.listeners.history(List.of(Events.history(Operation.CREATE, 110, 700, 1)));
		this.listeners.history(
				List.of(Events.history(Operation.CREATE, 110, 700, 1), Events.history(Operation.CREATE, 110, 700, 2)));
		assertThat(deltas()).containsExactly(1, 1, 2);
		assertThat(tally("duplicates")).isEqualTo(2);
	}

	/** Transactional listeners do not receive again what was processed before a kill. */
	@Test
	void tellsHistoryRowsApartWhenAPartOfATransactionIsSentAgain() {
		withOrdinals().history(List.of(Events.history(Operation.CREATE, 110, 700, 0, 1),
				Events.history(Operation.CREATE, 110, 700, 1, 2)));
		withOrdinals().history(List.of(Events.history(Operation.CREATE, 110, 700, 2, 3),
				Events.history(Operation.CREATE, 110, 700, 3, 4)));
		assertThat(deltas()).containsExactly(1, 2, 3, 4);
	}

	@Test
	void appliesHistoryOnceWhenABatchIsTriedAgain() {
		this.jdbc.execute("ALTER TABLE pgbench_history ADD CONSTRAINT fails CHECK (delta < 0)");
		var batch = List.of(Events.history(Operation.CREATE, 110, 700, 1),
				Events.history(Operation.CREATE, 110, 700, 2));
		assertThatExceptionOfType(MirrorException.class).isThrownBy(() -> this.listeners.history(batch))
			.withMessage("Could not write to the mirror of pgbench_history: SQL state 23514");
		assertThat(tally("applied")).isZero();
		this.jdbc.execute("ALTER TABLE pgbench_history DROP CONSTRAINT fails");
		this.listeners.history(batch);
		assertThat(this.jdbc.queryForList("SELECT ledger_ordinal FROM pgbench_history ORDER BY 1", Integer.class))
			.containsExactly(0, 1);
	}

	@Test
	void knowsHistoryThatTheSnapshotHasReadAlready() {
		this.listeners.history(List.of(Events.history(Operation.READ, 100, 0, 1),
				Events.history(Operation.READ, 100, 0, 2), Events.history(Operation.READ, 100, 0, 2)));
		this.listeners.history(List.of(Events.history(Operation.CREATE, 90, 700, 2),
				Events.history(Operation.CREATE, 90, 700, 2), Events.history(Operation.CREATE, 120, 701, 3)));
		assertThat(deltas()).containsExactly(1, 2, 2, 3);
		assertThat(tally("duplicates")).isEqualTo(2);
		restart();
		this.listeners
			.history(List.of(Events.history(Operation.CREATE, 90, 700, 2), Events.history(Operation.CREATE, 90, 700, 2),
					Events.history(Operation.CREATE, 120, 701, 3), Events.history(Operation.CREATE, 130, 702, 2)));
		assertThat(deltas()).containsExactly(1, 2, 2, 2, 3);
	}

	@Test
	void aSharedMirrorLetsAKeyGoBackToWhatWasDeliveredBefore() {
		MirrorListeners instance = share("instance-1");
		instance.accounts(List.of(Events.account(Operation.UPDATE, 110, 1, 1),
				Events.account(Operation.UPDATE, 120, 1, 2), Events.account(Operation.UPDATE, 130, 1, 3)));
		instance.accounts(
				List.of(Events.account(Operation.UPDATE, 120, 1, 2), Events.account(Operation.UPDATE, 130, 1, 3)));
		instance.accounts(List.of(Events.account(Operation.UPDATE, 140, 1, 4)));
		assertThat(balances()).containsExactly(4);
		assertThat(tally("duplicates")).isEqualTo(2);
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void aSharedMirrorSeesAFirstDeliveryOutOfOrder() {
		share("instance-1").accounts(List.of(Events.account(Operation.UPDATE, 120, 1, 2)));
		share("instance-2").accounts(List.of(Events.account(Operation.UPDATE, 110, 1, 1)));
		assertThat(tally("backwards")).isEqualTo(1);
		assertThat(tally("duplicates")).isZero();
	}

	@Test
	void aSharedMirrorTellsHistoryRowsByTheirPosition() {
		MirrorListeners instance = share("instance-1");
		List<ChangeEvent<HistoryEntry>> copied = List.of(Events.history(Operation.CREATE, 110, 700, 0, 1),
				Events.history(Operation.CREATE, 110, 700, 1, 1));
		instance.history(copied);
		instance.history(copied);
		share("instance-2").history(copied.subList(1, 2));
		assertThat(deltas()).containsExactly(1, 1);
		assertThat(tally("duplicates")).isEqualTo(3);
	}

	@Test
	void aSharedMirrorKeepsWhatAnotherInstanceHasReadFromTheSnapshot() {
		share("instance-1").accounts(List.of(Events.account(Operation.READ, 100, 1, 4)));
		share("instance-2").accounts(List.of(Events.account(Operation.READ, 100, 2, 5)));
		assertThat(balances()).containsExactly(4, 5);
	}

	private MirrorListeners share(String instance) {
		return new MirrorListeners(Mirror.open(this.dataSource, 0, false, instance), 0, false);
	}

	private MirrorListeners withOrdinals() {
		return new MirrorListeners(Mirror.open(this.dataSource, 0, false, ""), 0, false);
	}

	private List<Integer> balances() {
		return this.jdbc.queryForList("SELECT abalance FROM pgbench_accounts WHERE NOT ledger_deleted ORDER BY aid",
				Integer.class);
	}

	private List<String> notes() {
		return this.jdbc.queryForList("SELECT note FROM ledger_extra WHERE NOT ledger_deleted ORDER BY id",
				String.class);
	}

	private List<Integer> deltas() {
		return this.jdbc.queryForList("SELECT delta FROM pgbench_history ORDER BY delta", Integer.class);
	}

	private int tally(String column) {
		return this.jdbc.queryForObject("SELECT coalesce(sum(" + column + "), 0) FROM ledger_tally", Integer.class);
	}

}
