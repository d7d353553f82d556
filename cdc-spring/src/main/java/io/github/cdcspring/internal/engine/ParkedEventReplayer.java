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

import java.util.List;

import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.DeliveryAdvice;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.listener.Redelivery;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedEventStore;
import io.github.cdcspring.internal.parking.ParkedFailure;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers parked events again, with the same retries and all that stands around a
 * delivery, and removes each one: in the listeners' transaction where there is one, else
 * when they have returned. Serves one thread.
 */
final class ParkedEventReplayer implements ParkedEventQueues.Delivery, ListenerErrorHandler, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ParkedEventReplayer.class);

	private final EmbeddedCdcEngine engine;

	private final ParkedEventStore store;

	private final KeptEvents kept;

	private final Redelivery redelivery;

	private @Nullable ParkedEvent event;

	private @Nullable ParkedFailure failure;

	private int attempts;

	ParkedEventReplayer(EmbeddedCdcEngine engine, ParkedEventStore store, KeptEvents kept,
			List<ListenerEndpoint> endpoints, RowMappers mappers, DeliveryOptions options) {
		this.engine = engine;
		this.store = store;
		this.kept = kept;
		DeliveryAdvice advice = options.advice();
		this.redelivery = new Redelivery(engine.settings(), endpoints, mappers::mapperFor, new DeliveryOptions(
				(advice != null) ? removingIn(advice) : null, this, options.interceptors(), options.observer()));
	}

	/** The event goes with the transaction that applies it. */
	private DeliveryAdvice removingIn(DeliveryAdvice advice) {
		return (delivery, listeners) -> advice.around(delivery, (changes) -> {
			listeners.receive(changes);
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
	public @Nullable ParkedFailure deliver(ParkedEventStore.Stored stored) {
		this.event = stored.event();
		this.failure = null;
		this.attempts = 0;
		try {
			if (!redeliver(stored)) {
				return failed(new ParkedFailure(null,
						"no listener '" + stored.event().key().group() + "' that asks for such an event"));
			}
			remove();
			logger.info("Engine '{}' has delivered parked event {}: {} of {}, key {}, LSN {}", this.engine.name(),
					stored.event().id(), stored.event().operation(), stored.event().table(),
					stored.event().key().keyHash(), stored.event().position().lsn());
			return null;
		}
		catch (ListenerFailedException ex) {
			ParkedFailure failure = this.failure;
			return failed((failure != null) ? failure : new ParkedFailure(null, ex.getClass().getName()));
		}
		catch (IllegalArgumentException ex) {
			return failed(new ParkedFailure(null, "damaged event: " + ex.getMessage()));
		}
	}

	private boolean redeliver(ParkedEventStore.Stored stored) {
		Change change = RecordDecoder.fromJson(stored.text());
		ParkedFailure last = stored.event().failure();
		// What the listeners before did was undone where they work in a transaction
		String from = (last != null && this.kept.transaction() == null) ? last.listener() : null;
		return this.redelivery.deliver(change, stored.event().key().group(), from);
	}

	private ParkedFailure failed(ParkedFailure failure) {
		ParkedEvent event = this.event;
		if (event != null) {
			this.store.failedAgain(event.id(), this.attempts, failure);
			logger.warn("Parked event {} of engine '{}' failed again and keeps its place: {}", event.id(),
					this.engine.name(), failure);
		}
		return failure;
	}

	@Override
	public Outcome failed(Delivery delivery, ListenerFailedException failure) {
		ListenerEndpoint listener = delivery.inHand();
		if (this.kept.errorHandler().actionOf(listener) == OnFailure.SKIP) {
			return this.kept.errorHandler().failed(delivery, failure);
		}
		this.attempts += delivery.attempt() - 1;
		this.failure = new ParkedFailure((listener != null) ? listener.id() : null,
				((failure.getCause() != null) ? failure.getCause() : failure).getClass().getName());
		return Outcome.STOP;
	}

	@Override
	public void close() {
		this.redelivery.close();
	}

}
