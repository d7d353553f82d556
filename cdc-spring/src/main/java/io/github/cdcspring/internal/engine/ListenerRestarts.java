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

package io.github.cdcspring.internal.engine;

import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * The restarts after a listener's failure, until the event that it failed at is
 * processed. The stored offset tells that of an event of the stream. A row of a backfill
 * is processed when the backfill of its table has advanced.
 */
final class ListenerRestarts {

	private final EngineSettings settings;

	private final ToLongFunction<TableId> backfillAdvances;

	private final RestartBackOff backOff;

	/** The failure of a listener at an event that is not processed yet. */
	private @Nullable EngineFailure unprocessed;

	/** How far the tables of existing rows were when the listener failed at these. */
	private Map<TableId, Long> failedAt = Map.of();

	/**
	 * Create the restarts.
	 * @param backfillAdvances counts how often the backfill of a table has advanced;
	 * negative if the engine reads no existing rows
	 */
	ListenerRestarts(EngineSettings settings, ToLongFunction<TableId> backfillAdvances) {
		this.settings = settings;
		this.backfillAdvances = backfillAdvances;
		this.backOff = new RestartBackOff(settings.listener().restart());
	}

	/**
	 * A listener's failure does not pass if the engine was restarted often enough.
	 */
	EngineFailure judge(EngineFailure failure) {
		Integer maxAttempts = this.settings.listener().restart().maxAttempts();
		if (failure.processedPast() == null || maxAttempts == null || this.backOff.attempt() < maxAttempts) {
			return failure;
		}
		return failure.afterRestarts(maxAttempts, this.settings.property("listener.restart.max-attempts"));
	}

	/**
	 * Remember the failure, and return the back-off whose delay comes next.
	 */
	RestartBackOff failed(EngineFailure failure) {
		this.unprocessed = failure;
		this.failedAt = failure.backfilled()
			.stream()
			.collect(Collectors.toMap((table) -> table, this.backfillAdvances::applyAsLong));
		return this.backOff;
	}

	/**
	 * Take note of a stored offset.
	 * @return whether the event is processed that a listener failed at
	 */
	boolean stored(Lsn lsn) {
		Lsn processedPast = (this.unprocessed != null) ? this.unprocessed.processedPast() : null;
		if (processedPast == null || !isPast(processedPast, lsn)) {
			return false;
		}
		this.unprocessed = null;
		this.backOff.reset();
		return true;
	}

	private boolean isPast(Lsn failed, Lsn stored) {
		if (this.failedAt.isEmpty() || this.failedAt.containsValue(-1L)) {
			return stored.isAfter(failed);
		}
		return this.failedAt.entrySet()
			.stream()
			.allMatch((table) -> this.backfillAdvances.applyAsLong(table.getKey()) > table.getValue());
	}

	/**
	 * The failure at an event that is not processed yet, {@code null} if there is none.
	 */
	@Nullable EngineFailure unprocessed() {
		return this.unprocessed;
	}

}
