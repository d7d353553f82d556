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
 * One call of a listener, as a {@link CdcListenerInterceptor} sees it. Of a batch, the
 * facts are those of its first event.
 *
 * @since 0.1.0
 */
public interface CdcListenerCall {

	/**
	 * The listener that is called.
	 * @return its id
	 */
	String listener();

	/**
	 * The engine that feeds the listener.
	 * @return the engine's name
	 */
	String engine();

	/**
	 * How many events the call hands over.
	 * @return 1, or the size of the batch
	 */
	int events();

	/**
	 * How often the listener is called for this, this time included.
	 * @return the attempt, 1 for the first
	 */
	int attempt();

	/**
	 * What happened.
	 * @return the operation
	 */
	Operation operation();

	/**
	 * The table.
	 * @return the table, {@code null} for a logical message
	 */
	@Nullable TableId table();

	/**
	 * The row's key.
	 * @return the key, {@code null} where there is none
	 */
	@Nullable RowKey key();

	/**
	 * The LSN of the change.
	 * @return the LSN
	 */
	Lsn lsn();

	/**
	 * The event's position, which stays the same when the event is sent again.
	 * @return the position, {@code null} for a row that a snapshot read
	 */
	@Nullable EventPosition position();

	/**
	 * The transaction.
	 * @return its id, {@code null} for a row that a snapshot read
	 */
	@Nullable Long transactionId();

	/**
	 * When the transaction committed.
	 * @return the time; of a snapshot, when the row was read
	 */
	@Nullable Instant commitTime();

	/**
	 * What the listener's parameters are given.
	 * @return the arguments, not to be changed
	 */
	List<@Nullable Object> arguments();

	/**
	 * Call the listener, or the next interceptor.
	 * @throws Throwable what the listener threw
	 */
	void proceed() throws Throwable;

}
