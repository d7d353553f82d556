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

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.listener.ListenerGroup;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.KeyHash;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops, parks or skips, as the listener that failed or the engine's settings say.
 *
 */
public final class DefaultListenerErrorHandler implements ListenerErrorHandler {

	private static final Logger logger = LoggerFactory.getLogger(DefaultListenerErrorHandler.class);

	private final String engine;

	private final OnFailure onFailure;

	private final @Nullable ParkedEventQueues parkedQueues;

	private final boolean isolates;

	private final AtomicBoolean snapshotSeen = new AtomicBoolean();

	private final LongAdder skipped = new LongAdder();

	/**
	 * Create it.
	 * @param engine the engine's name
	 * @param onFailure what is done where a listener says nothing of its own
	 * @param parkedQueues where events are parked, {@code null} if none ever is
	 * @param isolates whether the event that fails a batch is looked for
	 */
	public DefaultListenerErrorHandler(String engine, OnFailure onFailure, @Nullable ParkedEventQueues parkedQueues,
			boolean isolates) {
		this.isolates = isolates;
		this.engine = engine;
		this.onFailure = onFailure;
		this.parkedQueues = parkedQueues;
	}

	/**
	 * Begin anew: what is sent from now on may be a snapshot that is taken anew.
	 */
	void open() {
		this.snapshotSeen.set(false);
		if (this.parkedQueues != null) {
			this.parkedQueues.open();
		}
	}

	/**
	 * How many events were skipped since the application started.
	 * @return the number
	 */
	public long skipped() {
		return this.skipped.sum();
	}

	@Override
	public boolean putsAside(ListenerGroup group, Change change) {
		ParkedEventQueues parkedQueues = this.parkedQueues;
		if (parkedQueues == null) {
			return false;
		}
		// A row that an incremental snapshot read stands nowhere, and that snapshot goes
		// on
		if (change.snapshot() && !change.lsn().equals(Lsn.ZERO)) {
			forgetLastSnapshot(parkedQueues);
		}
		if (parkedQueues.isEmpty()) {
			return false;
		}
		ParkedKey key = new ParkedKey(group.name(), KeyHash.of(change));
		if (!parkedQueues.parkBehind(key, () -> NewParkedEvent.of(key, change))) {
			return false;
		}
		logger.debug("Engine '{}' parks {} of {}, key {}, LSN {} behind an earlier event of its key", this.engine,
				change.operation(), change.table(), key.keyHash(), change.lsn());
		return true;
	}

	/**
	 * A snapshot that was interrupted is taken anew, and has every row again as it is
	 * now.
	 */
	private void forgetLastSnapshot(ParkedEventQueues parkedQueues) {
		if (this.snapshotSeen.get()) {
			return;
		}
		synchronized (this.snapshotSeen) {
			if (!this.snapshotSeen.get()) {
				int removed = parkedQueues.store().removeSnapshot();
				if (removed > 0) {
					logger.info("Engine '{}' takes a snapshot anew and has let go of {} parked rows of the last one",
							this.engine, removed);
				}
				this.snapshotSeen.set(true);
			}
		}
	}

	@Override
	public Outcome failed(Delivery delivery, ListenerFailedException failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
			return Outcome.STOP;
		}
		ListenerEndpoint listener = delivery.inHand();
		return switch (actionOf(listener)) {
			case STOP -> Outcome.STOP;
			case PARK -> park(delivery,
					new ParkedFailure((listener != null) ? listener.id() : null, cause.getClass().getName()));
			case SKIP -> skip(delivery, failure);
		};
	}

	/**
	 * What is done where a listener failed for good.
	 * @param listener the listener, {@code null} for the transaction around all
	 * @return what is done
	 */
	public OnFailure actionOf(@Nullable ListenerEndpoint listener) {
		OnFailure own = (listener != null) ? listener.onFailure() : null;
		return (own != null) ? own : this.onFailure;
	}

	private Outcome park(Delivery delivery, ParkedFailure failure) {
		ParkedEventQueues parkedQueues = this.parkedQueues;
		if (parkedQueues == null) {
			return Outcome.STOP;
		}
		int attempts = delivery.attempt() - 1;
		for (Change change : delivery.changes()) {
			ParkedKey key = new ParkedKey(delivery.group().name(), KeyHash.of(change));
			parkedQueues.park(NewParkedEvent.of(key, change), attempts, failure);
			logger.warn(
					"Engine '{}' parked {} of {}, key {}, LSN {} after {} attempts: {}. Later events of the key are "
							+ "parked behind it until it is replayed or discarded",
					this.engine, change.operation(), change.table(), key.keyHash(), change.lsn(), attempts, failure);
		}
		return Outcome.PUT_ASIDE;
	}

	private Outcome skip(Delivery delivery, ListenerFailedException failure) {
		ListenerEndpoint listener = delivery.inHand();
		for (Change change : delivery.changes()) {
			this.skipped.increment();
			logger.warn("Engine '{}' skips {} of {}, key {}, LSN {} for {} after {} attempts: {}", this.engine,
					change.operation(), change.table(), KeyHash.of(change), change.lsn(),
					(listener != null) ? listener : "group '" + delivery.group() + "'", delivery.attempt() - 1,
					((failure.getCause() != null) ? failure.getCause() : failure).getClass().getName());
		}
		return Outcome.SKIP;
	}

	@Override
	public boolean isolates() {
		return this.isolates;
	}

}
