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
 * Application event: an engine begins to deliver the existing rows of a table, alongside
 * the stream or in a snapshot before it, or continues after a pause, a failure or a
 * restart. Listen to it with {@code @EventListener}. It is published on a thread of its
 * own, so listeners may have received rows already.
 *
 * @param engine the name of the engine
 * @param table the table
 * @param listener the only listener that receives the rows, {@code null} for all
 * @param requestedAt when this was requested, by the clock of the application. All rows
 * are delivered later. It remains the same when reading continues, and so tells one
 * request from another. All tables of a snapshot have the same time, and one that was
 * interrupted begins again with a later one.
 * @param rows how many rows were delivered before
 * @param where the conditions that a row has to meet, without their values; none if all
 * rows are delivered
 * @since 0.1.0
 */
public record CdcBackfillStarted(String engine, TableId table, @Nullable String listener, Instant requestedAt,
		long rows, List<String> where) {

}
