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

import java.sql.SQLException;
import java.time.Duration;

import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records with the offset how far the driver has advanced the slot. If the slot is ahead
 * of the offset at the next start, but not further than recorded, this consumer has moved
 * it and no event was skipped. While the slot is active for the engine, no other process
 * can move it.
 * <p>
 * A slot that is created again after the sending process has ended must not be recorded
 * as this engine's, so only an active slot is recorded while the engine receives. The
 * counter of its transactions tells at the next start that it is another one.
 */
final class SlotTracker {

	private static final Logger logger = LoggerFactory.getLogger(SlotTracker.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final EngineSettings settings;

	private final ReplicationStateConnection connection;

	private final OffsetSession session;

	private final boolean standby;

	private @Nullable LastSeenSlot last;

	private long readAt = System.nanoTime();

	/**
	 * Create a tracker.
	 * @param connection reads the slot
	 * @param standby whether the stream comes from a standby, which may be promoted
	 */
	SlotTracker(EngineSettings settings, ReplicationStateConnection connection, OffsetSession session,
			boolean standby) {
		this.settings = settings;
		this.connection = connection;
		this.session = session;
		this.standby = standby;
		this.last = session.current().map(StoredOffset::slot).orElse(null);
	}

	/**
	 * Record the slot. To be called while every received event is processed and stored.
	 * If the driver advances the slot, or the server may be promoted, a slot that is
	 * ahead is stored. Otherwise it is stored with the next offset, so it need not be
	 * read each time.
	 */
	void record() {
		if (this.standby || this.settings.lsnFlushMode().isFlushedByDriver()) {
			readAndStore(true);
		}
		else if (System.nanoTime() - this.readAt > INTERVAL.toNanos()) {
			this.readAt = System.nanoTime();
			readAndStore(true);
		}
	}

	/**
	 * Find out, before an offset is stored, over which timeline the server has sent what
	 * was processed. Only a standby can change its timeline while it sends. After its
	 * process has ended, the timeline over which it has sent cannot be found out.
	 * @return {@code false} if that cannot be told now
	 */
	synchronized boolean followServer() {
		if (!this.standby) {
			return true;
		}
		try {
			ReplicationState positions = read();
			return followPromotion(positions)
					|| this.session.receivesFrom(positions.server().systemIdentifier(), positions.server().timeline());
		}
		catch (SQLException ex) {
			logger.debug("The timeline cannot be read now: {}", ex.getMessage());
			return false;
		}
	}

	/**
	 * Record the slot after a run, whatever the flush mode. A slot that is recreated
	 * later is recognised by it.
	 */
	void recordAtStop() {
		readAndStore(false);
	}

	private synchronized void readAndStore(boolean receiving) {
		try {
			ReplicationState positions = read();
			followPromotion(positions);
			LastSeenSlot lastSeenSlot = positions.lastSeenSlot(false);
			if (lastSeenSlot != null && isOurs(positions, receiving)) {
				this.last = lastSeenSlot;
				this.session.recordSlotAhead(lastSeenSlot);
			}
		}
		catch (SQLException ex) {
			logger.debug("The slot cannot be read now: {}", ex.getMessage());
		}
	}

	private boolean isOurs(ReplicationState positions, boolean receiving) {
		SlotState slot = positions.slot();
		return slot != null && (!receiving || slot.active()) && !positions.isSlotRecreatedSince(this.last);
	}

	/**
	 * A standby that is promoted keeps its walsender, and sends on over a new timeline.
	 * On any other server the slot is not active for this stream.
	 * @return whether the timeline of the stream is known
	 */
	private boolean followPromotion(ReplicationState positions) {
		SlotState slot = positions.slot();
		boolean sent = this.standby && slot != null && slot.active();
		if (sent) {
			this.session.receiveFrom(positions.server().systemIdentifier(), positions.server().timeline());
		}
		return sent;
	}

	private ReplicationState read() throws SQLException {
		return this.connection.read((connection, reader) -> reader.read(connection, this.settings.slot().name()))
			.withOffset(this.session.current().orElse(null));
	}

}
