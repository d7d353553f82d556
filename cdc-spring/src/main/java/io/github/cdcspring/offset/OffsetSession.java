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

package io.github.cdcspring.offset;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * The position of one engine while it runs: what is acknowledged goes through here to the
 * store, and what Debezium reads comes from here.
 *
 * @since 0.1.0
 */
public final class OffsetSession {

	private final RetryTemplate retry = new RetryTemplate(
			RetryPolicy.builder().maxRetries(3).delay(Duration.ofMillis(200)).multiplier(3).build());

	private final String engine;

	private final OffsetStore store;

	private final Clock clock;

	private volatile Optional<StoredOffset> current;

	private volatile boolean held;

	private volatile Lsn released = Lsn.ZERO;

	private @Nullable LastSeenSlot lastSeenSlot;

	/**
	 * Begin a session with what the store holds.
	 * @param engine the engine
	 * @param store the store
	 * @param clock tells when a position was stored
	 * @throws OffsetStoreException if the store cannot be read
	 */
	public OffsetSession(String engine, OffsetStore store, Clock clock) {
		this.engine = engine;
		this.store = store;
		this.clock = clock;
		this.current = store.load(engine);
		this.lastSeenSlot = this.current.map(StoredOffset::slot).orElse(null);
	}

	/**
	 * The position as the store holds it. Does not wait for a store that hangs.
	 * @return the position, empty if there is none
	 */
	public Optional<StoredOffset> current() {
		return this.current;
	}

	/**
	 * Whether the position outlives the application.
	 * @return {@code true} if it does
	 */
	public boolean isDurable() {
		return this.store.isDurable();
	}

	/**
	 * Remember what was seen of the slot, to be stored with the next position.
	 * @param lastSeenSlot what was seen while everything handled was stored
	 */
	public synchronized void recordSlot(@Nullable LastSeenSlot lastSeenSlot) {
		if (lastSeenSlot != null) {
			this.lastSeenSlot = lastSeenSlot;
		}
	}

	/**
	 * Store what was seen of a slot that is ahead of the position, if it was not seen
	 * there before.
	 * @param lastSeenSlot what was seen while everything handled was stored
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void recordSlotAhead(LastSeenSlot lastSeenSlot) {
		StoredOffset offset = this.current.orElse(null);
		this.lastSeenSlot = lastSeenSlot;
		if (offset != null && lastSeenSlot.confirmedFlushLsn().isAfter(offset.lsn()) && (offset.slot() == null
				|| lastSeenSlot.confirmedFlushLsn().isAfter(offset.slot().confirmedFlushLsn()))) {
			save(offset.lsn(), offset.position());
		}
	}

	/**
	 * Let Debezium see the position only as far as the application released it, for
	 * Debezium flushes to the slot what it sees.
	 */
	public synchronized void hold() {
		this.held = true;
	}

	/**
	 * Release the position up to an LSN.
	 * @param lsn where to
	 * @return what is released now: never more than what is stored
	 */
	public synchronized Lsn release(Lsn lsn) {
		Lsn stored = this.current.map(StoredOffset::lsn).orElse(Lsn.ZERO);
		Lsn target = lsn.isAfter(stored) ? stored : lsn;
		if (target.isAfter(this.released)) {
			this.released = target;
		}
		return this.released;
	}

	/**
	 * How far the position is released.
	 * @return the LSN, {@link Lsn#ZERO} if it never was
	 */
	public Lsn released() {
		return this.released;
	}

	/**
	 * Whether Debezium sees the position only as far as it is released.
	 * @return {@code true} if it is held
	 */
	public boolean isHeld() {
		return this.held;
	}

	/**
	 * Go on as if no position were stored; what the store holds stays until the next one
	 * is saved.
	 */
	public synchronized void forget() {
		this.current = Optional.empty();
	}

	/**
	 * Store a position, trying again a few times.
	 * @param lsn where to go on
	 * @param position what Debezium needs to go on from there, as JSON text
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void save(Lsn lsn, String position) {
		store(new StoredOffset(lsn, position, this.lastSeenSlot, false, this.clock.instant()));
	}

	/**
	 * Store that the engine stopped in order.
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void stoppedInOrder() {
		this.current.ifPresent((offset) -> store(
				new StoredOffset(offset.lsn(), offset.position(), this.lastSeenSlot, true, this.clock.instant())));
	}

	private void store(StoredOffset offset) {
		try {
			this.retry.execute(() -> {
				this.store.save(this.engine, offset);
				return offset;
			});
			this.current = Optional.of(offset);
		}
		catch (RetryException ex) {
			throw new OffsetStoreException("The position of engine '" + this.engine
					+ "' could not be stored, so delivery stops: " + ex.getCause().getMessage(), ex.getCause());
		}
	}

}
