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

import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.listener.ListenerGroup;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.KeyHash;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the engine, or parks or skips the event, as the failed listener or the engine's
 * settings say.
 */
public final class DefaultListenerErrorHandler implements ListenerErrorHandler {

	private static final Logger logger = LoggerFactory.getLogger(DefaultListenerErrorHandler.class);

	private final String engine;

	private final OnFailure onFailure;

	private final @Nullable ParkedEventQueues parkedQueues;

	private final boolean splitsBatches;

	private final boolean repeatsSnapshots;

	private final AtomicBoolean inSnapshot = new AtomicBoolean();

	private final LongAdder skippedEvents = new LongAdder();

	/**
	 * Create an error handler.
	 * @param engine the engine's name
	 * @param onFailure the action for listeners that declare none
	 * @param parkedQueues the parked events, {@code null} if no listener parks events
	 * @param splitsBatches whether the events of a failed batch are delivered one by one
	 * @param repeatsSnapshots whether an interrupted snapshot starts again, so that its
	 * parked rows are delivered again. Otherwise each row is delivered once.
	 */
	public DefaultListenerErrorHandler(String engine, OnFailure onFailure, @Nullable ParkedEventQueues parkedQueues,
			boolean splitsBatches, boolean repeatsSnapshots) {
		this.engine = engine;
		this.onFailure = onFailure;
		this.parkedQueues = parkedQueues;
		this.splitsBatches = splitsBatches;
		this.repeatsSnapshots = repeatsSnapshots;
	}

	@Override
	public void prepare() {
		if (this.parkedQueues != null) {
			this.parkedQueues.store().prepare();
		}
	}

	@Override
	public void start(long epoch) {
		this.inSnapshot.set(false);
		if (this.parkedQueues != null) {
			this.parkedQueues.store().useEpoch(epoch);
			this.parkedQueues.open();
		}
	}

	@Override
	public Duration longestStoreCall() {
		return (this.parkedQueues != null) ? this.parkedQueues.store().longestCall() : Duration.ZERO;
	}

	@Override
	public long skippedEvents() {
		return this.skippedEvents.sum();
	}

	@Override
	public boolean parkBehind(ListenerGroup group, Change change) {
		ParkedEventQueues parkedQueues = this.parkedQueues;
		if (parkedQueues == null) {
			return false;
		}
		// Rows of a backfill have no LSN, and it continues
		if (this.repeatsSnapshots && change.snapshot() && !change.lsn().equals(Lsn.ZERO)) {
			removePreviousSnapshot(parkedQueues);
		}
		if (parkedQueues.isEmpty()) {
			return false;
		}
		requireKey(change);
		ParkedKey key = new ParkedKey(group.name(), KeyHash.of(change));
		if (!parkedQueues.parkBehind(key, () -> NewParkedEvent.of(key, change))) {
			return false;
		}
		logger.debug("Engine '{}' parks {} of {}, key {}, LSN {} behind an earlier event of its key", this.engine,
				change.operation(), change.table(), key.keyHash(), change.lsn());
		return true;
	}

	/**
	 * The replica identity was changed while the engine was running. The next start
	 * refuses it.
	 */
	private void requireKey(Change change) {
		TableId table = change.table();
		if (table != null && change.hasIncompleteKey()) {
			throw new StoreException("The key of " + change.operation() + " of " + table + " at LSN " + change.lsn()
					+ " is incomplete, so engine '" + this.engine + "' does not know whether an earlier "
					+ "event of the row is parked. Run: ALTER TABLE " + SqlQuoting.table(table)
					+ " REPLICA IDENTITY FULL;", null);
		}
	}

	/**
	 * An interrupted snapshot starts again and reads every row again.
	 */
	private void removePreviousSnapshot(ParkedEventQueues parkedQueues) {
		if (this.inSnapshot.get()) {
			return;
		}
		synchronized (this.inSnapshot) {
			if (!this.inSnapshot.get()) {
				int removed = parkedQueues.store().removeSnapshot();
				if (removed > 0) {
					logger.info("Engine '{}' starts a snapshot and has removed {} parked rows of the previous one",
							this.engine, removed);
				}
				this.inSnapshot.set(true);
			}
		}
	}

	@Override
	public Outcome handle(Delivery delivery, ListenerFailedException failure) {
		Throwable cause = failure.getCause();
		if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
			return Outcome.STOP;
		}
		return switch (actionFor(delivery)) {
			case STOP -> Outcome.STOP;
			case PARK -> park(delivery, failure);
			case SKIP -> skip(delivery, failure);
		};
	}

	@Override
	public OnFailure actionFor(Delivery delivery) {
		ListenerEndpoint failed = delivery.currentListener();
		return (failed != null) ? actionFor(failed)
				: delivery.listeners()
					.stream()
					.map(this::actionFor)
					.min(Comparator.naturalOrder())
					.orElse(this.onFailure);
	}

	private OnFailure actionFor(ListenerEndpoint listener) {
		OnFailure own = listener.onFailure();
		return (own != null) ? own : this.onFailure;
	}

	private Outcome park(Delivery delivery, ListenerFailedException failure) {
		ParkedEventQueues parkedQueues = this.parkedQueues;
		if (parkedQueues == null) {
			return Outcome.STOP;
		}
		int attempts = delivery.attempt() - 1;
		for (Change change : delivery.changes()) {
			requireKey(change);
			ParkedKey key = new ParkedKey(delivery.group().name(), KeyHash.of(change));
			parkedQueues.park(NewParkedEvent.of(key, change), attempts, ParkedFailure.of(delivery, failure));
		}
		logger.warn(
				"Engine '{}' parked an event. {}. Later events of its key are parked behind it. Fix the cause, "
						+ "then replay or discard the events of the key.",
				this.engine, failure.problem(), failure.loggableCause());
		return Outcome.PARKED;
	}

	private Outcome skip(Delivery delivery, ListenerFailedException failure) {
		this.skippedEvents.add(delivery.changes().size());
		logger.warn("Engine '{}' skips an event. {}. The listener does not receive the event again.", this.engine,
				failure.problem(), failure.loggableCause());
		return Outcome.SKIP;
	}

	@Override
	public boolean splitsBatches() {
		return this.splitsBatches;
	}

}
