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

package io.github.cdcspring.internal.parking;

import java.time.Instant;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A parked event, without its row.
 *
 * @param id the id of the event
 * @param engine the engine that received it
 * @param key the key whose queue it is in
 * @param table the table, or the prefix of a logical message
 * @param position the position of the event
 * @param operation the operation
 * @param snapshot whether a snapshot read the row
 * @param parkedAt when it was parked
 * @param attempts the number of all attempts, 0 for an event that is parked behind
 * another one
 * @param failure the last failure, {@code null} for an event that is parked behind
 * another one
 * @param failedAt when it failed last, {@code null} for an event that is parked behind
 * another one
 */
public record ParkedEvent(long id, String engine, ParkedKey key, String table, EventPosition position,
		Operation operation, boolean snapshot, Instant parkedAt, int attempts, @Nullable ParkedFailure failure,
		@Nullable Instant failedAt) {

}
