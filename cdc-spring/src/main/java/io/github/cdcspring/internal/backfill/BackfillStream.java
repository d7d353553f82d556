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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The place where rows that were read from a table enter the stream. A watermark, a
 * logical message in the stream, marks the place of each chunk. From that place on, the
 * stream has delivered every change that the chunk's snapshot shows. A row whose change
 * the stream has delivered since then is left to the stream. A row is therefore delivered
 * as it is at its place, however many readers there are.
 * <p>
 * The thread that delivers the stream calls {@link #received} and {@link #reached}. Each
 * reader has a {@link Window} of its own.
 */
public final class BackfillStream {

	/** Changes arrive so long after one has arrived. */
	private static final Duration BUSY = Duration.ofSeconds(1);

	private final Map<String, Supplier<@Nullable ChunkDelivery>> watermarks = new ConcurrentHashMap<>();

	private final List<Window> windows = new CopyOnWriteArrayList<>();

	private volatile long changedAt = System.nanoTime() - BUSY.toNanos();

	/** Create a stream that waits for no row. */
	public BackfillStream() {
	}

	/**
	 * The stream delivers an event.
	 * @param change the event
	 */
	public void received(Change change) {
		if (this.windows.isEmpty()) {
			return;
		}
		this.changedAt = System.nanoTime();
		for (Window window : this.windows) {
			window.received(change);
		}
	}

	/** Whether changes arrive at present. */
	boolean isBusy() {
		return System.nanoTime() - this.changedAt < BUSY.toNanos();
	}

	/**
	 * The stream has reached a watermark.
	 * @param watermark its content
	 * @return the rows to deliver now, {@code null} if there are none
	 */
	public @Nullable ChunkDelivery reached(String watermark) {
		Supplier<@Nullable ChunkDelivery> action = this.watermarks.remove(watermark);
		return (action != null) ? action.get() : null;
	}

	/** Open the window of a reader, which closes it. */
	Window open() {
		Window window = new Window();
		this.windows.add(window);
		return window;
	}

	/**
	 * The changes that were delivered since the last chunk of one reader was read.
	 */
	final class Window implements AutoCloseable {

		private final Set<String> expected = ConcurrentHashMap.newKeySet();

		private volatile boolean closed;

		private volatile @Nullable RecordedChanges recorded;

		private void received(Change change) {
			RecordedChanges recorded = this.recorded;
			if (recorded != null) {
				recorded.add(change);
			}
		}

		/**
		 * Record the changes of a table from a watermark on.
		 */
		Watermark<Boolean> begin(TableId table) {
			this.recorded = null;
			CompletableFuture<Boolean> begun = new CompletableFuture<>();
			return expect(begun, begun, () -> {
				this.recorded = new RecordedChanges(table);
				begun.complete(true);
				return null;
			});
		}

		/** Record no changes. */
		@Override
		public void close() {
			// First, so that no row is compared with changes that are not recorded
			this.closed = true;
			this.expected.forEach(BackfillStream.this.watermarks::remove);
			BackfillStream.this.windows.remove(this);
			this.recorded = null;
		}

		/** The chunks that follow contain what this snapshot shows. */
		void shownBy(TransactionSnapshot snapshot) {
			recorded().shownBy(snapshot);
		}

		/**
		 * Deliver a chunk from a watermark on.
		 * @return completes with the rows that were not changed when all were handled, or
		 * with {@code null} if the chunk has to be read again
		 */
		Watermark<@Nullable DeliveredRows> deliver(Chunk chunk) {
			CompletableFuture<@Nullable DeliveredRows> handled = new CompletableFuture<>();
			RecordedChanges recorded = recorded();
			CompletableFuture<Boolean> handedOver = new CompletableFuture<>();
			return expect(handedOver, handled, () -> new ChunkDelivery(chunk, recorded, () -> !this.closed,
					() -> handedOver.complete(true), handled::complete));
		}

		private RecordedChanges recorded() {
			RecordedChanges recorded = this.recorded;
			if (recorded == null) {
				throw new IllegalStateException("No changes are recorded");
			}
			return recorded;
		}

		private <T extends @Nullable Object> Watermark<T> expect(CompletableFuture<Boolean> handedOver,
				CompletableFuture<T> result, Supplier<@Nullable ChunkDelivery> action) {
			String content = UUID.randomUUID().toString();
			CompletableFuture<Boolean> place = new CompletableFuture<>();
			this.expected.add(content);
			BackfillStream.this.watermarks.put(content, () -> {
				this.expected.remove(content);
				ChunkDelivery delivery = action.get();
				place.complete(true);
				return delivery;
			});
			return new Watermark<>(content, place, handedOver, result);
		}

	}

	/**
	 * A place in the stream.
	 *
	 * @param <T> the type of the result
	 * @param content the content of the logical message to write
	 * @param reached completes when the stream has reached it
	 * @param handedOver completes when all that is delivered from there on was handed
	 * over
	 * @param result completes when that was handled
	 */
	record Watermark<T extends @Nullable Object>(String content, CompletableFuture<Boolean> reached,
			CompletableFuture<Boolean> handedOver, CompletableFuture<T> result) {

	}

}
