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

package io.github.cdcspring;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Delivers the existing rows of tables alongside the stream, as events of
 * {@link Operation#READ}. A request, and how far it is carried out, is stored with the
 * offset, so that it survives a restart. The bean controls the default engine;
 * {@link io.github.cdcspring.engine.CdcEngine#backfill()} returns those of other engines.
 *
 * @since 0.1.0
 */
public interface CdcBackfill {

	/**
	 * Deliver the existing rows of some tables. Returns when the request is stored.
	 * @param tables the tables, with or without their schema
	 * @throws CdcException if the engine is not running, or the rows of a table cannot be
	 * read, or its reading is paused
	 */
	default void start(String... tables) {
		start(Request.of(tables));
	}

	/**
	 * Deliver existing rows. Returns when the request is stored.
	 * @param request which rows, and to whom
	 * @throws CdcException if the engine is not running, or the rows of a table cannot be
	 * read, or its reading is paused, or the listener does not receive them
	 */
	void start(Request request);

	/**
	 * Read no further rows of some tables until {@link #resume} is called. Rows that were
	 * read already are still delivered.
	 * @param tables the tables, with or without their schema
	 * @throws CdcException if no rows of one of the tables are to be read; then nothing
	 * changes
	 */
	void pause(String... tables);

	/**
	 * Continue after {@link #pause}, where reading ended.
	 * @param tables the tables, with or without their schema
	 * @throws CdcException if no rows of one of the tables are to be read; then nothing
	 * changes
	 */
	void resume(String... tables);

	/**
	 * Forget the requests for some tables. Rows that were read already are still
	 * delivered.
	 * @param tables the tables, with or without their schema
	 * @throws CdcException if no rows of one of the tables are to be read; then nothing
	 * changes
	 */
	void cancel(String... tables);

	/**
	 * Return the tables whose existing rows are not delivered to the end.
	 * @return the tables, in the order in which they are read
	 */
	List<Status> list();

	/**
	 * Which existing rows to deliver, and to whom.
	 *
	 * @param tables the tables, with or without their schema
	 * @param listener the only listener that receives the rows, {@code null} for all
	 * listeners of {@link Operation#READ} events of the tables
	 */
	record Request(List<String> tables, @Nullable String listener) {

		public Request {
			if (tables.stream().anyMatch(Objects::isNull)) {
				throw new IllegalArgumentException("A table has no name. Name the tables.");
			}
			tables = List.copyOf(tables);
		}

		/**
		 * Create a request for all rows of some tables.
		 * @param tables the tables, with or without their schema
		 * @return the request
		 */
		public static Request of(String... tables) {
			return new Request(Arrays.asList(tables), null);
		}

		/**
		 * Deliver the rows to one listener only, for example to repair what it derives
		 * from them.
		 * @param id the id of the listener
		 * @return the request with the listener
		 */
		public Request to(String id) {
			return new Request(this.tables, id);
		}

	}

	/**
	 * What is done of a table.
	 *
	 * @param table the table
	 * @param listener the only listener that receives the rows, {@code null} for all
	 * @param state what happens to it now
	 * @param rows the number of rows that were delivered
	 * @param estimatedRows about how many rows the table has, {@code null} before it is
	 * read
	 * @param rowsPerSecond the rate at which this application has delivered rows,
	 * {@code null} if it has not yet
	 * @param timeLeft about how long the rest lasts at this rate, {@code null} if that is
	 * not known
	 * @param problem why the last attempt to read the table failed, {@code null} if it
	 * did not
	 */
	record Status(TableId table, @Nullable String listener, State state, long rows, @Nullable Long estimatedRows,
			@Nullable Double rowsPerSecond, @Nullable Duration timeLeft, @Nullable String problem) {

	}

	/**
	 * What happens to a table.
	 */
	enum State {

		/** Other tables are read first, or the engine is not running. */
		WAITING,

		/** It is being read. */
		READING,

		/** It is not read until it is resumed. */
		PAUSED,

		/** It could not be read, and will be tried again. */
		RETRYING

	}

}
