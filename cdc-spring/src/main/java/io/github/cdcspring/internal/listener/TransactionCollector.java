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
 * Collects the events of one transaction for a listener that takes it whole. Rows of a
 * snapshot belong to none and are collected as far as they come.
 */
final class TransactionCollector {

	private final long maxBytes;

	private final Consumer<Transaction> complete;

	private @Nullable Transaction transaction;

	/**
	 * Create a collector.
	 * @param maxBytes how large a transaction may be
	 * @param complete takes a transaction when it is whole
	 */
	TransactionCollector(long maxBytes, Consumer<Transaction> complete) {
		this.maxBytes = maxBytes;
		this.complete = complete;
	}

	void add(Route route, Change change, Runnable handled) {
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
		transaction.handled.add(handled);
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
		return new ListenerFailedException(problem
				+ ". Nothing from its begin on is acknowledged. Raise cdc.listener.max-transaction-size, and the heap "
				+ "with it, or let the listener do without wholeTransactions.", new IllegalStateException(problem));
	}

	/** The transaction is whole. */
	void end() {
		Transaction transaction = this.transaction;
		this.transaction = null;
		if (transaction != null) {
			this.complete.accept(transaction);
		}
	}

	/** Nothing more has come for now. */
	void flush() {
		if (this.transaction != null && this.transaction.id == null) {
			end();
		}
	}

	/**
	 * What was collected.
	 */
	static final class Transaction implements Runnable {

		private final Route route;

		private final @Nullable Long id;

		private final List<Change> changes = new ArrayList<>();

		private final List<Runnable> handled = new ArrayList<>();

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

		/** All of it is handled. */
		@Override
		public void run() {
			this.handled.forEach(Runnable::run);
		}

	}

}
