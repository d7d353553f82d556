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

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine keeps of single events, beside its position.
 *
 * @param errorHandler decides about those that failed
 * @param parkedQueues the parked ones, {@code null} if none is parked
 * @param transaction the transactions that listeners work in, {@code null} for none
 * @param processedEvents the applied ones, {@code null} if that is not kept
 */
public record KeptEvents(DefaultListenerErrorHandler errorHandler, @Nullable ParkedEventQueues parkedQueues,
		@Nullable IdempotentTransaction transaction, @Nullable ProcessedEvents processedEvents) {

	private static final Logger logger = LoggerFactory.getLogger(KeptEvents.class);

	/**
	 * Nothing is kept.
	 * @param engine the engine's name
	 * @return an engine's part that stops where a listener fails
	 */
	public static KeptEvents none(String engine) {
		return new KeptEvents(new DefaultListenerErrorHandler(engine, OnFailure.STOP, null, false), null, null, null);
	}

	/**
	 * Begin to receive.
	 * @param stored the stored position
	 * @throws CdcException if what is kept cannot be read, or not in the listeners'
	 * transactions
	 */
	public void open(Lsn stored) {
		this.errorHandler.open();
		if (this.transaction != null && this.processedEvents != null) {
			this.transaction.check();
			this.processedEvents.forgetUntil(stored);
		}
	}

	/**
	 * A position was stored: what lies before it is not sent again.
	 * @param stored the position
	 */
	public void stored(Lsn stored) {
		if (this.processedEvents == null) {
			return;
		}
		try {
			this.processedEvents.forgetUntil(stored);
		}
		catch (CdcException ex) {
			// The next time does it, too
			logger.warn("{}", ex.getMessage());
		}
	}

}
