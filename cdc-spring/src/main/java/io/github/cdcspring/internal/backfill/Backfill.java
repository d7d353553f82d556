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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * The tables of an engine whose existing rows are to be read, in the order of the
 * requests. It outlives the runs of the engine.
 */
public final class Backfill {

	private static final long MILLISECOND = 1_000_000;

	private static final int MAX_CONDITION_BYTES = 64 * 1024;

	private final Deque<TableBackfill> tables = new ArrayDeque<>();

	private final List<Consumer<BackfillStep>> listeners = new CopyOnWriteArrayList<>();

	private final Map<TableId, Long> advances = new HashMap<>();

	private final InitialSnapshot snapshot = new InitialSnapshot(this::tell);

	/**
	 * Add a listener that is told when the reading of a table begins, continues, or is
	 * completed. It must not take long.
	 * @param listener the listener
	 */
	public void onStep(Consumer<BackfillStep> listener) {
		this.listeners.add(listener);
	}

	private void tell(BackfillStep step) {
		this.listeners.forEach((listener) -> listener.accept(step));
	}

	/** A table is about to be read. */
	void begins(TableBackfill table) {
		tell(table.step(false));
	}

	/**
	 * Add tables, with all their rows. One that waits already is not read twice.
	 * @param requested the tables
	 * @param listener the only listener that receives the rows, {@code null} for all
	 * @return the request, which is in memory only
	 */
	public Request request(Collection<TableId> requested, @Nullable String listener) {
		Map<TableId, List<Condition>> all = new LinkedHashMap<>();
		requested.forEach((table) -> all.put(table, List.of()));
		return request(all, listener);
	}

	/**
	 * Add tables. One that waits already is not read twice.
	 * @param requested the tables, with the conditions that a row has to meet
	 * @param listener the only listener that receives the rows, {@code null} for all
	 * @return the request, which is in memory only
	 * @throws CdcException if the conditions of all tables would be too long
	 */
	public synchronized Request request(Map<TableId, List<Condition>> requested, @Nullable String listener) {
		List<TableBackfill> added = new ArrayList<>();
		List<TableBackfill> waiting = new ArrayList<>();
		requested.forEach((table, where) -> this.tables.stream()
			.filter((known) -> known.covers(table, listener, where))
			.findFirst()
			.ifPresentOrElse(waiting::add, () -> added.add(TableBackfill.request(table, listener, where))));
		requireShort(added);
		this.tables.addAll(added);
		notifyAll();
		return new Request(added, waiting);
	}

	private void requireShort(List<TableBackfill> added) {
		long bytes = Stream.concat(this.tables.stream(), added.stream())
			.mapToLong((table) -> table.where().bytes())
			.sum();
		if (bytes > MAX_CONDITION_BYTES && added.stream().anyMatch((table) -> table.where().bytes() > 0)) {
			throw new CdcException("With this request, the conditions of all backfills would have " + bytes
					+ " bytes, of " + MAX_CONDITION_BYTES + " at most, because they are stored with each offset. Give "
					+ "fewer or shorter values, name fewer tables, or wait until other backfills are completed.");
		}
	}

	/**
	 * Add tables that are not read already.
	 * @param requested the tables
	 */
	public synchronized void requestUnknown(Collection<TableId> requested) {
		Set<TableId> known = this.tables.stream()
			.filter((table) -> table.listener() == null && table.where().all().isEmpty())
			.map(TableBackfill::table)
			.collect(Collectors.toSet());
		request(requested.stream().filter((table) -> !known.contains(table)).toList(), null);
	}

	private boolean waits(TableBackfill table) {
		return this.tables.stream()
			.anyMatch((known) -> known.covers(table.table(), table.listener(), table.where().all()));
	}

	/** The store knows these tables. */
	synchronized void stored(List<TableBackfill> saved) {
		saved.forEach(TableBackfill::stored);
		notifyAll();
	}

	/**
	 * Wait for a table, and take part in its reading. Tables that are not read come
	 * first, in their order. Then the one with the fewest readers is shared. The requests
	 * of one table are read one after the other.
	 * @param begin creates the reading of a table
	 * @param chunkSize a table with fewer rows left is not shared
	 * @return the reading, to be ended by {@link #leave}
	 */
	synchronized TableReading join(Function<TableBackfill, TableReading> begin, int chunkSize)
			throws InterruptedException {
		while (true) {
			TableReading reading = next(begin, chunkSize);
			if (reading != null) {
				reading.join();
				return reading;
			}
			Set<TableId> read = read();
			long rest = this.tables.stream()
				.filter((table) -> !table.isPaused() && !read.contains(table.table()))
				.mapToLong(TableBackfill::rest)
				.min()
				.orElse(Long.MAX_VALUE);
			// Zero would wait without a limit
			TimeUnit.NANOSECONDS.timedWait(this, Math.max(rest, MILLISECOND));
		}
	}

	private Set<TableId> read() {
		return this.tables.stream()
			.filter((table) -> table.reading() != null)
			.map(TableBackfill::table)
			.collect(Collectors.toSet());
	}

	private @Nullable TableReading next(Function<TableBackfill, TableReading> begin, int chunkSize) {
		List<TableBackfill> wanted = this.tables.stream().filter((table) -> !table.isPaused()).toList();
		Set<TableId> read = read();
		for (TableBackfill table : wanted) {
			if (table.rest() <= 0 && !read.contains(table.table())) {
				TableReading reading = begin.apply(table);
				table.readBy(reading);
				return reading;
			}
		}
		return wanted.stream()
			.map(TableBackfill::reading)
			.filter((reading) -> reading != null && reading.acceptsReader(chunkSize))
			.min(Comparator.comparingInt(TableReading::readers))
			.orElse(null);
	}

	/**
	 * Leave the reading of a table.
	 * @param closed whether the run of the engine has ended
	 */
	synchronized void leave(TableReading reading, boolean closed) {
		TableBackfill table = reading.table();
		if (reading.leave() && table.isReadBy(reading)) {
			table.readBy(null);
			reading.ended(closed);
			notifyAll();
		}
	}

	/** Whether to read more of a table now. */
	synchronized boolean continues(TableBackfill table) {
		return !table.isPaused() && this.tables.contains(table);
	}

	/**
	 * Pause or resume the reading of tables.
	 * @param named the tables
	 * @param paused whether to read nothing of them
	 * @return the tables that are not to be read at all; nothing changes if there are any
	 */
	public synchronized Set<TableId> pause(Collection<TableId> named, boolean paused) {
		Set<TableId> unknown = unknown(named);
		if (unknown.isEmpty()) {
			named(named).forEach((table) -> table.pause(paused));
			named.forEach(this::advanced);
			notifyAll();
		}
		return unknown;
	}

	/**
	 * Forget tables. Nobody waits any longer for their requests to be stored.
	 * @param named the tables
	 * @return the tables that are not to be read at all; nothing changes if there are any
	 */
	public synchronized Set<TableId> cancel(Collection<TableId> named) {
		Set<TableId> unknown = unknown(named);
		if (unknown.isEmpty()) {
			List<TableBackfill> canceled = named(named);
			this.tables.removeAll(canceled);
			named.forEach(this::advanced);
			stored(canceled);
		}
		return unknown;
	}

	/**
	 * Remember what is known of tables, in case a change cannot be stored.
	 * @param named the tables
	 * @return takes back what is changed of them later
	 */
	public synchronized Runnable undo(Collection<TableId> named) {
		Map<TableBackfill, Boolean> paused = new LinkedHashMap<>();
		named(named).forEach((table) -> paused.put(table, table.isPaused()));
		return () -> {
			synchronized (this) {
				List<TableBackfill> known = List.copyOf(this.tables);
				paused.forEach((table, was) -> {
					table.pause(was);
					// A start meanwhile has read from the store what is to be read
					if (!table.isCompleted() && known.stream().noneMatch(table::isSameRequest)) {
						this.tables.add(table);
						if (table.isReadToEnd()) {
							completed(table);
						}
					}
				});
				notifyAll();
			}
		};
	}

	/**
	 * Return whether rows of a table are to be read.
	 */
	synchronized boolean contains(TableBackfill table) {
		return this.tables.contains(table);
	}

	/**
	 * Return the tables whose reading is paused.
	 * @param named the tables to look for
	 * @return those of them that are paused
	 */
	public synchronized Set<TableId> paused(Collection<TableId> named) {
		return named(named).stream()
			.filter(TableBackfill::isPaused)
			.map(TableBackfill::table)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private Set<TableId> unknown(Collection<TableId> named) {
		Set<TableId> unknown = new TreeSet<>(named);
		this.tables.forEach((table) -> unknown.remove(table.table()));
		return unknown;
	}

	private List<TableBackfill> named(Collection<TableId> named) {
		return this.tables.stream().filter((table) -> named.contains(table.table())).toList();
	}

	/**
	 * Return what Debezium reads before it streams.
	 * @return the snapshot
	 */
	public InitialSnapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * Return what is done of the tables.
	 * @return the tables that are not read to the end, in their order, those of a
	 * snapshot first
	 */
	public synchronized List<Status> status() {
		return Stream.concat(this.snapshot.status().stream(), this.tables.stream().map(TableBackfill::status)).toList();
	}

	/** All rows of a table up to a later one were handled. */
	synchronized void advanced(TableId table) {
		this.advances.merge(table, 1L, Long::sum);
	}

	/**
	 * How often rows of a table were handled, or what is to be read of it was changed.
	 * While this number remains the same, the next row of it to be delivered is the same.
	 * @param table the table
	 * @return the number, which only grows
	 */
	public synchronized long advances(TableId table) {
		return this.advances.getOrDefault(table, 0L);
	}

	/**
	 * A table is read, or cannot be read any more. Nobody waits for it to be stored: a
	 * small table is read before the first offset is stored.
	 * @return whether it is completed; {@code false} if it was canceled meanwhile
	 */
	synchronized boolean completed(TableBackfill table) {
		boolean wanted = this.tables.remove(table);
		table.readToEnd();
		advanced(table.table());
		table.stored();
		notifyAll();
		if (wanted) {
			table.completed();
			tell(table.step(true));
		}
		return wanted;
	}

	/**
	 * A table cannot be read now, and must not hold up the others.
	 * @return when it is tried again
	 */
	synchronized Duration postpone(TableBackfill table, String problem) {
		Duration pause = table.failed(problem);
		if (this.tables.remove(table)) {
			this.tables.add(table);
		}
		return pause;
	}

	/**
	 * Return how far the tables are read, to be stored with the offset.
	 * @return the tables that are not read to the end
	 */
	public synchronized BackfillSave save() {
		return new BackfillSave(this, List.copyOf(this.tables));
	}

	/**
	 * Continue what a former run has stored, in this or in another process. What is
	 * stored replaces what this process knows, because another instance may have read
	 * tables meanwhile. Requests that were never stored remain.
	 * @param stored what is stored
	 */
	public synchronized void resume(List<BackfillProgress> stored) {
		List<TableBackfill> unstored = this.tables.stream().filter((table) -> !table.isStored()).toList();
		this.tables.clear();
		List<TableBackfill> resumed = stored.stream().map(TableBackfill::resume).toList();
		this.tables.addAll(resumed);
		for (TableBackfill table : unstored) {
			// The answer of the store may have been lost
			if (resumed.stream().anyMatch(table::isSameRequest) || waits(table)) {
				table.stored();
			}
			else {
				// A former run has to end its reading, and reads no more
				table.readBy(null);
				this.tables.add(table);
			}
		}
		notifyAll();
	}

	/**
	 * Forget the tables that are no longer captured, or not received by their listener.
	 * @param captured the captured tables
	 * @param receives whether a listener receives the rows of a table
	 * @return the tables that were forgotten
	 */
	public synchronized Set<TableId> retain(Set<TableId> captured, BiPredicate<String, TableId> receives) {
		Set<TableId> forgotten = new TreeSet<>();
		this.tables.removeIf((table) -> {
			String listener = table.listener();
			boolean received = captured.contains(table.table())
					&& (listener == null || receives.test(listener, table.table()));
			if (!received) {
				forgotten.add(table.table());
			}
			return !received;
		});
		forgotten.forEach(this::advanced);
		return forgotten;
	}

	/**
	 * Tables that were requested together.
	 */
	public final class Request {

		private final List<TableBackfill> added;

		private final List<TableBackfill> waiting;

		private Request(List<TableBackfill> added, List<TableBackfill> waiting) {
			this.added = added;
			this.waiting = waiting;
		}

		/**
		 * Wait until the request is stored, so that it survives the end of the process.
		 * @param timeout how long to wait
		 * @return whether it is stored
		 * @throws InterruptedException if the thread is interrupted
		 */
		public boolean awaitStored(Duration timeout) throws InterruptedException {
			long deadline = System.nanoTime() + timeout.toNanos();
			synchronized (Backfill.this) {
				while (!isStored()) {
					long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
					if (rest <= 0) {
						return false;
					}
					Backfill.this.wait(rest);
				}
				return true;
			}
		}

		private boolean isStored() {
			return Stream.concat(this.added.stream(), this.waiting.stream()).allMatch(TableBackfill::isStored);
		}

		/** Withdraw what is not stored of it. */
		public void withdraw() {
			synchronized (Backfill.this) {
				Backfill.this.tables.removeIf((table) -> this.added.contains(table) && !table.isStored());
			}
		}

	}

}
