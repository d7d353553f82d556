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

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * Maps rows to a record, or to an immutable class with one constructor, through that
 * constructor.
 *
 * @param <T> the type of the rows
 */
final class ConstructorMapper<T> extends RowMapper<T> {

	private final ValueConverters converters;

	private final RowConstructor constructor;

	ConstructorMapper(ResolvableType type, RowConstructor constructor, ValueConverters converters) {
		super(type.getType());
		this.converters = converters;
		this.constructor = constructor;
	}

	@Override
	RowMapping<T> mappingFor(TableId table, List<RowColumn> columns) {
		ColumnNames names = new ColumnNames(table, columns);
		List<ColumnMapping> mappings = new ArrayList<>();
		BitSet missing = new BitSet();
		for (RowProperty property : this.constructor.properties()) {
			RowColumn column = property.find(names, this.converters);
			if (column == null) {
				if (!property.mayLackColumn()) {
					throw property.unmatched(table, names, this.converters);
				}
				missing.set(mappings.size());
			}
			mappings.add((column != null) ? property.mappingFor(table, column, this.converters)
					: property.withoutColumn(table));
		}
		return new Mapping<>(table, this.constructor.type(), mappings.toArray(ColumnMapping[]::new),
				this.constructor.handle(missing));
	}

	private record Mapping<T>(TableId table, Class<?> type, ColumnMapping[] columns,
			MethodHandle constructor) implements RowMapping<T> {

		@Override
		@SuppressWarnings("unchecked")
		public T map(RowValues row, @Nullable RowValues before, boolean partial, Lsn lsn) {
			ColumnMapping[] columns = this.columns;
			@Nullable Object[] arguments = new Object[columns.length];
			for (int i = 0; i < columns.length; i++) {
				arguments[i] = columns[i].value(row, before, partial, lsn);
			}
			try {
				return (T) (Object) this.constructor.invokeExact(arguments);
			}
			catch (Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw RowMappingException.thrownBy(this.type, this.table, lsn, ex);
			}
		}

	}

}
