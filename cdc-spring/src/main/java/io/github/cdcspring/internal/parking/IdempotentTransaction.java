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

package io.github.cdcspring.internal.parking;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.DeliveryAdvice;
import io.github.cdcspring.internal.listener.ListenerCommitException;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.StoreCalls;
import io.github.cdcspring.internal.support.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs the listeners of a delivery in a transaction that also registers its events as
 * processed. An event that is delivered again is found registered and is not processed
 * twice. Rows of a snapshot are not registered, because the next snapshot reads them
 * again.
 */
public final class IdempotentTransaction implements DeliveryAdvice {

	private static final Logger logger = LoggerFactory.getLogger(IdempotentTransaction.class);

	private static final DefaultTransactionDefinition DEFINITION = new DefaultTransactionDefinition();

	static {
		DEFINITION.setName("cdc");
	}

	private final PlatformTransactionManager transactions;

	private final DataSource dataSource;

	private final ProcessedEvents processedEvents;

	private final StoreCalls calls = new StoreCalls();

	/**
	 * Create an advice.
	 * @param transactions manages the transactions
	 * @param dataSource the database of the processed events, which the transactions must
	 * be on
	 * @param processedEvents the processed events
	 */
	public IdempotentTransaction(PlatformTransactionManager transactions, DataSource dataSource,
			ProcessedEvents processedEvents) {
		this.transactions = transactions;
		this.dataSource = JdbcTable.targetOf(dataSource);
		this.processedEvents = processedEvents;
	}

	@Override
	public void prepare() {
		this.processedEvents.prepare();
	}

	/**
	 * {@inheritDoc}
	 * @throws CdcException if the transactions are on another DataSource than the
	 * processed events
	 */
	@Override
	public void start(Lsn storedLsn, long epoch) {
		this.processedEvents.useEpoch(epoch);
		this.transactions.rollback(begin());
		this.processedEvents.forgetUntil(storedLsn);
	}

	@Override
	public void offsetStored(Lsn storedLsn) {
		try {
			this.processedEvents.forgetUntil(storedLsn);
		}
		catch (CdcException ex) {
			logger.warn("Processed events could not be removed up to LSN {}. The next attempt removes them too. {}",
					storedLsn, ex.getMessage());
		}
	}

	@Override
	public Duration longestStoreCall() {
		return Collections.max(List.of(this.calls.longest(), this.processedEvents.longestCall()));
	}

	@Override
	public void around(Delivery delivery, Listeners listeners) throws Throwable {
		TransactionStatus status = begin();
		try {
			List<Change> unprocessed = register(delivery);
			if (!unprocessed.isEmpty()) {
				listeners.call(unprocessed);
			}
		}
		catch (Throwable ex) {
			rollback(status, ex);
			throw ex;
		}
		commit(status);
	}

	/** A commit may fail because of what a listener wrote, or because of the database. */
	private void commit(TransactionStatus status) {
		try {
			this.calls.call(() -> {
				this.transactions.commit(status);
				return status;
			});
		}
		catch (RuntimeException | Error ex) {
			throw CommitFailure.isOfListener(ex) ? new ListenerCommitException(ex) : storeFailure("committed", ex);
		}
	}

	private static StoreException storeFailure(String action, Throwable ex) {
		return new StoreException("The transaction of an event could not be " + action + " (" + ex.getClass().getName()
				+ "), so the event was not processed and will be delivered again. Check the "
				+ "database of cdc.listener.transactional=true.", ex);
	}

	private TransactionStatus begin() {
		TransactionStatus status = open();
		if (!TransactionSynchronizationManager.hasResource(this.dataSource)) {
			this.transactions.rollback(status);
			throw new CdcException("cdc.listener.transactional=true needs transactions on the DataSource that stores "
					+ "the offset, but " + this.transactions.getClass().getName()
					+ " manages transactions of another one. Mark the DataSource and its transaction manager as "
					+ "primary.");
		}
		return status;
	}

	private TransactionStatus open() {
		try {
			return this.calls.call(() -> this.transactions.getTransaction(DEFINITION));
		}
		catch (RuntimeException | Error ex) {
			throw storeFailure("begun", ex);
		}
	}

	private void rollback(TransactionStatus status, Throwable failure) {
		try {
			this.transactions.rollback(status);
		}
		catch (RuntimeException | Error ex) {
			failure.addSuppressed(ex);
		}
	}

	/** Register the events, and return those that were not registered before. */
	private List<Change> register(Delivery delivery) {
		List<Change> changes = delivery.changes();
		String group = delivery.group().name();
		if (changes.size() == 1) {
			Change change = changes.get(0);
			return (change.snapshot() || this.processedEvents.register(group, change.position())) ? changes : List.of();
		}
		Set<EventPosition> registered = this.processedEvents.register(group,
				changes.stream().filter((change) -> !change.snapshot()).map(Change::position).toList());
		List<Change> unprocessed = new ArrayList<>(changes.size());
		for (Change change : changes) {
			if (change.snapshot() || registered.contains(change.position())) {
				unprocessed.add(change);
			}
		}
		return unprocessed;
	}

}
