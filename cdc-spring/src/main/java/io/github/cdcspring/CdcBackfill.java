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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

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
	 * read, or its reading is paused, or the listener does not receive them, or a
	 * condition is on a column that the stream does not contain, or the conditions of all
	 * backfills of the engine would have more than 64 kB of text
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
	 * @param where the conditions that a row has to meet, none for all rows
	 */
	record Request(List<String> tables, @Nullable String listener, List<Condition> where) {

		private static final int MAX_CONDITIONS = 20;

		private static final int MAX_VALUES = 1_000;

		/**
		 * Create a request.
		 * @throws IllegalArgumentException if a table has no name, or there are more than
		 * 20 conditions, or more than 1,000 values in all
		 */
		public Request {
			if (tables.stream().anyMatch(Objects::isNull)) {
				throw new IllegalArgumentException("A table has no name. Name the tables.");
			}
			tables = List.copyOf(tables);
			where = List.copyOf(where);
			int values = where.stream().mapToInt((condition) -> condition.values().size()).sum();
			if (where.size() > MAX_CONDITIONS || values > MAX_VALUES) {
				throw new IllegalArgumentException("The request has " + where.size() + " conditions with " + values
						+ " values, which are stored with each offset. Give at most " + MAX_CONDITIONS
						+ " conditions with " + MAX_VALUES + " values in all, or make several requests.");
			}
		}

		/**
		 * Create a request for all rows of some tables.
		 * @param tables the tables, with or without their schema
		 * @return the request
		 */
		public static Request of(String... tables) {
			return new Request(Arrays.asList(tables), null, List.of());
		}

		/**
		 * Deliver the rows to one listener only, for example to repair what it derives
		 * from them.
		 * @param id the id of the listener
		 * @return the request with the listener
		 */
		public Request to(String id) {
			return new Request(this.tables, id, this.where);
		}

		/**
		 * Deliver only the rows that meet a condition, and all former ones. A row that
		 * meets them no longer when it is read is left to the stream.
		 * @param column the name of a column of each of the tables, as the catalog has it
		 * @param operator {@code =}, {@code <>}, {@code <}, {@code <=}, {@code >},
		 * {@code >=}, {@code in}, {@code is null} or {@code is not null}
		 * @param values what to compare with, as text that the server reads as the type
		 * of the column: up to 1,000 for {@code in}, none for {@code is null} and
		 * {@code is not null}, otherwise one
		 * @return the request with the condition
		 * @throws IllegalArgumentException if there is no such operator, or it takes
		 * another number of values, or the request has too many of them
		 */
		public Request where(String column, String operator, String... values) {
			List<Condition> where = new ArrayList<>(this.where);
			where.add(new Condition(column, operator, Arrays.asList(values)));
			return new Request(this.tables, this.listener, where);
		}

	}

	/**
	 * A condition that a row has to meet.
	 *
	 * @param column the name of a column, as the catalog has it
	 * @param operator the operator, in lower case
	 * @param values what to compare with, as text
	 */
	record Condition(String column, String operator, List<String> values) {

		private static final Set<String> COMPARISONS = Set.of("=", "<>", "<", "<=", ">", ">=");

		private static final Set<String> TESTS = Set.of("is null", "is not null");

		private static final int MAX_LENGTH = 120;

		public Condition {
			if (values.stream().anyMatch(Objects::isNull)) {
				throw new IllegalArgumentException("The condition on column '" + printable(column)
						+ "' compares with null, which no row meets. Use 'is null'.");
			}
			if (values.stream().anyMatch((value) -> value.indexOf('\0') >= 0)) {
				throw new IllegalArgumentException("The condition on column '" + printable(column)
						+ "' has a value with a NUL character, which no column contains. Remove it.");
			}
			if (!COMPARISONS.contains(operator) && !TESTS.contains(operator) && !operator.equals("in")) {
				throw new IllegalArgumentException("The condition on column '" + printable(column)
						+ "' has an unknown operator. Use one of =, <>, <, <=, >, >=, in, is null, is not null.");
			}
			boolean fits = TESTS.contains(operator) ? values.isEmpty()
					: operator.equals("in") ? !values.isEmpty() : values.size() == 1;
			if (!fits) {
				throw new IllegalArgumentException(
						"The operator '" + operator + "' of the condition on column '" + printable(column)
								+ "' does not take " + values.size() + " values. Give none to 'is null' and "
								+ "'is not null', at least one to 'in', and one to each other operator.");
			}
			values = List.copyOf(values);
		}

		/** A name may contain any character, and must not forge a line of a log. */
		private static String printable(String column) {
			String start = (column.length() > MAX_LENGTH) ? column.substring(0, MAX_LENGTH) + "…" : column;
			return start.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
		}

		/**
		 * Return the condition without its values, which are data.
		 */
		@Override
		public String toString() {
			String right = this.values.isEmpty() ? "" : this.operator.equals("in") ? " (?)" : " ?";
			return printable(this.column) + " " + this.operator + right;
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
	 * @param requestedAt when this was requested, by the clock of the application. The
	 * events {@code CdcBackfillStarted} and {@code CdcBackfillCompleted} of the request
	 * have the same time. All tables of a snapshot have the time when it began.
	 * @param problem why the last attempt to read the table failed, {@code null} if it
	 * did not
	 * @param where the conditions that a row has to meet, without their values; none if
	 * all rows are delivered
	 */
	record Status(TableId table, @Nullable String listener, State state, long rows, @Nullable Long estimatedRows,
			@Nullable Double rowsPerSecond, @Nullable Duration timeLeft, Instant requestedAt, @Nullable String problem,
			List<String> where) {

	}

	/**
	 * What happens to a table.
	 */
	enum State {

		/**
		 * It is read in the snapshot before the stream, which can be neither paused nor
		 * canceled.
		 */
		SNAPSHOT,

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
