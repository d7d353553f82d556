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

package io.github.cdcspring.internal.startup;

import java.time.Instant;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Where a slot resumes on a server that ran without a break. What is known of it holds
 * until the slot moves, or the server is restarted or another one.
 *
 * @param systemIdentifier the cluster
 * @param timeline the timeline
 * @param startedAt since when the server ran without a break
 * @param slotName the slot
 * @param restartLsn the {@code restart_lsn} of the slot
 */
record SlotPosition(String systemIdentifier, int timeline, Instant startedAt, String slotName, Lsn restartLsn) {

	/**
	 * The position of the slot.
	 * @return the position, {@code null} if there is no slot or it has none
	 */
	static @Nullable SlotPosition of(ReplicationState state) {
		SlotState slot = state.slot();
		if (slot == null || slot.restartLsn() == null) {
			return null;
		}
		ServerState server = state.server();
		return new SlotPosition(server.systemIdentifier(), server.timeline(), server.startedAt(), slot.name(),
				slot.restartLsn());
	}

}
