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

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ExactKey;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that the stream has changed in transactions that the last snapshot
 * does not show. The stream has delivered a newer version of such a row than the chunk
 * contains.
 */
final class RecordedChanges {

	/** So many keys and transactions are kept. With more, any row may have changed. */
	static final int MAX_SIZE = 100_000;

	private final TableId table;

	private final Map<Long, Transaction> transactions = new HashMap<>();

	private @Nullable TransactionSnapshot snapshot;

	private int size;

	/** Grows with each change. */
	private long state;

	/** The newest transaction whose changes are not kept. */
	private @Nullable Long forgotten;

	/**
	 * The form of the keys of all events of the table that may be in flight, {@code null}
	 * if they may have others, too.
	 */
	private @Nullable List<String> form;

	RecordedChanges(TableId table) {
		this.table = table;
	}

	/** The stream delivers an event. */
	synchronized void add(Change change) {
		Long id = change.transactionId();
		if (id == null || !this.table.equals(change.table())) {
			return;
		}
		if (this.form != null && (change.isBarrier() || !this.form.equals(form(change)))) {
			this.form = null;
		}
		if (this.snapshot != null && this.snapshot.shows(id)) {
			return;
		}
		if (inserts(change) && !change.isBarrier()) {
			// The row is not in the chunk
			return;
		}
		this.state++;
		Transaction transaction = this.transactions.get(id);
		if (transaction == null) {
			transaction = new Transaction();
			this.transactions.put(id, transaction);
			this.size++;
		}
		this.size += transaction.add(change);
		if (this.size > MAX_SIZE) {
			this.transactions.keySet().forEach(this::forget);
			this.transactions.clear();
			this.size = 0;
		}
	}

	private static List<String> form(Change change) {
		List<ExactKey> keys = change.exactKeys();
		return keys.isEmpty() ? List.of() : keys.get(0).form();
	}

	/**
	 * Rows are about to be delivered. Their order relative to events of their key is that
	 * of the stream only if the keys have the same form. An index may have come and gone
	 * between two chunks.
	 * @param form the form of the rows' keys
	 * @return whether keys of events in flight may have another form, so that the rows
	 * have to wait for all of them
	 */
	synchronized boolean mayMeetOtherForms(List<String> form) {
		boolean others = !form.equals(this.form);
		this.form = form;
		return others;
	}

	private static boolean inserts(Change change) {
		return change.operation() == Operation.CREATE && change.previousOrderingKey() == null;
	}

	/** Ids of transactions wrap around after 32 bits. */
	private void forget(Long id) {
		Long newest = this.forgotten;
		this.forgotten = (newest == null || (int) (id - newest) > 0) ? id : newest;
	}

	/**
	 * All chunks from now on are read under this snapshot or a later one, so they contain
	 * what it shows.
	 */
	synchronized void shownBy(TransactionSnapshot snapshot) {
		this.state++;
		this.snapshot = snapshot;
		this.transactions.keySet().removeIf(snapshot::shows);
		this.size = this.transactions.values().stream().mapToInt((transaction) -> 1 + transaction.keys.size()).sum();
		if (this.forgotten != null && snapshot.showsAllUpTo(this.forgotten)) {
			this.forgotten = null;
		}
	}

	/** A number that is the same only while what is recorded is. */
	synchronized long state() {
		return this.state;
	}

	/**
	 * Whether a change may have touched any row, so that the chunk has to be read again.
	 */
	synchronized boolean mayHaveChangedAnyRow() {
		return this.forgotten != null
				|| this.transactions.values().stream().anyMatch((transaction) -> transaction.anyRow);
	}

	/** The keys of the changed rows. */
	synchronized Set<ExactKey> keys() {
		Set<ExactKey> keys = new HashSet<>();
		this.transactions.values().forEach((transaction) -> keys.addAll(transaction.keys));
		return keys;
	}

	/**
	 * What one transaction has changed.
	 */
	private static final class Transaction {

		private final Set<ExactKey> keys = new HashSet<>();

		private boolean anyRow;

		/**
		 * A barrier truncates the table, has an unknown key, or follows a change of the
		 * table's columns.
		 * @return how many more keys are kept
		 */
		int add(Change change) {
			int size = this.keys.size();
			List<ExactKey> keys = change.exactKeys();
			this.anyRow |= change.isBarrier() || keys.isEmpty();
			if (!this.anyRow) {
				this.keys.addAll(keys);
			}
			return this.keys.size() - size;
		}

	}

}
