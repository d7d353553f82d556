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

package io.github.cdcspring;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A call of a listener that a {@link CdcListenerInterceptor} intercepts. For a batch, the
 * properties are those of its first event.
 *
 * @since 0.1.0
 */
public interface CdcListenerCall {

	/**
	 * Return the listener that is called.
	 * @return the listener's id
	 */
	String listener();

	/**
	 * Return the engine that feeds the listener.
	 * @return the engine's name
	 */
	String engine();

	/**
	 * Return the number of events in the call.
	 * @return 1, or the size of the batch
	 */
	int events();

	/**
	 * Return the number of the attempt.
	 * @return the attempt, 1 for the first one
	 */
	int attempt();

	/**
	 * Return the operation.
	 * @return the operation
	 */
	Operation operation();

	/**
	 * Return the table.
	 * @return the table, {@code null} for a logical message
	 */
	@Nullable TableId table();

	/**
	 * Return the row's key.
	 * @return the key, {@code null} if there is none
	 */
	@Nullable RowKey key();

	/**
	 * Return the LSN of the change.
	 * @return the LSN
	 */
	Lsn lsn();

	/**
	 * Return the event's position, which stays the same when the event is delivered
	 * again.
	 * @return the position, {@code null} for a row that a snapshot read
	 */
	@Nullable EventPosition position();

	/**
	 * Return the transaction.
	 * @return the transaction's id, {@code null} for a row that a snapshot read
	 */
	@Nullable Long transactionId();

	/**
	 * Return the time at which the transaction committed.
	 * @return the time; for a snapshot, the time at which the row was read
	 */
	@Nullable Instant commitTime();

	/**
	 * Return the arguments of the listener.
	 * @return the arguments, unmodifiable
	 */
	List<@Nullable Object> arguments();

	/**
	 * Call the next interceptor, or the listener.
	 * @throws Throwable the exception of the listener
	 */
	void proceed() throws Throwable;

}
