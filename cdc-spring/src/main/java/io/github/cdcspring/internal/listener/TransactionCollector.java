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

package io.github.cdcspring.internal.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Collects the events of a transaction for a listener of whole transactions. Rows of a
 * snapshot have no transaction and are collected until the next flush.
 */
final class TransactionCollector {

	private final long maxBytes;

	private final Consumer<Transaction> onComplete;

	private @Nullable Transaction transaction;

	/**
	 * Create a collector.
	 * @param maxBytes the maximum size of a transaction in bytes
	 * @param onComplete receives each complete transaction
	 */
	TransactionCollector(long maxBytes, Consumer<Transaction> onComplete) {
		this.maxBytes = maxBytes;
		this.onComplete = onComplete;
	}

	void add(Route route, Change change, Runnable completion) {
		Transaction transaction = this.transaction;
		if (transaction != null && !Objects.equals(transaction.id, change.transactionId())) {
			end();
			transaction = null;
		}
		if (transaction == null) {
			transaction = new Transaction(route, change.transactionId());
			this.transaction = transaction;
		}
		transaction.changes.add(change);
		transaction.completions.add(completion);
		transaction.bytes += change.size();
		if (transaction.id == null) {
			if (transaction.changes.size() >= SequentialDispatcher.MAX_BATCH || transaction.bytes > this.maxBytes) {
				end();
			}
		}
		else if (transaction.bytes > this.maxBytes) {
			throw tooLarge(transaction, change);
		}
	}

	private ListenerFailedException tooLarge(Transaction transaction, Change change) {
		String problem = transaction.route.listeners()[0].endpoint() + " takes whole transactions, but transaction "
				+ transaction.id + ", from LSN " + transaction.changes.get(0).lsn() + ", is larger than "
				+ this.maxBytes + " bytes, reached after " + transaction.changes.size() + " events at "
				+ ListenerInvoker.describe(change);
		return new ListenerFailedException(problem,
				"Nothing of the transaction is acknowledged. Raise cdc.listener.max-transaction-size and the heap, or "
						+ "remove 'wholeTransactions' from the listener.",
				new IllegalStateException(problem));
	}

	/** The transaction is complete. */
	void end() {
		Transaction transaction = this.transaction;
		this.transaction = null;
		if (transaction != null) {
			this.onComplete.accept(transaction);
		}
	}

	/**
	 * The events of the transaction come again, so those that were collected are
	 * complete.
	 */
	void restart() {
		Transaction transaction = this.transaction;
		if (transaction != null && transaction.id != null) {
			this.transaction = null;
			transaction.run();
		}
	}

	/** No more events are available now. */
	void flush() {
		if (this.transaction != null && this.transaction.id == null) {
			end();
		}
	}

	/**
	 * The collected events.
	 */
	static final class Transaction implements Runnable {

		private final Route route;

		private final @Nullable Long id;

		private final List<Change> changes = new ArrayList<>();

		private final List<Runnable> completions = new ArrayList<>();

		private long bytes;

		Transaction(Route route, @Nullable Long id) {
			this.route = route;
			this.id = id;
		}

		Route route() {
			return this.route;
		}

		List<Change> changes() {
			return this.changes;
		}

		long bytes() {
			return this.bytes;
		}

		/** Complete all events of the transaction. */
		@Override
		public void run() {
			this.completions.forEach(Runnable::run);
		}

	}

}
