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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches where the driver moves the slot while the engine receives from it, and
 * remembers it with the offset: a slot that is ahead at the next start, but not further
 * than it was seen, was moved by this consumer and has passed over no event. While the
 * engine receives nobody else can move it.
 */
final class SlotTracker implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SlotTracker.class);

	private final EngineSettings settings;

	private final SourceDatabase source;

	private final OffsetSession session;

	private final ReplicationStateReader reader = new ReplicationStateReader(Duration.ofSeconds(1), null);

	private @Nullable Connection connection;

	SlotTracker(EngineSettings settings, SourceDatabase source, OffsetSession session) {
		this.settings = settings;
		this.source = source;
		this.session = session;
	}

	/**
	 * Look at the slot, and store what was seen if it has moved ahead. Called while
	 * everything received is handled and stored.
	 */
	void look() {
		if (this.settings.lsnFlushMode() == LsnFlushMode.CONNECTOR_AND_DRIVER) {
			sight();
		}
	}

	/**
	 * Look at the slot that the engine has just left, in any mode: by what is remembered
	 * of it a slot that is recreated meanwhile is told apart.
	 */
	void lookAtTheEnd() {
		sight();
	}

	private synchronized void sight() {
		try {
			ReplicationState positions = read();
			LastSeenSlot lastSeenSlot = positions.lastSeenSlot(null);
			if (lastSeenSlot != null) {
				this.session.sightedAhead(lastSeenSlot);
			}
		}
		catch (SQLException ex) {
			logger.debug("The slot cannot be looked at now: {}", ex.getMessage());
			close();
		}
	}

	private ReplicationState read() throws SQLException {
		if (this.connection == null) {
			this.connection = this.source.connect();
		}
		return this.reader.read(this.connection, this.settings.slot().name(), this.session.current().orElse(null));
	}

	@Override
	public synchronized void close() {
		if (this.connection != null) {
			try {
				this.connection.close();
			}
			catch (SQLException ex) {
				logger.debug("A connection could not be closed: {}", ex.getMessage());
			}
			this.connection = null;
		}
	}

}
