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

package io.github.cdcspring.engine;

import java.time.Instant;
import java.util.List;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * Application event: the listeners have handled the existing rows of a table, which were
 * delivered alongside the stream or in a snapshot before it. If {@link #where()} is
 * empty, these are all rows. Events that were parked or skipped because the listener
 * failed count as handled. So rows that a copy of the table has received neither as a row
 * nor as a change since {@link #requestedAt()} may not exist any more, or may still be
 * parked or skipped: look them up in the table before you remove them. Listen to it with
 * {@code @EventListener}. It is published on a thread of its own, and again if the
 * application ends before that is stored. The end of a snapshot is stored without it, so
 * an application that is killed may miss that of a snapshot.
 *
 * @param engine the name of the engine
 * @param table the table
 * @param listener the only listener that receives the rows, {@code null} for all
 * @param requestedAt when this was requested, by the clock of the application. For a
 * snapshot, when it began
 * @param rows how many rows were delivered
 * @param where the conditions that a row had to meet, without their values; none if all
 * rows were delivered
 * @since 0.1.0
 */
public record CdcBackfillCompleted(String engine, TableId table, @Nullable String listener, Instant requestedAt,
		long rows, List<String> where) {

}
