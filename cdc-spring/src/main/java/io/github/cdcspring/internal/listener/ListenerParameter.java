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

package io.github.cdcspring.internal.listener;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.ToIntFunction;

import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a listener method. Its type decides which part of an event it receives.
 */
sealed interface ListenerParameter {

	/**
	 * Create the resolver of the argument.
	 * @param rowIndex returns the index of a row type in {@link RowCache}
	 * @return the resolver
	 */
	Argument argument(ToIntFunction<Type> rowIndex);

	/**
	 * The type of the rows that the parameter takes, {@code null} if it takes none.
	 */
	@Nullable Type rowType();

	/**
	 * Resolves the argument of a call.
	 */
	@FunctionalInterface
	interface Argument {

		@Nullable Object resolve(RowCache rows);

	}

	/**
	 * The row after the change; the row before the change for a delete.
	 *
	 * @param type the type of the row
	 */
	record Row(Type type) implements ListenerParameter {

		@Override
		public Type rowType() {
			return this.type;
		}

		@Override
		public Argument argument(ToIntFunction<Type> rowIndex) {
			int index = rowIndex.applyAsInt(this.type);
			return (rows) -> switch (rows.change().operation()) {
				case CREATE, UPDATE, READ -> rows.after(index);
				case DELETE -> rows.before(index);
				case TRUNCATE, MESSAGE -> null;
			};
		}

	}

	/**
	 * The row before the change.
	 *
	 * @param type the type of the row
	 */
	record RowBefore(Type type) implements ListenerParameter {

		@Override
		public Type rowType() {
			return this.type;
		}

		@Override
		public Argument argument(ToIntFunction<Type> rowIndex) {
			int index = rowIndex.applyAsInt(this.type);
			return (rows) -> switch (rows.change().operation()) {
				case UPDATE, DELETE -> rows.before(index);
				case CREATE, READ, TRUNCATE, MESSAGE -> null;
			};
		}

	}

	/**
	 * The whole event.
	 *
	 * @param type the type of its rows
	 */
	record Event(Type type) implements ListenerParameter {

		@Override
		public Type rowType() {
			return this.type;
		}

		@Override
		public Argument argument(ToIntFunction<Type> rowIndex) {
			int index = rowIndex.applyAsInt(this.type);
			return (rows) -> event(rows, index);
		}

		private static ChangeEvent<?> event(RowCache rows, int index) {
			Change change = rows.change();
			Operation operation = change.operation();
			boolean row = operation != Operation.TRUNCATE && operation != Operation.MESSAGE;
			return new ChangeEvent<>(operation, change.table(), change.key(), row ? rows.before(index) : null,
					row ? rows.after(index) : null, change.message(), change.lsn(),
					change.snapshot() ? null : change.position(), change.commitTime());
		}

	}

	/**
	 * A list with one element for each event of a batch.
	 *
	 * @param element the part of an event that an element receives
	 */
	record Batch(ListenerParameter element) implements ListenerParameter {

		@Override
		public @Nullable Type rowType() {
			return this.element.rowType();
		}

		@Override
		public Argument argument(ToIntFunction<Type> rowIndex) {
			return this.element.argument(rowIndex);
		}

	}

	/**
	 * A value other than a row.
	 */
	enum Fact implements ListenerParameter {

		OPERATION(Operation.class, Change::operation),

		TABLE(TableId.class, Change::table),

		KEY(RowKey.class, Change::key),

		/** {@code null} for a row of a snapshot, because the next one reads it again. */
		POSITION(EventPosition.class, (change) -> change.snapshot() ? null : change.position()),

		LSN(Lsn.class, Change::lsn),

		MESSAGE(LogicalMessage.class, Change::message),

		COMMIT_TIME(Instant.class, Change::commitTime);

		private final Class<?> type;

		private final Function<Change, @Nullable Object> value;

		Fact(Class<?> type, Function<Change, @Nullable Object> value) {
			this.type = type;
			this.value = value;
		}

		static @Nullable Fact of(Class<?> type) {
			for (Fact fact : values()) {
				if (fact.type == type) {
					return fact;
				}
			}
			return null;
		}

		@Override
		public @Nullable Type rowType() {
			return null;
		}

		@Override
		public Argument argument(ToIntFunction<Type> rowIndex) {
			return (rows) -> this.value.apply(rows.change());
		}

	}

}
