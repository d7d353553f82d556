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

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.boot.test.CdcTestEngine;
import io.github.cdcspring.boot.test.CdcTestEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The mirror with events in orders that a test chooses. Those that are made first have
 * the lower LSNs, and those of one transaction arrive as one batch.
 */
class MirrorTests {

	private DataSource dataSource;

	private JdbcTemplate jdbc;

	private CdcTestEngine engine;

	@BeforeEach
	void start() throws SQLException {
		this.dataSource = TestLedger.createMirror();
		this.jdbc = new JdbcTemplate(this.dataSource);
		restart();
	}

	private void restart() {
		this.engine = CdcTestEngine.of(new MirrorListeners(Mirror.open(this.dataSource, 0, false, ""), 0, true));
	}

	@Test
	void keepsTheLastRowOfEachKey() {
		this.engine.deliverTransaction(readAccount(1, 0), readAccount(2, 0), updated(1, 7), updated(1, 9));
		this.engine.deliver(updated(2, 5));
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
		CdcTestEvent updatedBefore = updated(1, 7);
		this.engine.deliver(readAccount(1, 0), updatedBefore);
		assertThat(tally("duplicates")).isZero();
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void rowOfABackfillMayFollowAndPrecedeChanges() {
		this.engine = CdcTestEngine.of(new MirrorListeners(Mirror.open(this.dataSource, 0, true, ""), 0, true));
		CdcTestEvent first = updated(1, 1);
		CdcTestEvent second = updated(1, 3);
		CdcTestEvent third = updated(1, 2);
		this.engine.deliver(first, readAccount(1, 1), third);
		assertThat(tally("backwards")).isZero();
		this.engine.deliver(second);
		assertThat(tally("backwards")).isEqualTo(1);
		CdcTestEvent[] copied = copied(1, 2);
		this.engine.deliverTransaction(copied[0], readHistory(1), copied[1]);
		assertThat(this.jdbc.queryForList("SELECT delta FROM pgbench_history ORDER BY 1", Integer.class))
			.containsExactly(1, 2);
	}

	@Test
	void countsWhatARestartSendsAgainAsDuplicates() {
		CdcTestEvent created = created(1, 1);
		CdcTestEvent second = updated(1, 2);
		CdcTestEvent third = updated(1, 3);
		this.engine.deliverTransaction(created, second, third);
		restart();
		this.engine.deliver(second);
		assertThat(balances()).containsExactly(2);
		this.engine.deliverTransaction(third, updated(1, 4));
		assertThat(balances()).containsExactly(4);
		assertThat(tally("duplicates")).isEqualTo(2);
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void seesAKeyGoBackwardsBetweenBatches() {
		CdcTestEvent updated = updated(1, 1);
		CdcTestEvent created = created(1, 2);
		this.engine.deliver(created);
		this.engine.deliver(updated);
		assertThat(tally("backwards")).isEqualTo(1);
		assertThat(balances()).as("the mirror shows the error").containsExactly(1);
	}

	@Test
	void seesAKeyGoBackwardsWithinABatch() {
		restart();
		CdcTestEvent updated = updated(1, 1);
		this.engine.deliverTransaction(created(1, 2), updated);
		assertThat(tally("backwards")).isEqualTo(1);
	}

	@Test
	void seesAKeyGoBackwardsOverItsDelete() {
		CdcTestEvent created = created(1, "back again");
		this.engine.deliver(deleted(1));
		this.engine.deliver(created);
		assertThat(tally("backwards")).isEqualTo(1);
	}

	@Test
	void letsDifferentKeysInterleave() {
		CdcTestEvent first = created(2, 1);
		this.engine.deliverTransaction(created(1, 2), first);
		assertThat(tally("backwards")).isZero();
		assertThat(tally("duplicates")).isZero();
	}

	@Test
	void deletesAndCreatesAgain() {
		CdcTestEvent first = created(1, "first");
		this.engine.deliverTransaction(first, created(2, "x").withLsnOf(first));
		this.engine.deliver(deleted(1));
		assertThat(notes()).containsExactly("x");
		this.engine.deliver(created(1, "again"));
		assertThat(notes()).containsExactly("again", "x");
		assertThat(tally("duplicates")).isZero();
	}

	@Test
	void seesWhatWasRolledBack() {
		this.engine.deliverTransaction(created(1, ExtraEntry.ROLLED_BACK),
				CdcTestEvent.update("ledger_extra", extra(1, ExtraEntry.ROLLED_BACK), extra(1, "fine")));
		assertThat(tally("rolled_back")).isEqualTo(1);
	}

	@Test
	void beginsAnewWhenARestartTakesTheSnapshotAgain() {
		CdcTestEvent first = readAccount(1, 0);
		this.engine.deliverTransaction(first, readAccount(2, 0).withLsnOf(first));
		this.engine.deliver(readHistory(1));
		restart();
		this.engine.deliver(readAccount(1, 4));
		this.engine.deliver(readAccount(3, 5));
		this.engine.deliver(readHistory(1));
		assertThat(balances()).as("account 2 was deleted in between").containsExactly(4, 5);
		assertThat(deltas()).containsExactly(1);
		assertThat(tally("backwards")).isZero();
		assertThat(tally("duplicates")).as("what the first snapshot had read").isEqualTo(3);
	}

	@Test
	void tellsHistoryRowsOfOneLsnApart() {
		CdcTestEvent[] copied = copied(1, 1, 2);
		this.engine.deliverTransaction(copied[0], copied[1]);
		this.engine.deliverTransaction(copied[2], history(3));
		assertThat(deltas()).containsExactly(1, 1, 2, 3);
	}

	@Test
	void appliesHistoryOnceWhenATransactionIsSentAgain() {
		CdcTestEvent[] copied = copied(1, 1, 2);
		this.engine.deliverTransaction(copied[0], copied[1]);
		restart();
		this.engine.deliverTransaction(copied[0]);
		this.engine.deliverTransaction(copied[1], copied[2]);
		assertThat(deltas()).containsExactly(1, 1, 2);
		assertThat(tally("duplicates")).isEqualTo(2);
	}

	/** Transactional listeners do not receive again what was processed before a kill. */
	@Test
	void tellsHistoryRowsApartWhenAPartOfATransactionIsSentAgain() {
		CdcTestEvent[] copied = copied(1, 2, 3, 4);
		withOrdinals().deliverTransaction(copied[0], copied[1]);
		withOrdinals().deliverTransaction(copied[2], copied[3]);
		assertThat(deltas()).containsExactly(1, 2, 3, 4);
	}

	@Test
	void appliesHistoryOnceWhenABatchIsTriedAgain() {
		this.jdbc.execute("ALTER TABLE pgbench_history ADD CONSTRAINT fails CHECK (delta < 0)");
		CdcTestEvent[] copied = copied(1, 2);
		assertThatExceptionOfType(CdcException.class).isThrownBy(() -> this.engine.deliverTransaction(copied))
			.havingCause()
			.isInstanceOf(MirrorException.class)
			.withMessage("Could not write to the mirror of pgbench_history: SQL state 23514");
		assertThat(tally("applied")).isZero();
		this.jdbc.execute("ALTER TABLE pgbench_history DROP CONSTRAINT fails");
		this.engine.deliverTransaction(copied);
		assertThat(this.jdbc.queryForList("SELECT ledger_ordinal FROM pgbench_history ORDER BY 1", Integer.class))
			.containsExactly(0, 1);
	}

	@Test
	void knowsHistoryThatTheSnapshotHasReadAlready() {
		CdcTestEvent[] open = copied(2, 2);
		CdcTestEvent read = readHistory(1);
		CdcTestEvent second = readHistory(2).withLsnOf(read);
		this.engine.deliverTransaction(read, second, readHistory(2).withLsnOf(second));
		CdcTestEvent later = history(3);
		this.engine.deliverTransaction(open);
		this.engine.deliver(later);
		assertThat(deltas()).containsExactly(1, 2, 2, 3);
		assertThat(tally("duplicates")).isEqualTo(2);
		restart();
		this.engine.deliverTransaction(open);
		this.engine.deliver(later, history(2));
		assertThat(deltas()).containsExactly(1, 2, 2, 2, 3);
	}

	@Test
	void aSharedMirrorLetsAKeyGoBackToWhatWasDeliveredBefore() {
		CdcTestEngine instance = share("instance-1");
		CdcTestEvent first = updated(1, 1);
		CdcTestEvent second = updated(1, 2);
		CdcTestEvent third = updated(1, 3);
		instance.deliverTransaction(first, second, third);
		instance.deliverTransaction(second, third);
		instance.deliver(updated(1, 4));
		assertThat(balances()).containsExactly(4);
		assertThat(tally("duplicates")).isEqualTo(2);
		assertThat(tally("backwards")).isZero();
	}

	@Test
	void aSharedMirrorSeesAFirstDeliveryOutOfOrder() {
		CdcTestEvent first = updated(1, 1);
		share("instance-1").deliver(updated(1, 2));
		share("instance-2").deliver(first);
		assertThat(tally("backwards")).isEqualTo(1);
		assertThat(tally("duplicates")).isZero();
	}

	@Test
	void aSharedMirrorTellsHistoryRowsByTheirPosition() {
		CdcTestEngine instance = share("instance-1");
		CdcTestEvent[] copied = copied(1, 1);
		instance.deliverTransaction(copied);
		instance.deliverTransaction(copied);
		share("instance-2").deliver(copied[1]);
		assertThat(deltas()).containsExactly(1, 1);
		assertThat(tally("duplicates")).isEqualTo(3);
	}

	@Test
	void aSharedMirrorKeepsWhatAnotherInstanceHasReadFromTheSnapshot() {
		share("instance-1").deliver(readAccount(1, 4));
		share("instance-2").deliver(readAccount(2, 5));
		assertThat(balances()).containsExactly(4, 5);
	}

	private CdcTestEngine share(String instance) {
		return CdcTestEngine.of(new MirrorListeners(Mirror.open(this.dataSource, 0, false, instance), 0, false));
	}

	private CdcTestEngine withOrdinals() {
		return CdcTestEngine.of(new MirrorListeners(Mirror.open(this.dataSource, 0, false, ""), 0, false));
	}

	private static CdcTestEvent readAccount(int id, int balance) {
		return CdcTestEvent.read("pgbench_accounts", account(id, balance)).withKey("aid");
	}

	private static CdcTestEvent created(int id, int balance) {
		return CdcTestEvent.create("pgbench_accounts", account(id, balance)).withKey("aid");
	}

	private static CdcTestEvent updated(int id, int balance) {
		return CdcTestEvent.update("pgbench_accounts", account(id, 0), account(id, balance)).withKey("aid");
	}

	private static Account account(int id, int balance) {
		return new Account(id, 1, balance, "filler");
	}

	private static CdcTestEvent created(int id, String note) {
		return CdcTestEvent.create("ledger_extra", extra(id, note));
	}

	/** Of a deleted row the server sends only the key. */
	private static CdcTestEvent deleted(int id) {
		return CdcTestEvent.delete("ledger_extra", Map.of("id", id));
	}

	private static Map<String, Object> extra(int id, String note) {
		return Map.of("id", id, "note", note, "amount", new BigDecimal("1.50"), "changed_at",
				OffsetDateTime.parse("2026-01-01T00:00Z"));
	}

	private static CdcTestEvent readHistory(int delta) {
		return CdcTestEvent.read("pgbench_history", entry(delta));
	}

	private static CdcTestEvent history(int delta) {
		return CdcTestEvent.create("pgbench_history", entry(delta));
	}

	/** The rows of a COPY, which have one LSN. */
	private static CdcTestEvent[] copied(int... deltas) {
		CdcTestEvent[] events = new CdcTestEvent[deltas.length];
		for (int i = 0; i < deltas.length; i++) {
			CdcTestEvent event = history(deltas[i]);
			events[i] = (i > 0) ? event.withLsnOf(events[i - 1]) : event;
		}
		return events;
	}

	private static HistoryEntry entry(int delta) {
		return new HistoryEntry(1, 1, 1, delta, LocalDateTime.parse("2026-01-01T00:00"), null);
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
