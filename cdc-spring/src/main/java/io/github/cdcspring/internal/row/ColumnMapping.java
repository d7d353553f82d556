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

import java.lang.reflect.Type;
import java.util.Collection;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * Maps one column to one property.
 */
final class ColumnMapping {

	private final TableId table;

	private final @Nullable RowColumn column;

	private final ColumnTarget target;

	private final String property;

	private final Type type;

	/**
	 * Create a mapping.
	 * @param column the column, {@code null} for a property without a column, which gets
	 * the target's value for an unavailable column
	 */
	ColumnMapping(TableId table, @Nullable RowColumn column, ColumnTarget target, String property, Type type) {
		this.table = table;
		this.column = column;
		this.target = target;
		this.property = property;
		this.type = type;
	}

	@Nullable Object value(RowValues row, @Nullable RowValues before, boolean partial, Lsn lsn) {
		RowColumn column = this.column;
		if (column == null) {
			return this.target.whenUnavailable();
		}
		Object raw = column.raw(row);
		if (raw == null) {
			return partial ? outsideIdentity(lsn) : ofNull(lsn);
		}
		if (raw == column.unavailable()) {
			raw = (before != null) ? column.raw(before) : null;
			if (raw == null || raw == column.unavailable()) {
				return unavailable(lsn);
			}
		}
		return convert(column, raw, lsn);
	}

	private @Nullable Object convert(RowColumn column, Object raw, Lsn lsn) {
		if (column.isUnreadable(raw)) {
			throw failure(lsn, "PostgreSQL sent the value in a form that the starter does not know",
					"Read the row from the table, and report the type and the server's version as a bug");
		}
		Object value;
		try {
			value = this.target.converter().convert(raw);
		}
		catch (ValueConversionException ex) {
			throw failure(lsn, String.valueOf(ex.getMessage()), ex.action());
		}
		catch (RuntimeException ex) {
			throw failure(lsn, "its conversion failed with " + RowMappingException.describe(ex),
					"The exception's message is left out, because it may contain the value. Check the code at that line");
		}
		return (value != null || this.target.nullable()) ? value : ofNull(lsn);
	}

	private @Nullable Object ofNull(Lsn lsn) {
		if (!this.target.nullable()) {
			throw primitive()
					? failure(lsn, "the value is NULL, which a primitive type cannot represent",
							"Declare it as its wrapper type, Optional or ColumnValue")
					: failure(lsn, "the value is NULL, which a Kotlin type without '?' cannot represent",
							"Declare it with '?', or as Optional or ColumnValue");
		}
		return this.target.whenNull();
	}

	/**
	 * PostgreSQL sends only the replica identity of a deleted row. That is the usual
	 * case, so the other properties are null where their type allows it.
	 */
	private @Nullable Object outsideIdentity(Lsn lsn) {
		if (this.target.whenUnavailable() != null) {
			return this.target.whenUnavailable();
		}
		return this.target.nullable() ? this.target.whenNull() : unavailable(lsn);
	}

	private Object unavailable(Lsn lsn) {
		Object value = this.target.whenUnavailable();
		if (value == null) {
			throw failure(lsn, "PostgreSQL did not send the value", "Declare it " + wider()
					+ "as ColumnValue, or run ALTER TABLE " + this.table + " REPLICA IDENTITY FULL");
		}
		return value;
	}

	/**
	 * Check that a row can be mapped of which the server sends only some columns.
	 * @param sent the names of these columns
	 * @throws RowMappingException if a value is needed that the server does not send
	 */
	void checkDeleted(Collection<String> sent) {
		RowColumn column = this.column;
		if (column != null && !sent.contains(column.name()) && !this.target.nullable()
				&& this.target.whenUnavailable() == null) {
			throw failure("",
					"of a deleted row, PostgreSQL sends only the replica identity ("
							+ (sent.isEmpty() ? "no column" : String.join(", ", sent)) + ")",
					"Declare it " + wider()
							+ "as ColumnValue, or give the table and its partitions REPLICA IDENTITY FULL");
		}
	}

	private boolean primitive() {
		return this.type instanceof Class<?> plain && plain.isPrimitive();
	}

	private String wider() {
		if (this.target.nullable()) {
			return "";
		}
		return primitive() ? "as its wrapper type or " : "with '?' or ";
	}

	private RowMappingException failure(Lsn lsn, String problem, String action) {
		return failure(" at " + lsn, problem, action);
	}

	private RowMappingException failure(String place, String problem, String action) {
		RowColumn column = this.column;
		String source = (column != null)
				? "column '" + column.name() + "' (" + column.type().name() + ") of " + this.table
				: this.table.toString();
		return new RowMappingException("Cannot map " + source + " to " + this.property + " (" + this.type.getTypeName()
				+ ")" + place + ": " + problem + ".", action + ".");
	}

}
