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

package io.github.cdcspring.internal.offset;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.StoreCalls;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetFencedException;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.OffsetStoreException;
import io.github.cdcspring.offset.OffsetTakeover;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * The position of one engine while it runs: what is acknowledged goes through here to the
 * store, and what Debezium reads comes from here.
 */
public final class OffsetSession {

	/** A store that hangs is not asked again in the same run. */
	private static final Duration RETRY_TIMEOUT = Duration.ofSeconds(5);

	private final RetryTemplate retry = new RetryTemplate(RetryPolicy.builder()
		.maxRetries(3)
		.delay(Duration.ofMillis(200))
		.multiplier(3)
		.timeout(RETRY_TIMEOUT)
		.excludes(OffsetFencedException.class)
		.build());

	private final OffsetKey key;

	private final OffsetStore store;

	private final Clock clock;

	private final StoreCalls calls = new StoreCalls();

	private volatile Optional<StoredOffset> current;

	private volatile @Nullable StoredOffset processed;

	private volatile boolean held;

	private volatile Lsn released = Lsn.ZERO;

	private volatile @Nullable Long epoch;

	private @Nullable LastSeenSlot lastSeenSlot;

	private @Nullable OffsetOrigin origin;

	private volatile @Nullable String timelineStart;

	/** A transaction of which the epoch is known. */
	private long knownTransaction;

	private List<CapturedRelation> relations = List.of();

	/**
	 * Begin a session with what the store holds.
	 * @param key whose position it is
	 * @param store the store
	 * @param clock tells when a position was stored
	 * @throws OffsetStoreException if the store cannot be read
	 */
	public OffsetSession(OffsetKey key, OffsetStore store, Clock clock) {
		this.key = key;
		this.store = store;
		this.clock = clock;
		this.current = Optional.empty();
		reload();
	}

	/**
	 * Read the position again, which another instance may have moved. To be called after
	 * the slot was read: a slot cannot pass an offset that is read later.
	 * @return the position, empty if there is none
	 * @throws OffsetStoreException if the store cannot be read
	 */
	public synchronized Optional<StoredOffset> reload() {
		return use(this.calls.call(() -> this.store.load(this.key)));
	}

	/**
	 * Take the position over, so that no other instance can store any more.
	 * @return the position as it is stored now
	 * @throws OffsetStoreException if the store cannot be read or written
	 */
	public synchronized Optional<StoredOffset> takeOver() {
		OffsetTakeover takeover = this.calls.call(() -> this.store.takeOver(this.key));
		this.epoch = takeover.epoch();
		return use(takeover.offset());
	}

	private Optional<StoredOffset> use(Optional<StoredOffset> stored) {
		this.current = stored;
		this.lastSeenSlot = stored.map(StoredOffset::slot).orElse(null);
		this.relations = stored.map(StoredOffset::relations).orElse(List.of());
		return stored;
	}

	/**
	 * Find positions of the same engine name that belong to other slots.
	 * @return the names of the other slots
	 * @throws OffsetStoreException if the store cannot be read
	 */
	public List<String> otherSlots() {
		return this.store.otherSlots(this.key);
	}

	/**
	 * Check that no other instance has taken over.
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if the store cannot be read
	 */
	public void verify() {
		long epoch = epoch();
		this.calls.call(() -> {
			this.store.verify(this.key, epoch);
			return this.key;
		});
	}

	/**
	 * How long the oldest call of the store has been running. Does not wait for a store
	 * that hangs.
	 * @return the time, zero if none is running
	 */
	public Duration longestStoreCall() {
		return this.calls.longest();
	}

	/**
	 * The epoch of this instance.
	 * @return the epoch
	 * @throws IllegalStateException if the position was not taken over
	 */
	public long epoch() {
		Long epoch = this.epoch;
		if (epoch == null) {
			throw new IllegalStateException("The position of " + this.key + " was not taken over");
		}
		return epoch;
	}

	/**
	 * Set the history from which this run receives; every position that it stores is of
	 * this history. The last transaction of the current position remains known.
	 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
	 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
	 * @param timelineStart where the timeline began, {@code null} if that is not known
	 * @param nextTransaction the next transaction of the cluster, with its epoch
	 */
	public synchronized void receiveFrom(String systemIdentifier, int timeline, @Nullable String timelineStart,
			long nextTransaction) {
		this.knownTransaction = nextTransaction;
		receiveFrom(systemIdentifier, timeline);
		this.timelineStart = timelineStart;
	}

	/**
	 * Set the history from which this run continues to receive after a promotion.
	 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
	 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
	 */
	public synchronized void receiveFrom(String systemIdentifier, int timeline) {
		if (!receivesFrom(systemIdentifier, timeline)) {
			this.timelineStart = null;
		}
		Long last = this.current.map(StoredOffset::origin)
			.filter((origin) -> origin.systemIdentifier().equals(systemIdentifier))
			.map(OffsetOrigin::transactionId)
			.orElse(null);
		this.origin = new OffsetOrigin(systemIdentifier, timeline, last);
	}

	/**
	 * Return whether the positions of this run are of a history.
	 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
	 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
	 * @return {@code true} if they are
	 */
	public synchronized boolean receivesFrom(String systemIdentifier, int timeline) {
		OffsetOrigin origin = this.origin;
		return origin != null && origin.systemIdentifier().equals(systemIdentifier) && origin.timeline() == timeline;
	}

	/**
	 * Where the timeline began from which the run receives.
	 * @return the timeline and the LSN, {@code null} if that is not known
	 */
	public @Nullable String timelineStart() {
		return this.timelineStart;
	}

	/**
	 * Set the captured relations. They are stored with the position as it is if there is
	 * one, and with each later position.
	 * @param relations the relations
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if they could not be stored
	 */
	public synchronized void recordRelations(List<CapturedRelation> relations) {
		recordRelations(relations, this.current.map(StoredOffset::position).orElse(null));
	}

	/**
	 * Set the captured relations, and store them at once with the position.
	 * @param relations the relations
	 * @param position what Debezium needs to resume from the LSN of the present position,
	 * as JSON text; {@code null} if there is none
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if they could not be stored
	 */
	public synchronized void recordRelations(List<CapturedRelation> relations, @Nullable String position) {
		this.relations = List.copyOf(relations);
		StoredOffset offset = this.current.orElse(null);
		if (offset != null && position != null
				&& !(offset.relations().equals(this.relations) && offset.position().equals(position))) {
			savePosition(position);
		}
	}

	/**
	 * The relations that were captured up to the current position.
	 * @return the relations, empty if there is no position or they were not recorded
	 */
	public synchronized List<CapturedRelation> relations() {
		return this.current.map(StoredOffset::relations).orElse(List.of());
	}

	/**
	 * The position as the store holds it. Does not wait for a store that hangs.
	 * @return the position, empty if there is none
	 */
	public Optional<StoredOffset> current() {
		return this.current;
	}

	/**
	 * The last position that was to be stored in this session, even if the store did not
	 * take it. It shows what this process has processed.
	 * @return the position, empty if none was to be stored
	 */
	public Optional<StoredOffset> processed() {
		return Optional.ofNullable(this.processed);
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
	 * @param lastSeenSlot what was seen while everything processed was stored
	 */
	public synchronized void recordSlot(@Nullable LastSeenSlot lastSeenSlot) {
		if (lastSeenSlot != null) {
			this.lastSeenSlot = lastSeenSlot;
		}
	}

	/**
	 * Store what was seen of the slot with the position as it is.
	 * @param lastSeenSlot what was seen while everything processed was stored
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void storeSlot(LastSeenSlot lastSeenSlot) {
		this.lastSeenSlot = lastSeenSlot;
		this.current.ifPresent((offset) -> storeAgain(offset, false));
	}

	/**
	 * Store what was seen of a slot that is ahead of the position, if it was not seen
	 * there before.
	 * @param lastSeenSlot what was seen while everything processed was stored
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void recordSlotAhead(LastSeenSlot lastSeenSlot) {
		StoredOffset offset = this.current.orElse(null);
		this.lastSeenSlot = withCreation(lastSeenSlot);
		if (offset != null && lastSeenSlot.confirmedFlushLsn().isAfter(offset.lsn()) && (offset.slot() == null
				|| lastSeenSlot.confirmedFlushLsn().isAfter(offset.slot().confirmedFlushLsn()))) {
			storeAgain(offset, false);
		}
	}

	/** The creation of a slot is known before any position is stored. */
	private LastSeenSlot withCreation(LastSeenSlot now) {
		LastSeenSlot before = this.lastSeenSlot;
		if (now.createdAtLsn() != null || before == null || !before.slotName().equals(now.slotName())
				|| !before.systemIdentifier().equals(now.systemIdentifier())) {
			return now;
		}
		return new LastSeenSlot(now.systemIdentifier(), now.timeline(), now.slotName(), now.confirmedFlushLsn(),
				before.createdAtLsn(), now.decodedTransactions(), now.serverStartedAt());
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
	 * Continue as if no position were stored. The stored position remains until the next
	 * one is saved.
	 */
	public synchronized void forget() {
		this.current = Optional.empty();
	}

	/**
	 * Store a position that is not the end of a known transaction.
	 * @param lsn where to resume
	 * @param position what Debezium needs to resume from there, as JSON text
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if it could not be stored
	 */
	public void save(Lsn lsn, String position) {
		save(lsn, position, null);
	}

	/**
	 * Store a position, trying again a few times.
	 * @param lsn where to resume
	 * @param position what Debezium needs to resume from there, as JSON text
	 * @param transactionId the last transaction that was processed, as in the stream;
	 * {@code null} if there was none since the last position
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void save(Lsn lsn, String position, @Nullable Long transactionId) {
		StoredOffset offset = new StoredOffset(lsn, position, originAfter(transactionId), this.lastSeenSlot,
				this.relations, false, this.clock.instant());
		this.processed = offset;
		store(offset);
	}

	/** A heartbeat has no transaction, but proves nothing against the last one. */
	private @Nullable OffsetOrigin originAfter(@Nullable Long transactionId) {
		OffsetOrigin origin = this.origin;
		if (origin != null && transactionId != null) {
			origin = origin.after(transactionId, this.knownTransaction);
			this.knownTransaction = Objects.requireNonNull(origin.transactionId());
			this.origin = origin;
		}
		return origin;
	}

	/**
	 * Store what Debezium needs to resume from the LSN of the present position.
	 * @param position what Debezium needs, as JSON text
	 * @throws IllegalStateException if there is no position
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void savePosition(String position) {
		StoredOffset offset = this.current
			.orElseThrow(() -> new IllegalStateException("There is no position of " + this.key));
		store(new StoredOffset(offset.lsn(), position, offset.origin(), this.lastSeenSlot, this.relations, false,
				offset.storedAt()));
	}

	/**
	 * Store that the engine stopped in an orderly way.
	 * @throws OffsetStoreException if it could not be stored
	 */
	public synchronized void stoppedInOrder() {
		this.current.ifPresent((offset) -> storeAgain(offset, true));
	}

	/** What is new is the view of the slot: the position keeps its own history. */
	private void storeAgain(StoredOffset offset, boolean clean) {
		store(new StoredOffset(offset.lsn(), offset.position(), offset.origin(), this.lastSeenSlot, this.relations,
				clean, this.clock.instant()));
	}

	private void store(StoredOffset offset) {
		long epoch = epoch();
		try {
			this.calls.call(() -> this.retry.execute(() -> {
				this.store.save(this.key, epoch, offset);
				return offset;
			}));
			this.current = Optional.of(offset);
		}
		catch (RetryException ex) {
			if (ex.getCause() instanceof OffsetFencedException fenced) {
				throw fenced;
			}
			throw new OffsetStoreException("The position of " + this.key + " could not be stored, so delivery stops: "
					+ ex.getCause().getMessage(), ex.getCause());
		}
	}

}
