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

package io.github.cdcspring.internal.backfill;

import java.time.Instant;
import java.util.List;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a table begins, continues, or is completed.
 *
 * @param table the table
 * @param listener the only listener that receives the rows, {@code null} for all
 * @param requestedAt when that was requested
 * @param rows how many rows were delivered so far
 * @param completed whether all rows were handled
 * @param where the conditions that a row has to meet, without their values
 */
public record BackfillStep(TableId table, @Nullable String listener, Instant requestedAt, long rows, boolean completed,
		List<String> where) {

}
