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

package io.github.cdcspring.internal.backfill;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackfillTests {

	private static final Instant WHEN = Instant.ofEpochMilli(1_700_000_000_123L);

	private static final TableId ITEMS = new TableId("public", "items");

	private static final TableId NOTES = new TableId("public", "notes");

	private static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("100:100:");

	private final Backfill backfill = new Backfill();

	@Test
	void requestThatWasNotStoredRemains() {
		this.backfill.request(Set.of(ITEMS), null);
		// The store does not accept it
		assertThat(this.backfill.save().progress()).hasSize(1);
		this.backfill.resume(List.of());
		assertThat(this.backfill.save().progress()).hasSize(1);
	}

	@Test
	void tableThatAnotherInstanceHasCompletedIsForgotten() {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.save().stored();
		this.backfill.resume(List.of());
		assertThat(this.backfill.save().progress()).isEmpty();
	}

	@Test
	void requestThatArrivesDuringASaveIsNotTakenForStored() {
		BackfillSave save = this.backfill.save();
		this.backfill.request(Set.of(ITEMS), null);
		save.stored();
		this.backfill.resume(List.of());
		assertThat(this.backfill.save().progress()).hasSize(1);
	}

	@Test
	void storedProgressReplacesTheProgressOfAFormerRun() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.next().handled(chunk("50"), 50);
		this.backfill.save().stored();
		List<BackfillProgress> stored = List
			.of(new BackfillProgress(ITEMS, null, WHEN, 10, false, List.of("id"), List.of("10")));
		this.backfill.resume(stored);
		assertThat(this.backfill.save().progress()).isEqualTo(stored);
	}

	@Test
	void requestReadsFromTheStartAlthoughAnotherInstanceReadsTheTable() {
		List<BackfillProgress> stored = List
			.of(new BackfillProgress(ITEMS, null, WHEN, 10, false, List.of("id"), List.of("10")));
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.resume(stored);
		assertThat(this.backfill.save().progress()).extracting(BackfillProgress::rows).containsExactly(10L, 0L);
	}

	@Test
	void requestIsNotMergedIntoAChunkThatIsBeingRead() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(this.backfill.save().progress()).hasSize(1);
		this.backfill.next().begin();
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(this.backfill.save().progress()).hasSize(2);
	}

	@Test
	void requestWaitsUntilItIsStored() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		assertThat(request.awaitStored(Duration.ofMillis(1))).isFalse();
		this.backfill.save().stored();
		assertThat(request.awaitStored(Duration.ofMillis(1))).isTrue();
	}

	@Test
	void requestOfATableThatWasReadBeforeTheFirstOffsetDoesNotWait() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		this.backfill.completed(this.backfill.next());
		assertThat(request.awaitStored(Duration.ofMillis(1))).isTrue();
	}

	@Test
	void requestIsStoredIfAnotherInstanceHasStoredTheSame() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		this.backfill.resume(List.of(new BackfillProgress(ITEMS, null, WHEN, 0, false, List.of(), List.of())));
		assertThat(request.awaitStored(Duration.ofMillis(1))).isTrue();
		assertThat(this.backfill.save().progress()).hasSize(1);
	}

	@Test
	void withdrawalKeepsWhatAnotherRequestHasStored() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		Backfill.Request other = this.backfill.request(Set.of(ITEMS), null);
		this.backfill.save().stored();
		request.withdraw();
		assertThat(other.awaitStored(Duration.ofMillis(1))).isTrue();
		assertThat(this.backfill.save().progress()).hasSize(1);
	}

	@Test
	void changeThatCannotBeStoredIsUndone() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		Runnable undoPause = this.backfill.undo(Set.of(ITEMS));
		this.backfill.pause(Set.of(ITEMS), true);
		undoPause.run();
		assertThat(this.backfill.paused(Set.of(ITEMS))).isEmpty();
		TableBackfill table = this.backfill.next();
		Runnable undoCancel = this.backfill.undo(Set.of(ITEMS));
		this.backfill.cancel(Set.of(ITEMS));
		undoCancel.run();
		assertThat(this.backfill.next()).isSameAs(table);
	}

	@Test
	void undoneCancellationIsNotReadTwiceAfterAStart() {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.save().stored();
		List<BackfillProgress> stored = this.backfill.save().progress();
		Runnable undo = this.backfill.undo(Set.of(ITEMS));
		this.backfill.cancel(Set.of(ITEMS));
		this.backfill.resume(stored);
		undo.run();
		assertThat(this.backfill.save().progress()).isEqualTo(stored);
	}

	@Test
	void rowsAreCountedAgainIfTheTableIsReadAgain() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		TableBackfill table = this.backfill.next();
		table.reads(100L);
		table.handled(chunk("50"), 50);
		table.handled(new Chunk(SNAPSHOT, List.of(), List.of(), List.of(), false, null, true, false), 10);
		assertThat(table.rows()).isEqualTo(10);
	}

	@Test
	void timeLeftIsNotToldIfThereAreMoreRowsThanEstimated() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		TableBackfill table = this.backfill.next();
		table.reads(100L);
		table.handled(chunk("50"), 50);
		assertThat(table.status().timeLeft()).isNotNull();
		table.handled(chunk("150"), 100);
		assertThat(table.status().timeLeft()).isNull();
	}

	@Test
	void withdrawnRequestIsForgottenAndAnEarlierOneIsNot() {
		this.backfill.request(Set.of(ITEMS), null).withdraw();
		assertThat(this.backfill.save().progress()).isEmpty();
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.request(Set.of(ITEMS), null).withdraw();
		assertThat(this.backfill.save().progress()).hasSize(1);
	}

	@Test
	void pausedTableIsPassedOverAndStaysPausedInAnotherProcess() throws InterruptedException {
		this.backfill.request(List.of(ITEMS, NOTES), null);
		assertThat(this.backfill.pause(Set.of(ITEMS), true)).isEmpty();
		TableBackfill notes = this.backfill.next();
		assertThat(notes.table()).isEqualTo(NOTES);
		assertThat(this.backfill.continues(notes)).isTrue();
		this.backfill.resume(this.backfill.save().progress());
		assertThat(this.backfill.paused(List.of(ITEMS, NOTES))).containsExactly(ITEMS);
		assertThat(this.backfill.pause(Set.of(ITEMS), false)).isEmpty();
		assertThat(this.backfill.next().table()).isEqualTo(ITEMS);
	}

	@Test
	void changesNothingIfOneOfTheTablesIsUnknown() {
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(this.backfill.pause(Set.of(ITEMS, NOTES), true)).containsExactly(NOTES);
		assertThat(this.backfill.cancel(Set.of(ITEMS, NOTES))).containsExactly(NOTES);
		assertThat(this.backfill.status()).singleElement()
			.satisfies((table) -> assertThat(table.state()).isEqualTo(CdcBackfill.State.WAITING));
	}

	@Test
	void canceledRequestIsForgottenAndDoesNotWait() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		TableBackfill items = this.backfill.next();
		assertThat(this.backfill.cancel(Set.of(ITEMS))).isEmpty();
		assertThat(this.backfill.continues(items)).isFalse();
		assertThat(request.awaitStored(Duration.ofMillis(1))).isTrue();
		this.backfill.postpone(items, "it failed");
		assertThat(this.backfill.save().progress()).isEmpty();
	}

	@Test
	void requestForOneListenerIsARequestOfItsOwn() {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.request(Set.of(ITEMS), "one");
		this.backfill.request(Set.of(ITEMS), "one");
		assertThat(this.backfill.save().progress()).extracting(BackfillProgress::listener).containsExactly(null, "one");
		long before = this.backfill.advances();
		assertThat(this.backfill.retain(Set.of(ITEMS), (listener, table) -> true)).isEmpty();
		assertThat(this.backfill.advances()).isEqualTo(before);
		assertThat(this.backfill.retain(Set.of(ITEMS), (listener, table) -> false)).containsExactly(ITEMS);
		assertThat(this.backfill.advances()).isGreaterThan(before);
		this.backfill.request(Set.of(ITEMS), "one");
		assertThat(this.backfill.save().progress()).hasSize(2);
		assertThat(this.backfill.retain(Set.of(), (listener, table) -> true)).containsExactly(ITEMS);
		assertThat(this.backfill.save().progress()).isEmpty();
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(this.backfill.save().progress()).extracting(BackfillProgress::listener)
			.containsExactly((String) null);
	}

	@Test
	void emptyTableHasNoPosition() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.next().handled(chunk(null), 0);
		assertThat(this.backfill.save().progress()).allSatisfy((progress) -> assertThat(progress.columns()).isEmpty());
	}

	private static Chunk chunk(@Nullable String end) {
		return new Chunk(SNAPSHOT, List.of(), List.of(), List.of(), false,
				(end != null) ? new BackfillPosition(List.of("id"), List.of(end)) : null, false, true);
	}

}
