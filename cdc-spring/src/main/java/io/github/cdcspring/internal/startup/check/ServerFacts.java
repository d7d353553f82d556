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

import org.jspecify.annotations.Nullable;

/**
 * The server as the engine's role sees it.
 *
 * @param version the major version
 * @param walLevel {@code wal_level}
 * @param standby whether it is in recovery
 * @param role the role
 * @param database the database
 * @param maxSlots {@code max_replication_slots}
 * @param slots slots that there are
 * @param maxSenders {@code max_wal_senders}
 * @param senders WAL senders that run
 * @param replication whether the role may use replication slots
 * @param createInDatabase whether the role may create in the database
 * @param publication the engine's publication, {@code null} if it does not exist
 * @param slot the engine's slot, {@code null} if it does not exist
 * @param tables the captured tables
 * @param synchronizedStandbySlots {@code synchronized_standby_slots}, {@code null} before
 * PostgreSQL 17
 */
record ServerFacts(int version, String walLevel, boolean standby, String role, String database, int maxSlots, int slots,
		int maxSenders, int senders, boolean replication, boolean createInDatabase,
		@Nullable PublicationFacts publication, @Nullable SlotFacts slot, List<TableFacts> tables,
		@Nullable String synchronizedStandbySlots) {

}
