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

/**
 * The server as far as positions depend on it.
 *
 * @param versionNumber its version as a number, {@code 180001} for 18.1
 * @param version its version as text
 * @param currentLsn the server LSN: the end of what is written; on a standby, of what is
 * replayed
 * @param inRecovery whether it is a standby
 * @param timeline its timeline
 * @param systemIdentifier the cluster, as {@code IDENTIFY_SYSTEM} prints it
 * @param walLevel its {@code wal_level}
 * @param maxReplicationSlots its {@code max_replication_slots}
 * @param maxWalSenders its {@code max_wal_senders}
 * @param startedAt since when its memory and statistics went on without a break: its
 * start, or its last recovery from a crash
 */
public record ServerState(int versionNumber, String version, Lsn currentLsn, boolean inRecovery, int timeline,
		String systemIdentifier, String walLevel, int maxReplicationSlots, int maxWalSenders, Instant startedAt) {

}
