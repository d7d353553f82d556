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

package io.github.cdcspring.internal.row;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A change of a row, or the truncation of a table.
 */
final class RowChange implements SourcedChange {

	private final TableSchema schema;

	private final Operation operation;

	private final EventSource source;

	private final BiFunction<EventSource, Images, SourceRecord> record;

	private final @Nullable RowValues keyNow;

	private final @Nullable RowValues before;

	private final @Nullable RowValues after;

	private final @Nullable RowValues keyBefore;

	/** Whether the previous row is complete. */
	private final boolean whole;

	private final boolean incompleteKey;

	private final boolean barrier;

	private @Nullable RowKey key;

	/**
	 * Create a change.
	 * @param record creates the event in Debezium's form from its source and images
	 * @param barrier whether the event keeps its order relative to all other events
	 * @param mayHideKey whether it does so unless the previous row is complete
	 */
	RowChange(TableSchema schema, Operation operation, EventSource source,
			BiFunction<EventSource, Images, SourceRecord> record, Images images, boolean barrier, boolean mayHideKey) {
		this.schema = schema;
		this.operation = operation;
		this.source = source;
		this.record = record;
		this.keyNow = images.key;
		this.before = images.before;
		this.after = images.after;
		this.keyBefore = images.keyBefore;
		this.whole = schema.isWhole(this.before);
		this.incompleteKey = !this.whole
				&& (hasNull(this.keyBefore) || (operation == Operation.DELETE && hasNull(this.keyNow)));
		this.barrier = barrier || (mayHideKey && !this.whole) || operation == Operation.TRUNCATE || this.incompleteKey
				|| schema.isUnreadable(this.keyNow) || schema.isUnreadable(this.keyBefore);
	}

	/** The replica identity lacks a column of the key. */
	@Override
	public boolean hasIncompleteKey() {
		return this.incompleteKey;
	}

	private static boolean hasNull(@Nullable RowValues key) {
		if (key == null) {
			return false;
		}
		for (Field field : key.schema().fields()) {
			if (key.get(field) == null) {
				return true;
			}
		}
		return false;
	}

	@Override
	public Operation operation() {
		return this.operation;
	}

	@Override
	public TableId table() {
		return this.schema.table();
	}

	@Override
	public @Nullable LogicalMessage message() {
		return null;
	}

	@Override
	public EventSource source() {
		return this.source;
	}

	@Override
	public @Nullable RowKey key() {
		if (this.key == null && this.keyNow != null) {
			this.key = this.schema.key(this.keyNow);
		}
		return this.key;
	}

	@Override
	public Object orderingKey() {
		return orderingKey(this.keyNow);
	}

	@Override
	public @Nullable Object previousOrderingKey() {
		return (this.keyBefore != null) ? orderingKey(this.keyBefore) : null;
	}

	@Override
	public List<ExactKey> exactKeys() {
		ExactKey now = exactKey(this.keyNow);
		if (now == null || this.keyBefore == null) {
			return (now != null) ? List.of(now) : List.of();
		}
		ExactKey before = exactKey(this.keyBefore);
		return (before != null) ? List.of(before, now) : List.of();
	}

	private @Nullable ExactKey exactKey(@Nullable RowValues key) {
		return (key != null) ? this.schema.exactKey(key) : null;
	}

	@Override
	public RowChange asBarrier() {
		return new RowChange(this.schema, this.operation, this.source, this.record, images(), true, false);
	}

	private Images images() {
		return new Images(this.keyNow, this.keyBefore, this.before, this.after);
	}

	private Object orderingKey(@Nullable RowValues key) {
		OrderingKey orderingKey = (key != null) ? this.schema.orderingKey(key) : null;
		return (orderingKey != null) ? orderingKey : table();
	}

	@Override
	public boolean isBarrier() {
		return this.barrier;
	}

	@Override
	public long size() {
		return RecordSize.ENVELOPE + this.schema.size(this.before) + this.schema.size(this.after);
	}

	@Override
	public boolean changed(Collection<String> columns) {
		if (this.before == null && this.after == null) {
			return true;
		}
		List<RowColumn> found = this.schema.columns(columns);
		if (found.size() < columns.size()) {
			// Whether a column changed that the table did not have is unknown
			return true;
		}
		for (RowColumn column : found) {
			if (changed(column)) {
				return true;
			}
		}
		return this.operation != Operation.UPDATE || this.before == null;
	}

	private boolean changed(RowColumn column) {
		if (this.operation != Operation.UPDATE || this.before == null || this.after == null) {
			return true;
		}
		Object now = column.raw(this.after);
		if (now != null && now == column.unavailable()) {
			// PostgreSQL omits only values that the update did not change
			return false;
		}
		Object then = column.raw(this.before);
		if (then instanceof byte[] bytes && now instanceof byte[] others) {
			return !Arrays.equals(bytes, others);
		}
		return (then != null) ? !then.equals(now) : now != null || !this.whole;
	}

	@Override
	public <T> @Nullable T before(RowMapper<T> mapper) {
		RowValues row = this.before;
		return (row != null) ? mappingFor(mapper).map(row, null, !this.whole, lsn()) : null;
	}

	@Override
	public <T> @Nullable T after(RowMapper<T> mapper) {
		RowValues row = this.after;
		return (row != null) ? mappingFor(mapper).map(row, this.before, false, lsn()) : null;
	}

	private <T> RowMapping<T> mappingFor(RowMapper<T> mapper) {
		try {
			return this.schema.mappingFor(mapper);
		}
		catch (RowMappingException ex) {
			throw new RowMappingException("At " + lsn() + ": " + ex.problem(), ex.action());
		}
	}

	@Override
	public String toJson() {
		SourceRecord record = this.record.apply(this.source, images());
		return new SourceRecordJson(record, this.schema.fullIdentity(), this.source.ordinal()).toJson();
	}

	/** Contains operation, table and LSN only, because the row may be confidential. */
	@Override
	public String toString() {
		return this.operation + " " + table() + " at " + lsn();
	}

	/**
	 * What an event contains of a row.
	 *
	 * @param key its key
	 * @param keyBefore its former key, {@code null} if the key did not change
	 * @param before the previous row
	 * @param after the row
	 */
	record Images(@Nullable RowValues key, @Nullable RowValues keyBefore, @Nullable RowValues before,
			@Nullable RowValues after) {

		/** Contains no value, because the row may be confidential. */
		@Override
		public String toString() {
			return "images of a row";
		}

	}

}
