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
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * How far the existing rows of a table were read, as it is stored with the offset.
 *
 * @param table the table
 * @param listener the only listener that receives the rows, {@code null} for all
 * @param requestedAt when this was requested, in milliseconds
 * @param rows the number of rows that were delivered
 * @param paused whether it is not to be read until it is resumed
 * @param columns the columns that order the rows, empty before the first chunk
 * @param values their values in the last row that was handled, as the server's text
 * @param where the conditions that a row has to meet, none for all rows
 */
public record BackfillProgress(TableId table, @Nullable String listener, Instant requestedAt, long rows, boolean paused,
		List<String> columns, List<String> values, List<Condition> where) {

	public BackfillProgress {
		columns = List.copyOf(columns);
		values = List.copyOf(values);
		where = List.copyOf(where);
	}

	/**
	 * Return a request for all rows of which nothing is done.
	 * @param table the table
	 * @param listener the only listener that receives the rows, {@code null} for all
	 * @param requestedAt when it is made
	 * @return the request
	 */
	public static BackfillProgress none(TableId table, @Nullable String listener, Instant requestedAt) {
		return none(table, listener, requestedAt, List.of());
	}

	static BackfillProgress none(TableId table, @Nullable String listener, Instant requestedAt, List<Condition> where) {
		return new BackfillProgress(table, listener, requestedAt.truncatedTo(ChronoUnit.MILLIS), 0, false, List.of(),
				List.of(), where);
	}

	/** Contains no value, because the key may be confidential. */
	@Override
	public String toString() {
		return this.table + ": " + this.rows + " rows";
	}

}
