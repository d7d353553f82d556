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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that failed in all attempts, without the data of its events.
 *
 * @param listener the id of the listener that failed
 * @param table the table of the event, or of the first one; {@code null} for a message
 * @param lsn the LSN of that event
 * @param attempts calls of the listener
 * @param exception the class of the exception that ended the last attempt
 */
public record FailedDelivery(String listener, @Nullable TableId table, Lsn lsn, int attempts, String exception) {

	/**
	 * Describe a delivery.
	 * @return the description, {@code null} if no listener is to blame alone
	 */
	static @Nullable FailedDelivery of(DeliveryAttempt delivery, Throwable failure) {
		ListenerInvoker listener = delivery.nextListener();
		Change first = delivery.changes().get(0);
		return (listener != null) ? new FailedDelivery(listener.endpoint().id(), first.table(), first.lsn(),
				delivery.failures(), failure.getClass().getName()) : null;
	}

}
