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
import java.util.concurrent.CompletableFuture;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackfillStreamTests {

	private static final TableId ITEMS = new TableId("public", "items");

	/** Transaction 99 has ended, 100 is in progress, and 102 has not begun. */
	private static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("100:102:100");

	private final BackfillStream stream = new BackfillStream();

	@BeforeEach
	void begin() {
		assertThat(this.stream.reached(this.stream.begin(ITEMS).content())).isNull();
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
		this.stream.received(change(Operation.CREATE, 102, "1", "2"));
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
		this.stream.received(new StubChange(Operation.UPDATE, new TableId("public", "others"), 100L, List.of("1")));
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
		CompletableFuture<@Nullable Integer> handled = new CompletableFuture<>();
		ChunkDelivery delivery = new ChunkDelivery(List.of(row("1"), row("2")), handled);
		delivery.run();
		delivery.run();
		assertThat(handled).isNotDone();
		delivery.run();
		assertThat(handled).isCompletedWithValue(2);
	}

	@Test
	void knowsNoWatermarkOfOtherEngines() {
		assertThat(this.stream.reached("another")).isNull();
	}

	private ChunkDelivery deliver(String... keys) {
		return deliver(SNAPSHOT, keys);
	}

	private ChunkDelivery deliver(TransactionSnapshot snapshot, String... keys) {
		List<Change> rows = List.of(keys).stream().map(BackfillStreamTests::row).toList();
		this.stream.shownBy(snapshot);
		ChunkDelivery delivery = this.stream.reached(
				this.stream.deliver(new Chunk(snapshot, rows, new BackfillPosition(List.of("id"), List.of("3")), false))
					.content());
		assertThat(delivery).isNotNull();
		return delivery;
	}

	private boolean isReadAgain() {
		this.stream.shownBy(SNAPSHOT);
		BackfillStream.Watermark<@Nullable Integer> watermark = this.stream
			.deliver(new Chunk(SNAPSHOT, List.of(row("1")), new BackfillPosition(List.of("id"), List.of("1")), false));
		boolean again = this.stream.reached(watermark.content()) == null;
		assertThat(watermark.result().isDone()).isEqualTo(again);
		return again;
	}

	private static List<Object> keys(ChunkDelivery delivery) {
		return delivery.rows().stream().flatMap((row) -> row.exactKeys().stream()).toList();
	}

	private static Change row(String key) {
		return change(Operation.READ, 0, key);
	}

	private static Change change(Operation operation, long transaction, Object... keys) {
		return new StubChange(operation, ITEMS, transaction, List.of(keys));
	}

	/**
	 * An event without rows.
	 */
	private record StubChange(Operation operation, TableId table, @Nullable Long transactionId,
			List<Object> exactKeys) implements Change {

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
