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

package io.github.cdcspring.internal.startup.check;

import java.util.List;

import io.github.cdcspring.engine.Violation;

/**
 * A standby takes no write, and the heartbeat is one.
 */
final class StandbyCheck implements ServerCheck {

	@Override
	public String id() {
		return "standby-server";
	}

	@Override
	public String risk() {
		return "No heartbeat can be written, so that the slot stalls while no captured table changes, and the publication cannot be changed.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		if (!context.server().standby()) {
			return List.of();
		}
		return List.of(context.settings()
			.violation(id(),
					"The server is a standby, which takes no write: no heartbeat can be written, so that replication slot '"
							+ context.slotName()
							+ "' stalls while no captured table changes, and the server keeps all WAL.",
					"Connect to the primary: set " + context.settings().name("connection.url")
							+ ", with targetServerType=primary where it names several hosts.",
					"connection.url"));
	}

}
