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

import org.jspecify.annotations.Nullable;

/**
 * The client that receives from a slot, as the server tells this role.
 *
 * @param applicationName the name that it gave to its session, {@code null} for none
 * @param address its address, {@code null} for a local socket or if the role may not see
 * it
 * @see <a href=
 * "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW">
 * PostgreSQL: pg_stat_activity</a>
 */
public record SlotConsumer(@Nullable String applicationName, @Nullable String address) {

}
