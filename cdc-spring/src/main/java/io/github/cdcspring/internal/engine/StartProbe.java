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

import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.StartLock;
import io.github.cdcspring.internal.support.KeptConnection;

/**
 * Tells whether a start may succeed now. Cheap enough to be asked often by an engine that
 * is on standby, or that has lost its server.
 */
final class StartProbe {

	/** A server that needs longer to accept a connection does not answer yet. */
	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

	/** Classes are loaded once for all engines. */
	private final EngineLog log;

	private final SourceDatabase source;

	private final StartLock startLock;

	/** Asks whether the slot is free while the engine is on standby. */
	private final KeptConnection standby;

	StartProbe(EngineContext context) {
		this.log = context.log();
		this.source = context.source().within(ANSWER_TIMEOUT);
		this.startLock = new StartLock(context.settings().slot().name());
		this.standby = new KeptConnection(this.source);
	}

	/** Whether the server, or the primary among several, accepts a connection now. */
	boolean isServerAnswering() {
		try (Connection connection = this.source.connect()) {
			return true;
		}
		catch (SQLException ex) {
			this.log.unanswered(ex);
			return false;
		}
	}

	/**
	 * Whether no other instance receives from the slot. Asked over a connection that is
	 * kept until {@link #endStandby}.
	 */
	boolean isSlotFree() {
		synchronized (this.standby) {
			try {
				return this.standby.query(this.startLock::isFree);
			}
			catch (SQLException ex) {
				// The next preparation tells
				return false;
			}
		}
	}

	void endStandby() {
		synchronized (this.standby) {
			this.standby.close();
		}
	}

}
