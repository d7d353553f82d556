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

import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.DeliveryAdvice;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedEventStore;
import io.github.cdcspring.internal.parking.ParkedFailure;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers parked events again, with the same retries, interceptors and advice as a
 * normal delivery, and removes each one: in the listeners' transaction if there is one,
 * else after the listeners have returned. Serves one thread.
 */
final class ParkedEventReplayer implements ParkedEventQueues.Replayer, ListenerErrorHandler {

	private static final Logger logger = LoggerFactory.getLogger(ParkedEventReplayer.class);

	private final String engine;

	private final ParkedEventStore store;

	private final ListenerSet listeners;

	private final DeliveryOptions options;

	private @Nullable ParkedEvent event;

	private @Nullable ParkedFailure failure;

	private int attempts;

	ParkedEventReplayer(String engine, ParkedEventStore store, ListenerSet listeners) {
		this.engine = engine;
		this.store = store;
		this.listeners = listeners;
		DeliveryAdvice advice = listeners.options().advice();
		this.options = new DeliveryOptions((advice != null) ? removingIn(advice) : null, this,
				listeners.options().interceptors());
	}

	/** Remove the event in the transaction of its listeners. */
	private DeliveryAdvice removingIn(DeliveryAdvice advice) {
		return (delivery, deliveryListeners) -> advice.around(delivery, (changes) -> {
			deliveryListeners.call(changes);
			remove();
		});
	}

	private void remove() {
		ParkedEvent event = this.event;
		if (event != null) {
			this.store.remove(event.id());
		}
	}

	@Override
	public @Nullable ParkedFailure replay(ParkedEventStore.Stored stored) {
		ParkedEvent event = stored.event();
		this.event = event;
		this.failure = null;
		this.attempts = 0;
		this.store.verify();
		try {
			Change change = RecordDecoder.fromJson(stored.text());
			if (!deliver(event, change)) {
				String only = change.listener();
				return fail(event, new ParkedFailure(null, "no listener " + ((only != null) ? "'" + only + "' " : "")
						+ "of group '" + event.key().group() + "' subscribes to the event"));
			}
			remove();
			logger.info("Engine '{}' has replayed parked event {}: {} of {}, key {}, LSN {}", this.engine, event.id(),
					event.operation(), event.table(), event.key().keyHash(), event.position().lsn());
			return null;
		}
		catch (ListenerFailedException ex) {
			ParkedFailure failure = this.failure;
			return fail(event, (failure != null) ? failure : new ParkedFailure(null, ex.causeType()));
		}
		catch (IllegalArgumentException ex) {
			return fail(event, new ParkedFailure(null, "damaged event: " + ex.getMessage()));
		}
	}

	private boolean deliver(ParkedEvent event, Change change) {
		ParkedFailure last = event.failure();
		// In a transaction, the work of the listeners before the failed one was rolled
		// back
		String from = (last != null && this.options.advice() == null) ? last.listener() : null;
		return this.listeners.deliver(change, event.key().group(), this.options, from);
	}

	private ParkedFailure fail(ParkedEvent event, ParkedFailure failure) {
		this.store.failedAgain(event.id(), this.attempts, failure);
		return failure;
	}

	@Override
	public Outcome handle(Delivery delivery, ListenerFailedException failure) {
		ListenerErrorHandler handler = this.listeners.options().errorHandler();
		if (handler.actionFor(delivery) == OnFailure.SKIP) {
			return handler.handle(delivery, failure);
		}
		this.attempts += delivery.attempt() - 1;
		this.failure = ParkedFailure.of(delivery, failure);
		ParkedEvent event = this.event;
		logger.warn(
				"Engine '{}' could not replay parked event {}, which stays parked. {}. Fix the cause, then replay or "
						+ "discard the event",
				this.engine, (event != null) ? event.id() : null, failure.problem(), failure.loggableCause());
		return Outcome.STOP;
	}

}
