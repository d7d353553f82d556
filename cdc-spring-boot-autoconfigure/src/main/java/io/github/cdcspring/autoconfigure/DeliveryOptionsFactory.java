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

package io.github.cdcspring.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.InvalidListenerException;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.parking.DefaultListenerErrorHandler;
import io.github.cdcspring.internal.parking.EpochFence;
import io.github.cdcspring.internal.parking.IdempotentTransaction;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedEventStore;
import io.github.cdcspring.internal.parking.ProcessedEvents;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;

/**
 * Creates the delivery options of each engine, and refuses combinations that cannot work.
 */
class DeliveryOptionsFactory {

	private final List<CdcListenerInterceptor> interceptors;

	private final @Nullable DataSource dataSource;

	private final @Nullable PlatformTransactionManager transactions;

	private final OffsetStores stores;

	DeliveryOptionsFactory(List<CdcListenerInterceptor> interceptors, @Nullable DataSource dataSource,
			@Nullable PlatformTransactionManager transactions, OffsetStores stores) {
		this.interceptors = interceptors;
		this.dataSource = dataSource;
		this.transactions = transactions;
		this.stores = stores;
	}

	DeliveryOptions create(EngineSettings settings, List<ListenerEndpoint> listeners,
			@Nullable ParkedEventQueues parkedQueues) {
		EngineSettings.FailureHandling failure = settings.listener().failure();
		boolean splitsBatches = isUsed(OnFailure.PARK, failure, listeners)
				|| isUsed(OnFailure.SKIP, failure, listeners);
		return new DeliveryOptions(failure.transactional() ? transaction(settings) : null,
				new DefaultListenerErrorHandler(settings.name(), failure.onFailure(), parkedQueues, splitsBatches,
						settings.kafka() == null),
				this.interceptors);
	}

	private IdempotentTransaction transaction(EngineSettings settings) {
		DataSource dataSource = transactionalDataSource(settings);
		ProcessedEvents processedEvents = processedEvents(settings, dataSource);
		return new IdempotentTransaction(transactionManager(settings), dataSource, processedEvents);
	}

	/**
	 * The offset table and the tables of events are in one database if the starter's own
	 * jdbc store is used, so that each statement can compare the epoch itself.
	 */
	private EpochFence fence(EngineSettings settings) {
		EngineSettings.Kafka kafka = settings.kafka();
		if (kafka != null) {
			// Several instances write, each for its partitions, and several groups
			// receive from one slot
			return new EpochFence(new OffsetKey(settings.name(), settings.slot().name() + "@" + kafka.groupId()), null,
					null);
		}
		OffsetKey key = new OffsetKey(settings.name(), settings.slot().name());
		boolean together = settings.offset().store() == OffsetStoreType.JDBC && !this.stores.isOwnedByApplication();
		return new EpochFence(key, this.stores.of(settings.offset()),
				together ? TableName.parse("offset table", settings.offset().jdbcTable()) : null);
	}

	private static boolean isUsed(OnFailure action, EngineSettings.FailureHandling failure,
			List<ListenerEndpoint> listeners) {
		return failure.onFailure() == action
				|| listeners.stream().anyMatch((listener) -> listener.onFailure() == action);
	}

	/**
	 * Create the queues of parked events, {@code null} if no listener parks events.
	 */
	@Nullable ParkedEventQueues parkedQueues(EngineSettings settings, List<ListenerEndpoint> listeners) {
		EngineSettings.FailureHandling failure = settings.listener().failure();
		if (!isUsed(OnFailure.PARK, failure, listeners)) {
			return null;
		}
		refuseWholeTransactions(settings, listeners);
		if (this.dataSource == null) {
			throw new InvalidCdcPropertyException(settings.property("listener.on-failure"), "is 'park'"
					+ ((failure.onFailure() != OnFailure.PARK) ? " for " + parker(listeners).describe() : "")
					+ ", but the application has no DataSource to park events in, or several of which none is primary.",
					"Add 'spring-boot-starter-jdbc' and set 'spring.datasource.url', mark one DataSource as primary, or "
							+ "use 'stop' or 'skip'.");
		}
		try {
			return new ParkedEventQueues(new ParkedEventStore(this.dataSource, failure.parkedTable(),
					failure.createTables(), fence(settings)));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(settings.property("listener.parked-table"),
					"is invalid: " + ex.getMessage() + ".", "Fix the table name.");
		}
	}

	/**
	 * A listener would get the events of a parked transaction one by one, after those of
	 * later transactions.
	 */
	private static void refuseWholeTransactions(EngineSettings settings, List<ListenerEndpoint> listeners) {
		for (ListenerEndpoint listener : listeners) {
			OnFailure own = listener.onFailure();
			OnFailure action = (own != null) ? own : settings.listener().failure().onFailure();
			if (listener.wholeTransactions() && action == OnFailure.PARK) {
				throw new InvalidListenerException(
						"Listener " + listener.describe() + " takes whole transactions, which cannot be parked",
						"Take single events or lists of them, or set @CdcListener(onFailure = \"stop\") or \"skip\".");
			}
		}
	}

	private static ListenerEndpoint parker(List<ListenerEndpoint> listeners) {
		return listeners.stream()
			.filter((listener) -> listener.onFailure() == OnFailure.PARK)
			.findFirst()
			.orElseThrow();
	}

	private DataSource transactionalDataSource(EngineSettings settings) {
		String property = settings.property("listener.transactional");
		if (settings.kafka() != null) {
			if (this.dataSource == null) {
				throw new InvalidCdcPropertyException(property,
						"is true, but the application has no DataSource to register events in, or several of which none "
								+ "is primary.",
						"Add 'spring-boot-starter-jdbc' and set 'spring.datasource.url', or mark one DataSource as "
								+ "primary.");
			}
			return this.dataSource;
		}
		if (this.dataSource == null || settings.offset().store() != OffsetStoreType.JDBC
				|| this.stores.isOwnedByApplication()) {
			throw new InvalidCdcPropertyException(property,
					"is true, but the offset is not stored in the listeners' database: 'cdc.offset.store' is "
							+ (this.stores.isOwnedByApplication() ? "a bean of the application"
									: "'" + LowerCase.of(settings.offset().store()) + "'")
							+ ".",
					"Use 'cdc.offset.store=jdbc' with the DataSource that the listeners write to, or remove the "
							+ "property.");
		}
		if (settings.offsetMismatchStrategy().mayResumeBehindOffset()) {
			throw new InvalidCdcPropertyException(property,
					"is true, but 'cdc.offset-mismatch-strategy=trust_slot' redelivers events that are before the stored "
							+ "offset, whose registration has been deleted.",
					"Use 'no_validation', 'trust_offset' or 'trust_greater_lsn', or remove the property.");
		}
		return this.dataSource;
	}

	private ProcessedEvents processedEvents(EngineSettings settings, DataSource dataSource) {
		EngineSettings.FailureHandling failure = settings.listener().failure();
		try {
			return new ProcessedEvents(dataSource, failure.processedTable(), failure.createTables(), fence(settings));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(settings.property("listener.processed-table"),
					"is invalid: " + ex.getMessage() + ".", "Fix the table name.");
		}
	}

	private PlatformTransactionManager transactionManager(EngineSettings settings) {
		if (this.transactions == null) {
			throw new InvalidCdcPropertyException(settings.property("listener.transactional"),
					"is true, but the application has no transaction manager, or several of which none is primary.",
					"Let Spring Boot create one for the DataSource, or declare a PlatformTransactionManager bean.");
		}
		return this.transactions;
	}

}
