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
import java.util.Locale;

import io.github.cdcspring.internal.listener.InvalidListenerException;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.parking.DefaultListenerErrorHandler;
import io.github.cdcspring.internal.parking.IdempotentTransaction;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ProcessedEvents;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;

/**
 * Makes what an engine keeps of single events, and refuses what it could not keep.
 */
class KeptEventsFactory {

	private final @Nullable ApplicationDatabase database;

	private final OffsetStores stores;

	KeptEventsFactory(@Nullable ApplicationDatabase database, OffsetStores stores) {
		this.database = database;
		this.stores = stores;
	}

	KeptEvents create(EngineSettings settings, List<ListenerEndpoint> listeners) {
		EngineSettings.FailureHandling failure = settings.listener().failure();
		ParkedEventQueues parkedQueues = parking(settings, listeners);
		boolean decides = decides(failure, listeners, OnFailure.PARK) || decides(failure, listeners, OnFailure.SKIP);
		DefaultListenerErrorHandler errorHandler = new DefaultListenerErrorHandler(settings.name(), failure.onFailure(),
				parkedQueues, decides);
		if (!failure.transactional()) {
			return new KeptEvents(errorHandler, parkedQueues, null, null);
		}
		ProcessedEvents processedEvents = applied(settings);
		return new KeptEvents(errorHandler, parkedQueues, scope(settings, processedEvents), processedEvents);
	}

	private static boolean decides(EngineSettings.FailureHandling failure, List<ListenerEndpoint> listeners,
			OnFailure what) {
		return failure.onFailure() == what || listeners.stream().anyMatch((listener) -> listener.onFailure() == what);
	}

	private @Nullable ParkedEventQueues parking(EngineSettings settings, List<ListenerEndpoint> listeners) {
		EngineSettings.FailureHandling failure = settings.listener().failure();
		if (!decides(failure, listeners, OnFailure.PARK)) {
			return null;
		}
		refuseWholeTransactions(settings, listeners);
		ApplicationDatabase database = this.database;
		if (database == null || !database.hasDataSource()) {
			throw new InvalidCdcPropertyException(settings.property("listener.on-failure"), "is 'park'"
					+ ((failure.onFailure() != OnFailure.PARK) ? " for " + parker(listeners).describe() : "")
					+ ", but the application has no DataSource to park events in, or several and none of them primary.",
					"Add 'spring-boot-starter-jdbc' and set 'spring.datasource.url', mark one DataSource as primary, or "
							+ "use 'stop' or 'skip'.");
		}
		try {
			return database.parking(settings);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(settings.property("listener.parked-table"),
					"is wrong: " + ex.getMessage() + ".", "Mend the name.");
		}
	}

	/**
	 * Of a transaction that is parked, the events would come back one by one, and later
	 * ones would overtake them.
	 */
	private static void refuseWholeTransactions(EngineSettings settings, List<ListenerEndpoint> listeners) {
		for (ListenerEndpoint listener : listeners) {
			OnFailure own = listener.onFailure();
			OnFailure action = (own != null) ? own : settings.listener().failure().onFailure();
			if (listener.wholeTransactions() && action == OnFailure.PARK) {
				throw new InvalidListenerException(
						"Listener " + listener.describe() + " takes whole transactions, which cannot be parked",
						"Let it take events or lists of them, or set @CdcListener(onFailure = \"stop\") or \"skip\".");
			}
		}
	}

	private static ListenerEndpoint parker(List<ListenerEndpoint> listeners) {
		return listeners.stream()
			.filter((listener) -> listener.onFailure() == OnFailure.PARK)
			.findFirst()
			.orElseThrow();
	}

	private ProcessedEvents applied(EngineSettings settings) {
		String property = settings.property("listener.transactional");
		ApplicationDatabase database = this.database;
		if (database == null || settings.offset().store() != OffsetStoreType.JDBC || this.stores.isForeign()) {
			throw new InvalidCdcPropertyException(property,
					"is true, but the position is not kept in the listeners' database: 'cdc.offset.store' is "
							+ (this.stores.isForeign() ? "a bean of the application"
									: "'" + settings.offset().store().name().toLowerCase(Locale.ROOT) + "'")
							+ ".",
					"Use 'cdc.offset.store=jdbc' with the DataSource that the listeners write to, or leave it out.");
		}
		if (settings.offsetMismatchStrategy() == OffsetMismatchStrategy.TRUST_SLOT) {
			throw new InvalidCdcPropertyException(property,
					"is true, but 'cdc.offset-mismatch-strategy=trust_slot' has events sent again that the stored "
							+ "position has passed, which nobody would know as applied.",
					"Use 'no_validation', 'trust_offset' or 'trust_greater_lsn', or leave it out.");
		}
		try {
			return database.appliedEvents(settings);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(settings.property("listener.processed-table"),
					"is wrong: " + ex.getMessage() + ".", "Mend the name.");
		}
	}

	private IdempotentTransaction scope(EngineSettings settings, ProcessedEvents processedEvents) {
		ApplicationDatabase database = this.database;
		IdempotentTransaction scope = (database != null) ? database.transactions(processedEvents) : null;
		if (scope == null) {
			throw new InvalidCdcPropertyException(settings.property("listener.transactional"),
					"is true, but the application has no transaction manager, or several and none of them primary.",
					"Let Spring Boot make one for the DataSource, or declare a PlatformTransactionManager bean.");
		}
		return scope;
	}

}
