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

import org.jspecify.annotations.Nullable;

/**
 * The replication slot as the server has it.
 *
 * @param plugin the output plugin, {@code null} for a physical slot
 * @param database the database, {@code null} for a physical slot
 * @param temporary whether it goes with its session
 * @param active whether somebody receives from it
 * @param lost why it is of no use any more, {@code null} if it is
 * @param failover whether a standby gets it
 * @param synced whether it came from the primary to this standby
 */
record SlotFacts(@Nullable String plugin, @Nullable String database, boolean temporary, boolean active,
		@Nullable String lost, boolean failover, boolean synced) {

}
