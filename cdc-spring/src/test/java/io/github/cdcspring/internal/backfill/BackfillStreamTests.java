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

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ExactKey;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.ReadEvents;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.TableColumn;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackfillStreamTests {

	private static final TableId ITEMS = new TableId("public", "items");

	private static final List<String> FORM = List.of("id STRING");

	private static final TableColumn EMAIL = new TableColumn("email", "text", 25,
			PostgresType.of(25, "text", false, -1, false));

	/** Transaction 99 has ended, 100 is in progress, and 102 has not begun. */
	private static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("100:102:100");

	private final BackfillStream stream = new BackfillStream();

	private final BackfillStream.Window window = this.stream.open();

	@BeforeEach
	void begin() {
		assertThat(this.stream.reached(this.window.begin(ITEMS).content())).isNull();
	}

	@Test
	void deliversRowsThatDidNotChange() {
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		ChunkDelivery delivery = deliver("1", "2", "3");
		assertThat(keys(delivery)).containsExactly("2", "3");
	}

	@Test
	void deliversRowsThatTheChunkShowsAsChanged() {
		this.stream.received(change(Operation.UPDATE, 99, "1"));
		this.stream.received(change(Operation.UPDATE, 101, "2"));
		assertThat(keys(deliver("1", "2"))).containsExactly("1", "2");
	}

	@Test
	void leavesRowsToTheStreamWhoseKeyChanged() {
		this.stream.received(keyChange(102, "1", "2"));
		assertThat(keys(deliver("1", "2", "3"))).containsExactly("3");
	}

	@Test
	void leavesRowsToTheStreamThatSeveralTransactionsChanged() {
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		this.stream.received(change(Operation.UPDATE, 99, "1"));
		assertThat(keys(deliver("1", "2"))).containsExactly("2");
	}

	@Test
	void ignoresOtherTables() {
		this.stream
			.received(new StubChange(Operation.UPDATE, new TableId("public", "others"), 100L, List.of(key("1")), null));
		assertThat(keys(deliver("1"))).containsExactly("1");
	}

	@Test
	void readsAChunkAgainIfAnyRowMayHaveChanged() {
		this.stream.received(change(Operation.UPDATE, 100));
		assertThat(isReadAgain()).isTrue();
	}

	@Test
	void readsAChunkAgainAfterABarrier() {
		this.stream.received(change(Operation.TRUNCATE, 102));
		assertThat(isReadAgain()).isTrue();
	}

	@Test
	void readsAChunkAgainIfTheFormerKeyIsUnknown() {
		this.stream.received(keyChange(100));
		assertThat(isReadAgain()).isTrue();
	}

	@Test
	void readsAChunkAgainIfKeysDoNotIdentifyItsRows() {
		this.stream.received(change(Operation.UPDATE, 100, "2"));
		assertThat(isReadAgain(chunk(SNAPSHOT, List.of(), false, rows("1")))).isTrue();
	}

	@Test
	void chunkCannotWaitIfKeysDoNotIdentifyItsRows() {
		assertThat(deliver("1").canWait()).isTrue();
		assertThat(deliver(chunk(SNAPSHOT, List.of(), false, rows("1"))).canWait()).isFalse();
	}

	@Test
	void readsAChunkAgainIfTheKeyHasOtherColumns() {
		this.stream.received(new StubChange(Operation.UPDATE, ITEMS, 100L,
				List.of(new ExactKey(List.of("code STRING"), List.of("2"))), null));
		assertThat(isReadAgain()).isTrue();
	}

	@Test
	void rowsWithNullInTheirKeyAreNotTakenForEachOther() {
		ReadEvents events = new ReadEvents(ITEMS, List.of(EMAIL), List.of(EMAIL), null);
		Change inserted = new StubChange(Operation.CREATE, ITEMS, 102L, event(events, null).exactKeys(), null);
		this.stream.received(inserted);
		ChunkDelivery delivery = deliver(chunk(SNAPSHOT, events.keyForm(), false,
				List.of(event(events, null), event(events, null), event(events, "a"))));
		assertThat(delivery.take(10)).hasSize(3);
		this.stream.received(new StubChange(Operation.DELETE, ITEMS, 102L, event(events, null).exactKeys(), null));
		assertThat(isReadAgain()).isTrue();
	}

	@Test
	void insertedRowIsNotTakenForOneOfTheChunk() {
		this.stream.received(change(Operation.CREATE, 102, "1"));
		assertThat(keys(deliver("1", "2"))).containsExactly("1", "2");
	}

	@Test
	void changedRowsAreReadAgain() {
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		this.stream.received(change(Operation.DELETE, 100, "2"));
		this.window.shownBy(SNAPSHOT);
		BackfillStream.Watermark<@Nullable DeliveredRows> watermark = this.window
			.deliver(chunk(SNAPSHOT, FORM, false, rows("1", "2", "3")));
		assertThat(watermark.reached()).isNotDone();
		ChunkDelivery delivery = this.stream.reached(watermark.content());
		assertThat(watermark.reached()).isDone();
		assertThat(delivery).isNotNull();
		assertThat(keys(delivery)).containsExactly("3");
		delivery.run();
		assertThat(watermark.handedOver()).isNotDone();
		delivery.handedOver();
		assertThat(watermark.handedOver()).isDone();
		assertThat(watermark.result()).isCompletedWithValue(new DeliveredRows(1, List.of(List.of("1"), List.of("2"))));
	}

	@Test
	void rowThatIsChangedBeforeItsPartIsLeftToTheStream() {
		this.window.shownBy(SNAPSHOT);
		BackfillStream.Watermark<@Nullable DeliveredRows> watermark = this.window
			.deliver(chunk(SNAPSHOT, FORM, false, rows("1", "2", "3", "4")));
		ChunkDelivery delivery = this.stream.reached(watermark.content());
		assertThat(delivery).isNotNull();
		assertThat(keys(delivery.take(2))).containsExactly("1", "2");
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		this.stream.received(change(Operation.DELETE, 102, "3"));
		assertThat(delivery.isDone()).isFalse();
		assertThat(keys(delivery.take(2))).containsExactly("4");
		assertThat(delivery.isDone()).isTrue();
		IntStream.range(0, 3).forEach((row) -> delivery.run());
		delivery.handedOver();
		assertThat(watermark.result()).isCompletedWithValue(new DeliveredRows(3, List.of(List.of("3"))));
	}

	@Test
	void chunkIsReadAgainIfTheTableIsTruncatedBetweenItsParts() {
		this.window.shownBy(SNAPSHOT);
		BackfillStream.Watermark<@Nullable DeliveredRows> watermark = this.window
			.deliver(chunk(SNAPSHOT, FORM, false, rows("1", "2")));
		ChunkDelivery delivery = this.stream.reached(watermark.content());
		assertThat(delivery).isNotNull();
		assertThat(keys(delivery.take(1))).containsExactly("1");
		this.stream.received(change(Operation.TRUNCATE, 102));
		assertThat(delivery.take(1)).isEmpty();
		assertThat(delivery.isDone()).isTrue();
		delivery.handedOver();
		assertThat(watermark.result()).isNotDone();
		delivery.run();
		assertThat(watermark.result()).isCompletedWithValue(null);
	}

	/** Changes are no longer recorded, so no row may follow. */
	@Test
	void chunkEndsWithItsReader() {
		ChunkDelivery delivery = deliver("1", "2");
		assertThat(keys(delivery.take(1))).containsExactly("1");
		this.window.close();
		assertThat(delivery.take(1)).isEmpty();
		assertThat(delivery.isDone()).isTrue();
	}

	@Test
	void firstAndLastDeliveredRowAreBarriers() {
		ReadEvents events = new ReadEvents(ITEMS, List.of(EMAIL), List.of(EMAIL), null);
		List<Change> rows = Stream.of("a", "b", "c", "d", "e").map((email) -> event(events, email)).toList();
		this.stream.received(new StubChange(Operation.UPDATE, ITEMS, 100L, rows.get(0).exactKeys(), null));
		this.stream.received(new StubChange(Operation.UPDATE, ITEMS, 100L, rows.get(4).exactKeys(), null));
		assertThat(deliver(chunk(SNAPSHOT, events.keyForm(), true, rows)).take(10)).extracting(Change::isBarrier)
			.containsExactly(true, false, true);
		assertThat(deliver(chunk(SNAPSHOT, events.keyForm(), false, rows)).take(10)).hasSize(3)
			.noneMatch(Change::isBarrier);
	}

	@Test
	void anyRowMayHaveChangedAfterTooManyChanges() {
		for (int i = 0; i <= RecordedChanges.MAX_SIZE; i++) {
			this.stream.received(change(Operation.UPDATE, 100, "key " + i));
		}
		assertThat(isReadAgain()).isTrue();
		assertThat(keys(deliver(TransactionSnapshot.parse("102:102:"), "1"))).containsExactly("1");
	}

	@Test
	void insertedRowWithoutKeyIsNotInTheChunk() {
		this.stream.received(change(Operation.CREATE, 100));
		assertThat(isReadAgain()).isFalse();
	}

	@Test
	void laterChunkShowsWhatTheFormerOneLacked() {
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		assertThat(keys(deliver("1"))).isEmpty();
		assertThat(keys(deliver(TransactionSnapshot.parse("102:102:"), "1"))).containsExactly("1");
	}

	@Test
	void recognizesTransactionsAcrossTheWraparoundOfTheirIds() {
		long epoch = 1L << 32;
		this.stream.received(change(Operation.UPDATE, epoch - 1, "1"));
		this.stream.received(change(Operation.UPDATE, 5, "2"));
		TransactionSnapshot snapshot = TransactionSnapshot.parse((epoch + 3) + ":" + (epoch + 4) + ":" + (epoch + 3));
		assertThat(keys(deliver(snapshot, "1", "2"))).containsExactly("1");
	}

	@Test
	void isHandledWhenAllRowsAre() {
		AtomicInteger handled = new AtomicInteger();
		AtomicInteger handedOver = new AtomicInteger();
		ChunkDelivery delivery = new ChunkDelivery(chunk(SNAPSHOT, FORM, false, rows("1", "2")),
				new RecordedChanges(ITEMS), () -> true, handedOver::incrementAndGet,
				(rows) -> handled.incrementAndGet());
		assertThat(delivery.take(2)).hasSize(2);
		delivery.run();
		assertThat(handedOver).hasValue(0);
		delivery.handedOver();
		assertThat(handedOver).hasValue(1);
		assertThat(handled).hasValue(0);
		delivery.run();
		assertThat(handled).hasValue(1);
	}

	@Test
	void eachReaderLeavesToTheStreamWhatItsOwnChunkDoesNotShow() {
		BackfillStream.Window other = this.stream.open();
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		this.stream.reached(other.begin(ITEMS).content());
		this.stream.received(change(Operation.UPDATE, 100, "2"));
		other.shownBy(TransactionSnapshot.parse("102:102:"));
		assertThat(keys(deliver("1", "2", "3"))).containsExactly("3");
		this.stream.received(change(Operation.UPDATE, 102, "4"));
		Chunk chunk = chunk(TransactionSnapshot.parse("102:102:"), FORM, false, rows("1", "2", "4"));
		ChunkDelivery delivery = this.stream.reached(other.deliver(chunk).content());
		assertThat(delivery).isNotNull();
		assertThat(keys(delivery)).containsExactly("1", "2");
	}

	@Test
	void watermarkOfAReaderThatHasEndedDeliversNothing() {
		BackfillStream.Window other = this.stream.open();
		String begin = other.begin(ITEMS).content();
		other.close();
		this.stream.received(change(Operation.UPDATE, 100, "1"));
		assertThat(this.stream.reached(begin)).isNull();
		assertThat(keys(deliver("1", "2"))).containsExactly("2");
	}

	@Test
	void knowsNoWatermarkOfOtherEngines() {
		assertThat(this.stream.reached("another")).isNull();
	}

	private ChunkDelivery deliver(String... keys) {
		return deliver(SNAPSHOT, keys);
	}

	private ChunkDelivery deliver(TransactionSnapshot snapshot, String... keys) {
		return deliver(chunk(snapshot, FORM, false, rows(keys)));
	}

	private ChunkDelivery deliver(Chunk chunk) {
		this.window.shownBy(chunk.snapshot());
		ChunkDelivery delivery = this.stream.reached(this.window.deliver(chunk).content());
		assertThat(delivery).isNotNull();
		return delivery;
	}

	private boolean isReadAgain() {
		return isReadAgain(chunk(SNAPSHOT, FORM, false, rows("1")));
	}

	private boolean isReadAgain(Chunk chunk) {
		this.window.shownBy(SNAPSHOT);
		BackfillStream.Watermark<@Nullable DeliveredRows> watermark = this.window.deliver(chunk);
		ChunkDelivery delivery = this.stream.reached(watermark.content());
		assertThat(delivery).isNotNull();
		List<Change> rows = delivery.take(1);
		assertThat(delivery.isDone()).isTrue();
		delivery.handedOver();
		assertThat(watermark.result().isDone()).isEqualTo(rows.isEmpty());
		return rows.isEmpty();
	}

	private static Chunk chunk(TransactionSnapshot snapshot, List<String> form, boolean barriers, List<Change> rows) {
		List<List<String>> keys = rows.stream()
			.map((row) -> row.exactKeys()
				.stream()
				.flatMap((key) -> key.values().stream())
				.map(String::valueOf)
				.toList())
			.toList();
		return new Chunk(snapshot, rows, keys, form, barriers, false, new BackfillPosition(List.of("id"), List.of("3")),
				false, false);
	}

	private static Change event(ReadEvents events, @Nullable String email) {
		return events.create(new String[] { email }, Lsn.ZERO, 0L);
	}

	private static List<Object> keys(ChunkDelivery delivery) {
		return keys(delivery.take(100));
	}

	private static List<Object> keys(List<Change> rows) {
		return rows.stream()
			.flatMap((row) -> row.exactKeys().stream())
			.flatMap((key) -> key.values().stream())
			.toList();
	}

	private static List<Change> rows(String... keys) {
		return Stream.of(keys).map((key) -> change(Operation.READ, 0, key)).toList();
	}

	private static ExactKey key(String value) {
		return new ExactKey(FORM, List.of(value));
	}

	private static Change change(Operation operation, long transaction, String... keys) {
		return new StubChange(operation, ITEMS, transaction, Stream.of(keys).map(BackfillStreamTests::key).toList(),
				null);
	}

	/** Debezium sends it as a delete of the former key and a create of the new one. */
	private static Change keyChange(long transaction, String... keys) {
		return new StubChange(Operation.CREATE, ITEMS, transaction,
				Stream.of(keys).map(BackfillStreamTests::key).toList(), "former");
	}

	/**
	 * An event without rows.
	 */
	private record StubChange(Operation operation, TableId table, @Nullable Long transactionId,
			List<ExactKey> exactKeys, @Nullable Object previousOrderingKey) implements Change {

		@Override
		public Change asBarrier() {
			return this;
		}

		@Override
		public @Nullable LogicalMessage message() {
			return null;
		}

		@Override
		public Lsn lsn() {
			return Lsn.ZERO;
		}

		@Override
		public EventPosition position() {
			return new EventPosition(Lsn.ZERO, 0, Lsn.ZERO, 0);
		}

		@Override
		public @Nullable Instant commitTime() {
			return null;
		}

		@Override
		public boolean snapshot() {
			return this.operation == Operation.READ;
		}

		@Override
		public @Nullable RowKey key() {
			return null;
		}

		@Override
		public Object orderingKey() {
			return this.table;
		}

		@Override
		public boolean changed(Collection<String> columns) {
			return true;
		}

		@Override
		public <T> @Nullable T before(RowMapper<T> mapper) {
			return null;
		}

		@Override
		public <T> @Nullable T after(RowMapper<T> mapper) {
			return null;
		}

		@Override
		public String toJson() {
			return "{}";
		}

	}

}
