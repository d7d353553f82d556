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

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The place where rows that were read from a table enter the stream. A watermark, a
 * logical message in the stream, marks the place of each chunk. At that place the stream
 * has delivered every change that the chunk's snapshot shows. A row that was changed
 * since then, before the watermark, is left to the stream.
 * <p>
 * The thread that delivers the stream calls {@link #received} and {@link #reached}, the
 * thread that reads the table all other methods.
 */
public final class BackfillStream {

	private final Map<String, Function<BackfillStream, @Nullable ChunkDelivery>> watermarks = new ConcurrentHashMap<>();

	private volatile @Nullable RecordedChanges recorded;

	/** Create a stream that waits for no row. */
	public BackfillStream() {
	}

	/**
	 * The stream delivers an event.
	 * @param change the event
	 */
	public void received(Change change) {
		RecordedChanges recorded = this.recorded;
		if (recorded != null) {
			recorded.add(change);
		}
	}

	/**
	 * The stream has reached a watermark.
	 * @param watermark its content
	 * @return the rows to deliver now, {@code null} if there are none
	 */
	public @Nullable ChunkDelivery reached(String watermark) {
		Function<BackfillStream, @Nullable ChunkDelivery> action = this.watermarks.remove(watermark);
		return (action != null) ? action.apply(this) : null;
	}

	/**
	 * Record the changes of a table from a watermark on.
	 */
	Watermark<Boolean> begin(TableId table) {
		this.recorded = null;
		CompletableFuture<Boolean> begun = new CompletableFuture<>();
		return expect(begun, (stream) -> {
			stream.recorded = new RecordedChanges(table);
			begun.complete(true);
			return null;
		});
	}

	/** Record no changes. */
	void end() {
		this.watermarks.clear();
		this.recorded = null;
	}

	/** The chunks that follow contain what this snapshot shows. */
	void shownBy(TransactionSnapshot snapshot) {
		recorded().shownBy(snapshot);
	}

	/**
	 * Deliver a chunk at a watermark.
	 * @return completes with the rows that were not changed when all were handled, or
	 * with {@code null} if the chunk has to be read again
	 */
	Watermark<@Nullable UnchangedRows> deliver(Chunk chunk) {
		CompletableFuture<@Nullable UnchangedRows> handled = new CompletableFuture<>();
		RecordedChanges recorded = recorded();
		return expect(handled, (stream) -> {
			UnchangedRows unchanged = UnchangedRows.of(chunk, recorded);
			if (unchanged == null) {
				handled.complete(null);
				return null;
			}
			return new ChunkDelivery(unchanged.rows(), () -> handled.complete(unchanged));
		});
	}

	private RecordedChanges recorded() {
		RecordedChanges recorded = this.recorded;
		if (recorded == null) {
			throw new IllegalStateException("No changes are recorded");
		}
		return recorded;
	}

	private <T extends @Nullable Object> Watermark<T> expect(CompletableFuture<T> result,
			Function<BackfillStream, @Nullable ChunkDelivery> action) {
		String content = UUID.randomUUID().toString();
		CompletableFuture<Boolean> place = new CompletableFuture<>();
		this.watermarks.put(content, (stream) -> {
			ChunkDelivery delivery = action.apply(stream);
			place.complete(true);
			return delivery;
		});
		return new Watermark<>(content, place, result);
	}

	/**
	 * A place in the stream.
	 *
	 * @param <T> the type of the result
	 * @param content the content of the logical message to write
	 * @param reached completes when the stream has reached it
	 * @param result completes when what is delivered there was handled
	 */
	record Watermark<T extends @Nullable Object>(String content, CompletableFuture<Boolean> reached,
			CompletableFuture<T> result) {

	}

}
