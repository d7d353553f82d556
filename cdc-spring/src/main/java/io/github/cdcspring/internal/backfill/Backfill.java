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

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;

/**
 * The tables of an engine whose existing rows are to be read, in the order of the
 * requests. It outlives the runs of the engine.
 */
public final class Backfill {

	private final Deque<TableBackfill> tables = new ArrayDeque<>();

	/**
	 * Add tables. One that waits already is not read twice.
	 * @param requested the tables
	 */
	public synchronized void request(Collection<TableId> requested) {
		for (TableId table : requested) {
			if (this.tables.stream().noneMatch((waiting) -> waiting.table().equals(table) && !waiting.hasBegun())) {
				this.tables.add(new TableBackfill(table));
			}
		}
		notifyAll();
	}

	/**
	 * Wait for the next table.
	 */
	synchronized TableBackfill next() throws InterruptedException {
		while (this.tables.isEmpty()) {
			wait();
		}
		return this.tables.element();
	}

	/** A table is read, or cannot be read any more. */
	synchronized void completed(TableBackfill table) {
		this.tables.remove(table);
	}

	/** A table cannot be read now, and must not hold up the others. */
	synchronized void postpone(TableBackfill table) {
		if (this.tables.remove(table)) {
			this.tables.add(table);
		}
	}

	/**
	 * Return how far the tables are read, to be stored with the offset.
	 * @return the tables that are not read to the end
	 */
	public synchronized BackfillSave save() {
		return new BackfillSave(List.copyOf(this.tables));
	}

	/**
	 * Continue what a former run has stored, in this or in another process. What is
	 * stored replaces what this process knows, because another instance may have read
	 * tables meanwhile. Requests that were never stored remain.
	 * @param stored what is stored
	 */
	public synchronized void resume(List<BackfillProgress> stored) {
		Set<TableId> known = stored.stream().map(BackfillProgress::table).collect(Collectors.toSet());
		List<TableBackfill> unstored = this.tables.stream().filter((table) -> !table.isStored()).toList();
		this.tables.clear();
		stored.forEach((progress) -> this.tables.add(TableBackfill.resume(progress)));
		for (TableBackfill table : unstored) {
			if (known.contains(table.table())) {
				request(Set.of(table.table()));
			}
			else {
				this.tables.add(table);
			}
		}
		notifyAll();
	}

	/**
	 * Forget the tables that are no longer captured.
	 * @param captured the captured tables
	 * @return the tables that were forgotten
	 */
	public synchronized Set<TableId> retain(Set<TableId> captured) {
		Set<TableId> forgotten = new TreeSet<>();
		this.tables.removeIf((table) -> !captured.contains(table.table()) && forgotten.add(table.table()));
		return forgotten;
	}

}
