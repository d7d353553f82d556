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

package io.github.cdcspring.boot.test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * An event that a test makes, for {@link CdcTestEngine}. A row is a record, whose
 * components are mapped to columns as those of listeners are, or a {@code Map} with the
 * names of columns. The type of a column follows from the Java type. Rows are complete,
 * as those of a table with {@code REPLICA IDENTITY FULL}.
 * <p>
 * Each event has a position, which is greater than those of the events that were made
 * before, unless it has the {@linkplain #withLsnOf LSN of another one}. An event that is
 * delivered twice has the same position both times.
 *
 * @since 0.1.0
 */
public final class CdcTestEvent {

	private static final String DEFAULT_SCHEMA = "public";

	private static final String DEFAULT_KEY = "id";

	private static final int BYTES = 0x100;

	private static final AtomicLong numbers = new AtomicLong();

	private final long number;

	/** The number among the events of the same LSN. */
	private final int ordinal;

	private final Operation operation;

	private final TableId table;

	private final @Nullable TestRow before;

	private final @Nullable TestRow after;

	private final @Nullable List<String> key;

	private CdcTestEvent(Operation operation, TableId table, @Nullable TestRow before, @Nullable TestRow after,
			@Nullable List<String> key) {
		this(numbers.incrementAndGet(), 0, operation, table, before, after, key);
	}

	private CdcTestEvent(long number, int ordinal, Operation operation, TableId table, @Nullable TestRow before,
			@Nullable TestRow after, @Nullable List<String> key) {
		this.number = number;
		this.ordinal = ordinal;
		this.operation = operation;
		this.table = table;
		this.before = before;
		this.after = after;
		this.key = key;
	}

	/**
	 * Make the event of a row that was inserted.
	 * @param table {@code table} in the schema {@code public}, or {@code schema.table}
	 * @param row the row, a record or a {@code Map}
	 * @return the event
	 */
	public static CdcTestEvent create(String table, Object row) {
		return new CdcTestEvent(Operation.CREATE, table(table), null, TestRow.of(row), null);
	}

	/**
	 * Make the event of a row that was updated.
	 * @param table {@code table} in the schema {@code public}, or {@code schema.table}
	 * @param before the previous row, a record or a {@code Map}, with the same key
	 * @param after the new row, of the same type
	 * @return the event
	 */
	public static CdcTestEvent update(String table, Object before, Object after) {
		return new CdcTestEvent(Operation.UPDATE, table(table), TestRow.of(before), TestRow.of(after), null);
	}

	/**
	 * Make the event of a row that was deleted.
	 * @param table {@code table} in the schema {@code public}, or {@code schema.table}
	 * @param row the row, a record or a {@code Map}
	 * @return the event
	 */
	public static CdcTestEvent delete(String table, Object row) {
		return new CdcTestEvent(Operation.DELETE, table(table), TestRow.of(row), null, null);
	}

	/**
	 * Make the event of an existing row that a snapshot has read.
	 * @param table {@code table} in the schema {@code public}, or {@code schema.table}
	 * @param row the row, a record or a {@code Map}
	 * @return the event
	 */
	public static CdcTestEvent read(String table, Object row) {
		return new CdcTestEvent(Operation.READ, table(table), null, TestRow.of(row), null);
	}

	/**
	 * Make the event of a table that was truncated.
	 * @param table {@code table} in the schema {@code public}, or {@code schema.table}
	 * @return the event
	 */
	public static CdcTestEvent truncate(String table) {
		return new CdcTestEvent(Operation.TRUNCATE, table(table), null, null, List.of());
	}

	private static TableId table(String table) {
		int dot = table.indexOf('.');
		return (dot < 0) ? new TableId(DEFAULT_SCHEMA, table)
				: new TableId(table.substring(0, dot), table.substring(dot + 1));
	}

	/**
	 * Return the event of a table with another primary key than the column {@code id}.
	 * @param columns the columns of the key, none for a table without a key
	 * @return the event at the same position
	 */
	public CdcTestEvent withKey(String... columns) {
		return new CdcTestEvent(this.number, this.ordinal, this.operation, this.table, this.before, this.after,
				List.of(columns));
	}

	/**
	 * Return the event at the LSN of another one, of the same transaction. The rows of a
	 * {@code COPY} or {@code INSERT} can share an LSN, as can those that a snapshot read.
	 * @param previous the event before this one
	 * @return the event, whose position differs by the ordinal only
	 */
	public CdcTestEvent withLsnOf(CdcTestEvent previous) {
		return new CdcTestEvent(previous.number, previous.ordinal + 1, this.operation, this.table, this.before,
				this.after, this.key);
	}

	/** The same change at a later position. */
	CdcTestEvent again() {
		return new CdcTestEvent(this.operation, this.table, this.before, this.after, this.key);
	}

	/**
	 * Return the position of the event.
	 * @return the LSN that listeners see
	 */
	public Lsn lsn() {
		return new Lsn(this.number * BYTES);
	}

	int ordinal() {
		return this.ordinal;
	}

	/** The end of the transaction before. */
	Lsn previousCommit() {
		return new Lsn(this.number * BYTES - 1);
	}

	long transactionId() {
		return this.number;
	}

	Operation operation() {
		return this.operation;
	}

	TableId table() {
		return this.table;
	}

	@Nullable TestRow before() {
		return this.before;
	}

	@Nullable TestRow after() {
		return this.after;
	}

	/** The row that has the key, {@code null} for an event of the whole table. */
	@Nullable TestRow row() {
		return (this.after != null) ? this.after : this.before;
	}

	/** The columns of the key. */
	List<String> key() {
		TestRow row = row();
		if (this.key != null || row == null) {
			return (this.key != null) ? this.key : List.of();
		}
		return row.columns().containsKey(DEFAULT_KEY) ? List.of(DEFAULT_KEY) : List.of();
	}

	/** The key of the row, and the table for an event without one. */
	Object orderingKey() {
		TestRow row = row();
		return (row != null && !key().isEmpty()) ? List.of(this.table, row.values(key())) : this.table;
	}

	@Override
	public String toString() {
		TestRow row = row();
		Map<String, ?> key = (row != null) ? row.values(key()) : Map.of();
		return this.operation + " of " + this.table + (key.isEmpty() ? "" : " " + key);
	}

}
