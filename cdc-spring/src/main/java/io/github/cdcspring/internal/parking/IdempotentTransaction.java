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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.DeliveryAdvice;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.support.JdbcTable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * One transaction around the listeners of a delivery, in which their work and the claim
 * on its events commit together: what was applied is known when it is sent again.
 *
 */
public final class IdempotentTransaction implements DeliveryAdvice {

	private static final DefaultTransactionDefinition DEFINITION = new DefaultTransactionDefinition();

	static {
		DEFINITION.setName("cdc");
	}

	private final PlatformTransactionManager transactions;

	private final DataSource dataSource;

	private final ProcessedEvents processedEvents;

	/**
	 * Create a scope.
	 * @param transactions begins and ends the transactions
	 * @param dataSource the database of the claims, whose transactions they must be
	 * @param processedEvents the claims
	 */
	public IdempotentTransaction(PlatformTransactionManager transactions, DataSource dataSource,
			ProcessedEvents processedEvents) {
		this.transactions = transactions;
		this.dataSource = JdbcTable.targetOf(dataSource);
		this.processedEvents = processedEvents;
	}

	/**
	 * Try a transaction.
	 * @throws CdcException if it is on another DataSource than the claims
	 */
	void check() {
		this.transactions.rollback(begin());
	}

	@Override
	public void around(Delivery delivery, Listeners listeners) throws Throwable {
		TransactionStatus status = begin();
		try {
			List<Change> changes = unapplied(delivery);
			if (!changes.isEmpty()) {
				listeners.receive(changes);
			}
		}
		catch (Throwable ex) {
			rollback(status, ex);
			throw ex;
		}
		this.transactions.commit(status);
	}

	private TransactionStatus begin() {
		TransactionStatus status = this.transactions.getTransaction(DEFINITION);
		if (!TransactionSynchronizationManager.hasResource(this.dataSource)) {
			this.transactions.rollback(status);
			throw new CdcException("cdc.listener.transactional=true needs transactions of the DataSource that holds "
					+ "the positions, but those of " + this.transactions.getClass().getName()
					+ " are of another one. Mark the DataSource and its transaction manager as primary.");
		}
		return status;
	}

	private void rollback(TransactionStatus status, Throwable failure) {
		try {
			this.transactions.rollback(status);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

	/** Rows of a snapshot are not claimed: a snapshot taken anew has them anew. */
	private List<Change> unapplied(Delivery delivery) {
		List<Change> changes = delivery.changes();
		String group = delivery.group().name();
		if (changes.size() == 1) {
			Change change = changes.get(0);
			return (change.snapshot() || this.processedEvents.claim(group, change.position())) ? changes : List.of();
		}
		Set<EventPosition> claimed = this.processedEvents.claim(group,
				changes.stream().filter((change) -> !change.snapshot()).map(Change::position).toList());
		List<Change> unapplied = new ArrayList<>(changes.size());
		for (Change change : changes) {
			if (change.snapshot() || claimed.contains(change.position())) {
				unapplied.add(change);
			}
		}
		return unapplied;
	}

}
