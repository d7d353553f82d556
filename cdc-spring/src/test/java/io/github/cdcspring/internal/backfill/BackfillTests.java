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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

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
		next().handled(at("50"), 50);
		this.backfill.save().stored();
		List<BackfillProgress> stored = List
			.of(new BackfillProgress(ITEMS, null, WHEN, 10, false, List.of("id"), List.of("10"), List.of()));
		this.backfill.resume(stored);
		assertThat(this.backfill.save().progress()).isEqualTo(stored);
	}

	@Test
	void requestReadsFromTheStartAlthoughAnotherInstanceReadsTheTable() {
		List<BackfillProgress> stored = List
			.of(new BackfillProgress(ITEMS, null, WHEN, 10, false, List.of("id"), List.of("10"), List.of()));
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.resume(stored);
		assertThat(this.backfill.save().progress()).extracting(BackfillProgress::rows).containsExactly(10L, 0L);
	}

	@Test
	void requestIsNotMergedIntoAChunkThatIsBeingRead() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(this.backfill.save().progress()).hasSize(1);
		next().begin();
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
		this.backfill.completed(next());
		assertThat(request.awaitStored(Duration.ofMillis(1))).isTrue();
	}

	@Test
	void requestIsStoredIfAnotherInstanceHasStoredTheSame() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		this.backfill
			.resume(List.of(new BackfillProgress(ITEMS, null, WHEN, 0, false, List.of(), List.of(), List.of())));
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
		TableBackfill table = next();
		Runnable undoCancel = this.backfill.undo(Set.of(ITEMS));
		this.backfill.cancel(Set.of(ITEMS));
		undoCancel.run();
		assertThat(next()).isSameAs(table);
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
	void undoneCancellationKeepsTheSecondOfTwoEqualRequests() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		next().begin();
		this.backfill.request(Set.of(ITEMS), null);
		List<BackfillProgress> before = stored();
		Runnable undo = this.backfill.undo(Set.of(ITEMS));
		this.backfill.cancel(Set.of(ITEMS));
		undo.run();
		assertThat(stored()).hasSize(2).isEqualTo(before);
	}

	@Test
	void rowsAreCountedAgainIfTheTableIsReadAgain() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		TableBackfill table = next();
		table.reads(100L);
		table.delivered(50);
		table.restart();
		table.delivered(10);
		assertThat(table.rows()).isEqualTo(10);
	}

	@Test
	void timeLeftIsNotToldIfThereAreMoreRowsThanEstimated() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		TableBackfill table = next();
		table.reads(100L);
		table.delivered(50);
		assertThat(table.status().timeLeft()).isNotNull();
		table.delivered(100);
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
		TableBackfill notes = next();
		assertThat(notes.table()).isEqualTo(NOTES);
		assertThat(this.backfill.continues(notes)).isTrue();
		this.backfill.resume(this.backfill.save().progress());
		assertThat(this.backfill.paused(List.of(ITEMS, NOTES))).containsExactly(ITEMS);
		assertThat(this.backfill.pause(Set.of(ITEMS), false)).isEmpty();
		assertThat(next().table()).isEqualTo(ITEMS);
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
		TableBackfill items = next();
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
		long before = this.backfill.advances(ITEMS);
		assertThat(this.backfill.retain(Set.of(ITEMS), (listener, table) -> true)).isEmpty();
		assertThat(this.backfill.advances(ITEMS)).isEqualTo(before);
		assertThat(this.backfill.retain(Set.of(ITEMS), (listener, table) -> false)).containsExactly(ITEMS);
		assertThat(this.backfill.advances(ITEMS)).isGreaterThan(before);
		this.backfill.request(Set.of(ITEMS), "one");
		assertThat(this.backfill.save().progress()).hasSize(2);
		assertThat(this.backfill.retain(Set.of(), (listener, table) -> true)).containsExactly(ITEMS);
		assertThat(this.backfill.save().progress()).isEmpty();
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(this.backfill.save().progress()).extracting(BackfillProgress::listener)
			.containsExactly((String) null);
	}

	@Test
	void requestForSomeRowsIsARequestOfItsOwnUnlessAllRowsAreReadAnyway() throws InterruptedException {
		Condition open = new Condition("status", "=", List.of("open"));
		Condition paid = new Condition("status", "=", List.of("paid"));
		this.backfill.request(Map.of(ITEMS, List.of(open)), null);
		this.backfill.request(Map.of(ITEMS, List.of(open)), null);
		this.backfill.request(Map.of(ITEMS, List.of(paid)), null);
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.request(Map.of(ITEMS, List.of(new Condition("id", "<", List.of("5")))), null);
		assertThat(stored()).extracting(BackfillProgress::where)
			.containsExactly(List.of(open), List.of(paid), List.of());
		this.backfill.resume(stored());
		this.backfill.requestUnknown(Set.of(ITEMS));
		assertThat(stored()).hasSize(3);
		assertThat(this.backfill.status()).extracting(CdcBackfill.Status::where)
			.containsExactly(List.of("status = ?"), List.of("status = ?"), List.of());
		assertThat(this.backfill.status().toString() + stored()).doesNotContain("open", "paid");
	}

	@Test
	void emptyTableHasNoPosition() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		next().handled(null, 0);
		assertThat(this.backfill.save().progress()).allSatisfy((progress) -> assertThat(progress.columns()).isEmpty());
	}

	@Test
	void rangesThatAreHandledAfterAMissingOneAreNotStored() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(4);
		KeyRange first = range(reading, null, "10");
		KeyRange second = range(reading, "10", "20");
		KeyRange third = range(reading, "20", null);
		long advances = this.backfill.advances(ITEMS);
		reading.handled(third, chunk("25", true), 5);
		reading.handled(second, chunk("15", false), 5);
		assertThat(reading.table().rows()).isEqualTo(10);
		assertThat(stored()).extracting(BackfillProgress::rows, BackfillProgress::values)
			.containsExactly(tuple(0L, List.of()));
		assertThat(this.backfill.advances(ITEMS)).isEqualTo(advances);
		reading.handled(first, chunk("10", true), 10);
		assertThat(stored()).extracting(BackfillProgress::rows, BackfillProgress::values)
			.containsExactly(tuple(15L, List.of("15")));
		assertThat(this.backfill.advances(ITEMS)).isGreaterThan(advances);
		reading.handled(second, chunk("19", true), 4);
		assertThat(stored()).extracting(BackfillProgress::rows, BackfillProgress::values)
			.containsExactly(tuple(24L, List.of("25")));
		this.backfill.leave(reading, false);
		assertThat(stored()).isEmpty();
	}

	@Test
	void formerRunDoesNotChangeWhatIsReadNow() throws InterruptedException {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading former = join(1);
		KeyRange range = KeyRange.after(null);
		this.backfill.resume(List.of());
		TableReading reading = join(1);
		assertThat(reading).isNotSameAs(former);
		former.handled(range, chunk("50", true), 50);
		this.backfill.leave(former, false);
		assertThat(stored()).extracting(BackfillProgress::rows).containsExactly(0L);
		assertThat(reading.continues()).isTrue();
	}

	@Test
	void tablesAreReadAtTheSameTimeBeforeTheyAreShared() throws Exception {
		this.backfill.request(List.of(ITEMS, NOTES), null);
		TableReading items = join(4);
		TableReading notes = join(4);
		assertThat(List.of(items.table().table(), notes.table().table())).containsExactly(ITEMS, NOTES);
		items.table().reads(1_000L);
		notes.table().reads(5L);
		range(items, null, "10");
		range(notes, null, "10");
		assertThat(join(4)).isSameAs(items);
	}

	@Test
	void tableThatFailedIsReadFromTheLastRowBeforeWhichNoneIsMissing() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(4);
		KeyRange first = range(reading, null, "10");
		range(reading, "10", "20");
		reading.handled(first, chunk("10", true), 10);
		reading.failed("it failed");
		assertThat(reading.continues()).isFalse();
		this.backfill.leave(reading, false);
		assertThat(this.backfill.status()).singleElement()
			.satisfies((table) -> assertThat(table.state()).isEqualTo(CdcBackfill.State.RETRYING));
		assertThat(stored()).extracting(BackfillProgress::values).containsExactly(List.of("10"));
	}

	@Test
	void tableThatIsResumedWhileARangeWasLeftIsReadByAnotherReading() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(4);
		reading.table().reads(1_000L);
		range(reading, null, "10");
		assertThat(join(4)).isSameAs(reading);
		KeyRange second = range(reading, "10", "20");
		this.backfill.pause(Set.of(ITEMS), true);
		// The first reader leaves its range
		assertThat(reading.continues()).isFalse();
		this.backfill.pause(Set.of(ITEMS), false);
		assertThat(reading.continues()).isFalse();
		this.backfill.leave(reading, false);
		reading.handled(second, chunk("20", true), 10);
		this.backfill.leave(reading, false);
		assertThat(stored()).extracting(BackfillProgress::rows).containsExactly(0L);
		assertThat(join(4)).isNotSameAs(reading).extracting(TableReading::continues).isEqualTo(true);
	}

	@Test
	void equalRequestsAreReadOneAfterTheOther() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		this.backfill.request(Set.of(ITEMS), "one");
		this.backfill.request(Set.of(NOTES), null);
		TableReading items = join(4);
		TableReading notes = join(4);
		assertThat(notes.table().table()).isEqualTo(NOTES);
		this.backfill.leave(items, true);
		this.backfill.completed(items.table());
		assertThat(join(4).table().listener()).isEqualTo("one");
	}

	@Test
	void readerThatGetsNoConnectionLeavesTheTableToTheOthers() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(4);
		assertThat(reading.readsWithout("too many")).isFalse();
		reading.connected();
		reading.table().reads(1_000L);
		range(reading, null, "10");
		assertThat(join(4)).isSameAs(reading);
		assertThat(reading.readsWithout("too many")).isTrue();
		this.backfill.leave(reading, false);
		assertThat(reading.continues()).isTrue();
		assertThat(reading.acceptsReader(10)).isFalse();
	}

	@Test
	void otherRangesDoNotEndASeriesOfFailures() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(4);
		reading.table().reads(1_000L);
		range(reading, null, "10");
		KeyRange second = range(reading, "10", "20");
		reading.failed("it failed");
		this.backfill.leave(reading, false);
		TableReading again = join(4);
		again.table().reads(1_000L);
		KeyRange first = range(again, null, "10");
		assertThat(again.acceptsReader(10)).isFalse();
		second = range(again, "10", "20");
		again.handled(second, chunk("20", true), 10);
		assertThat(again.acceptsReader(10)).isFalse();
		assertThat(this.backfill.status().get(0).problem()).isEqualTo("it failed");
		assertThat(again.table().failed("it failed")).isEqualTo(Duration.ofSeconds(2));
		again.handled(first, chunk("5", false), 5);
		assertThat(this.backfill.status().get(0).problem()).isNull();
		assertThat(again.acceptsReader(10)).isTrue();
		assertThat(again.table().failed("it failed")).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void rowsThatAreReadAgainAfterAPauseAreCountedOnce() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(4);
		reading.table().reads(30L);
		KeyRange first = range(reading, null, "10");
		KeyRange second = range(reading, "10", "20");
		reading.handled(second, chunk("20", true), 10);
		reading.handled(first, chunk("3", false), 3);
		this.backfill.pause(Set.of(ITEMS), true);
		this.backfill.leave(reading, false);
		this.backfill.pause(Set.of(ITEMS), false);
		TableReading again = join(4);
		again.table().reads(30L);
		assertThat(again.table().rows()).isEqualTo(3);
		again.handled(range(again, "3", "20"), chunk("20", true), 17);
		again.handled(range(again, "20", null), chunk("30", true), 10);
		assertThat(again.table().rows()).isEqualTo(30);
		assertThat(stored()).extracting(BackfillProgress::rows).containsExactly(30L);
	}

	@Test
	void tableOfAnEngineThatStopsIsNotRead() throws Exception {
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(1);
		reading.table().reads(10L);
		this.backfill.leave(reading, true);
		assertThat(this.backfill.status()).singleElement()
			.satisfies((table) -> assertThat(table.state()).isEqualTo(CdcBackfill.State.WAITING));
	}

	@Test
	void requestIsReadOnceThoughTheAnswerOfTheStoreIsLost() throws InterruptedException {
		Backfill.Request request = this.backfill.request(Set.of(ITEMS), null);
		TableBackfill table = next();
		table.begin();
		table.handled(at("10"), 10);
		List<BackfillProgress> stored = stored();
		this.backfill.resume(stored);
		assertThat(stored()).isEqualTo(stored);
		assertThat(request.awaitStored(Duration.ofMillis(1))).isTrue();
	}

	@Test
	void undoDoesNotReviveATableThatIsCompleted() throws Exception {
		List<BackfillStep> steps = new ArrayList<>();
		this.backfill.onStep(steps::add);
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(1);
		Runnable undo = this.backfill.undo(Set.of(ITEMS));
		this.backfill.pause(Set.of(ITEMS), true);
		reading.handled(range(reading, null, null), chunk("9", true), 9);
		this.backfill.leave(reading, false);
		undo.run();
		assertThat(stored()).isEmpty();
		assertThat(steps).singleElement().satisfies((step) -> assertThat(step.completed()).isTrue());
	}

	@Test
	void tableThatIsCanceledDuringItsLastChunkIsCompletedOnlyIfThatIsUndone() throws Exception {
		List<BackfillStep> steps = new ArrayList<>();
		this.backfill.onStep(steps::add);
		this.backfill.request(Set.of(ITEMS), null);
		TableReading reading = join(1);
		Runnable undo = this.backfill.undo(Set.of(ITEMS));
		this.backfill.cancel(Set.of(ITEMS));
		reading.handled(range(reading, null, null), chunk("9", true), 9);
		this.backfill.leave(reading, false);
		assertThat(steps).isEmpty();
		undo.run();
		assertThat(steps).singleElement().satisfies((step) -> assertThat(step.completed()).isTrue());
		assertThat(stored()).isEmpty();
	}

	@Test
	void conditionsThatAreTooLongToBeStoredAreRefused() {
		List<Condition> half = List.of(new Condition("note", "=", List.of("s3cr3t".repeat(5_500))));
		this.backfill.request(Map.of(ITEMS, half), null);
		assertThatExceptionOfType(CdcException.class).isThrownBy(() -> this.backfill.request(Map.of(NOTES, half), null))
			.withMessage("With this request, the conditions of all backfills would have 66010 bytes, of 65536 at most, "
					+ "because they are stored with each offset. Give fewer or shorter values, name fewer tables, or "
					+ "wait until other backfills are completed.");
		assertThat(stored()).hasSize(1);
		this.backfill.request(Map.of(NOTES, List.of(new Condition("id", ">", List.of("1")))), null);
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(stored()).hasSize(3);
	}

	/** The only reader of the next table. */
	private TableBackfill next() throws InterruptedException {
		TableReading reading = join(1);
		TableBackfill table = reading.table();
		this.backfill.leave(reading, true);
		return table;
	}

	@Test
	void nameInAConditionIsShownAsALogShowsIt() {
		String name = "a\nb\u2028".repeat(100);
		assertThat(new Condition(name, "is null", List.of())).hasToString(LogSafe.of(name) + " is null");
	}

	private TableReading join(int readers) throws InterruptedException {
		return this.backfill.join((table) -> new TableReading(this.backfill, table, readers, new BackfillLog("test")),
				10);
	}

	private List<BackfillProgress> stored() {
		return this.backfill.save().progress();
	}

	private static KeyRange range(TableReading reading, @Nullable String after, @Nullable String end) {
		KeyRange range = KeyRange.part(List.of("id"), at(after), at(end));
		reading.begins(range);
		return range;
	}

	private static Chunk chunk(String end, boolean last) {
		return new Chunk(SNAPSHOT, List.of(), List.of(), List.of(), false, false, at(end), false, last);
	}

	private static @Nullable BackfillPosition at(@Nullable String id) {
		return (id != null) ? new BackfillPosition(List.of("id"), List.of(id)) : null;
	}

}
