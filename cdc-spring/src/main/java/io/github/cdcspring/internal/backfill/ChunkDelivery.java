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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ExactKey;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of a chunk at its place in the stream, in parts: the stream may deliver
 * events in between. A row that the stream has changed before its own part is left to the
 * stream.
 * <p>
 * Only the thread that delivers the stream takes rows. Any thread may say that a row was
 * handled.
 */
public final class ChunkDelivery implements Runnable {

	private final Chunk chunk;

	private final RecordedChanges recorded;

	private final BooleanSupplier recording;

	private final Runnable onHandedOver;

	private final Consumer<@Nullable DeliveredRows> onHandled;

	private final AtomicInteger pending = new AtomicInteger(1);

	private final List<List<String>> changed = new ArrayList<>();

	private int next;

	private int count;

	/** The state of the recorded changes that was compared last. */
	private long compared = -1;

	private Set<ExactKey> changedKeys = Set.of();

	private boolean repeats;

	/**
	 * Create a delivery.
	 * @param recorded the changes that the chunk does not show
	 * @param recording whether they are still recorded
	 * @param onHandedOver runs when no more rows follow
	 * @param onHandled receives the result when all rows were handled; {@code null} if
	 * the chunk has to be read again, because the keys do not tell which rows have
	 * changed
	 */
	ChunkDelivery(Chunk chunk, RecordedChanges recorded, BooleanSupplier recording, Runnable onHandedOver,
			Consumer<@Nullable DeliveredRows> onHandled) {
		this.chunk = chunk;
		this.recorded = recorded;
		this.recording = recording;
		this.onHandedOver = onHandedOver;
		this.onHandled = onHandled;
	}

	/**
	 * Return whether other events may be delivered before rows of this chunk. Not if keys
	 * do not identify its rows, because any of these events may change any row, nor if it
	 * contains rows that changed too often already: they would be read again.
	 * @return whether they may
	 */
	public boolean canWait() {
		return !this.chunk.form().isEmpty() && !this.chunk.again();
	}

	/**
	 * Take rows, to deliver them before any other event.
	 * @param limit the maximum number of rows
	 * @return the rows that were not changed until now
	 */
	public List<Change> take(int limit) {
		compare();
		List<Change> rows = new ArrayList<>();
		while (!isDone() && rows.size() < limit) {
			int index = this.next++;
			Change row = this.chunk.rows().get(index);
			if (isChanged(row)) {
				this.changed.add(this.chunk.keys().get(index));
			}
			else {
				rows.add(row);
			}
		}
		this.count += rows.size();
		this.pending.addAndGet(rows.size());
		boolean barriers = !rows.isEmpty()
				&& (this.recorded.mayMeetOtherForms(this.chunk.form()) || this.chunk.barriers());
		return barriers ? withBarriers(rows) : rows;
	}

	private void compare() {
		this.repeats |= !this.recording.getAsBoolean();
		long state = this.recorded.state();
		if (state != this.compared) {
			this.compared = state;
			this.changedKeys = this.recorded.keys();
			this.repeats |= this.recorded.mayHaveChangedAnyRow()
					|| this.changedKeys.stream().anyMatch((key) -> !key.form().equals(this.chunk.form()));
		}
	}

	/** A change of a row whose key contains NULL may be one of any row. */
	private boolean isChanged(Change row) {
		if (this.changedKeys.isEmpty()) {
			return false;
		}
		List<ExactKey> keys = row.exactKeys();
		return !keys.isEmpty() && this.changedKeys.contains(keys.get(0));
	}

	private static List<Change> withBarriers(List<Change> rows) {
		rows.set(0, rows.get(0).asBarrier());
		rows.set(rows.size() - 1, rows.get(rows.size() - 1).asBarrier());
		return rows;
	}

	/**
	 * Return whether no more rows are to be taken.
	 * @return {@code true} if all were, if the chunk has to be read again, or if its
	 * reader has ended
	 */
	public boolean isDone() {
		return this.repeats || this.next == this.chunk.rows().size();
	}

	/** To be called when it is done and all rows that were taken were handed over. */
	public void handedOver() {
		this.onHandedOver.run();
		run();
	}

	/** To be called for each row that was handled. */
	@Override
	public void run() {
		if (this.pending.decrementAndGet() == 0) {
			this.onHandled.accept(this.repeats ? null : new DeliveredRows(this.count, this.changed));
		}
	}

	/** Contains no value of a row. */
	@Override
	public String toString() {
		return this.next + " of " + this.chunk.rows().size() + " rows";
	}

}
