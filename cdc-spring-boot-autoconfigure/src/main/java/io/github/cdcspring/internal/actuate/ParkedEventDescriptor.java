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

package io.github.cdcspring.internal.actuate;

import java.time.Instant;

import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.internal.parking.ParkedFailure;
import org.jspecify.annotations.Nullable;

/**
 * Description of a parked event, without its data.
 *
 * @param id the id of the event
 * @param listeners the listeners that the event is parked for: {@code *} for all that
 * take single events, otherwise the id of one that takes lists
 * @param table the table, or the prefix of a logical message
 * @param keyHash a hash of the row's key
 * @param operation the operation
 * @param lsn the LSN of the change
 * @param transactionId the transaction, {@code null} in a snapshot
 * @param snapshot whether a snapshot read the row
 * @param parkedAt when the event was parked
 * @param attempts calls of the listener in all, 0 for an event that waits for an earlier
 * one of its key
 * @param failedListener the listener that failed last
 * @param failure the class of the exception that it threw
 * @param failedAt when it failed
 */
public record ParkedEventDescriptor(long id, String listeners, String table, String keyHash, Operation operation,
		String lsn, @Nullable Long transactionId, boolean snapshot, Instant parkedAt, int attempts,
		@Nullable String failedListener, @Nullable String failure, @Nullable Instant failedAt) {

	static ParkedEventDescriptor of(ParkedEvent event) {
		ParkedFailure failure = event.failure();
		long transactionId = event.position().transactionId();
		return new ParkedEventDescriptor(event.id(), event.key().group(), event.table(), event.key().keyHash(),
				event.operation(), event.position().lsn().toString(), (transactionId != 0) ? transactionId : null,
				event.snapshot(), event.parkedAt(), event.attempts(), (failure != null) ? failure.listener() : null,
				(failure != null) ? failure.type() : null, event.failedAt());
	}

}
