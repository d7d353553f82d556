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
 * A server at one moment.
 *
 * @param versionNumber {@code server_version_num}, such as {@code 180001} for 18.1
 * @param version {@code server_version}, such as {@code 18.1}
 * @param currentLsn the server LSN: the end of the written WAL, on a standby the end of
 * the replayed WAL
 * @param inRecovery whether the server is a standby
 * @param timeline the timeline
 * @param systemIdentifier the identifier of the cluster, as {@code IDENTIFY_SYSTEM}
 * prints it
 * @param walLevel {@code wal_level}
 * @param maxReplicationSlots {@code max_replication_slots}
 * @param maxWalSenders {@code max_wal_senders}
 * @param synchronizedStandbySlots {@code synchronized_standby_slots}, {@code null} before
 * PostgreSQL 17
 * @param startedAt when the server last started or recovered from a crash: since then it
 * has kept its memory and its statistics
 */
public record ServerState(int versionNumber, String version, Lsn currentLsn, boolean inRecovery, int timeline,
		String systemIdentifier, String walLevel, int maxReplicationSlots, int maxWalSenders,
		@Nullable String synchronizedStandbySlots, Instant startedAt) {

	/**
	 * The major version, such as 18.
	 */
	public int majorVersion() {
		return this.versionNumber / 10_000;
	}

}
