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
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that the stream has changed in transactions that the last snapshot
 * does not show. The stream has delivered a newer version of such a row than the chunk
 * contains.
 */
final class RecordedChanges {

	private final TableId table;

	private final Map<Long, Transaction> transactions = new HashMap<>();

	private @Nullable TransactionSnapshot snapshot;

	RecordedChanges(TableId table) {
		this.table = table;
	}

	/** The stream delivers an event. */
	synchronized void add(Change change) {
		Long id = change.transactionId();
		if (id == null || !this.table.equals(change.table())) {
			return;
		}
		if (this.snapshot != null && this.snapshot.shows(id)) {
			return;
		}
		this.transactions.computeIfAbsent(id, (key) -> new Transaction()).add(change);
	}

	/**
	 * All chunks from now on are read under this snapshot or a later one, so they contain
	 * what it shows.
	 */
	synchronized void shownBy(TransactionSnapshot snapshot) {
		this.snapshot = snapshot;
		this.transactions.keySet().removeIf(snapshot::shows);
	}

	/**
	 * Whether a change may have touched any row, so that the chunk has to be read again.
	 */
	synchronized boolean mayHaveChangedAnyRow() {
		return this.transactions.values().stream().anyMatch((transaction) -> transaction.anyRow);
	}

	/** The keys of the changed rows. */
	synchronized Set<Object> keys() {
		Set<Object> keys = new HashSet<>();
		this.transactions.values().forEach((transaction) -> keys.addAll(transaction.keys));
		return keys;
	}

	/**
	 * What one transaction has changed.
	 */
	private static final class Transaction {

		private final Set<Object> keys = new HashSet<>();

		private boolean anyRow;

		/**
		 * An inserted row is not in the chunk, and needs no key. A barrier truncates the
		 * table, has an unknown key, or follows a change of the table's columns.
		 */
		void add(Change change) {
			this.keys.addAll(change.exactKeys());
			this.anyRow |= change.isBarrier()
					|| (change.exactKeys().isEmpty() && change.operation() != Operation.CREATE);
		}

	}

}
