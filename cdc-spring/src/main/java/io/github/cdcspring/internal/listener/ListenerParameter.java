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
 * What a parameter of a listener method takes, decided once from its type.
 */
sealed interface ListenerParameter {

	/**
	 * Make the argument.
	 * @param slots gives the slot of a row type in {@link RowCache}
	 * @return the argument
	 */
	ArgumentResolver argument(ToIntFunction<Type> slots);

	/**
	 * The row that the event is about: as it is now, of a delete as it was.
	 *
	 * @param type the type of the row
	 */
	record Row(Type type) implements ListenerParameter {

		@Override
		public ArgumentResolver argument(ToIntFunction<Type> slots) {
			int slot = slots.applyAsInt(this.type);
			return (change) -> switch (change.change().operation()) {
				case CREATE, UPDATE, READ -> change.after(slot);
				case DELETE -> change.before(slot);
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
		public ArgumentResolver argument(ToIntFunction<Type> slots) {
			int slot = slots.applyAsInt(this.type);
			return (change) -> switch (change.change().operation()) {
				case UPDATE, DELETE -> change.before(slot);
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
		public ArgumentResolver argument(ToIntFunction<Type> slots) {
			int slot = slots.applyAsInt(this.type);
			return (change) -> event(change, slot);
		}

		private static ChangeEvent<?> event(RowCache bound, int slot) {
			Change change = bound.change();
			Operation operation = change.operation();
			boolean row = operation != Operation.TRUNCATE && operation != Operation.MESSAGE;
			return new ChangeEvent<>(operation, change.table(), change.key(), row ? bound.before(slot) : null,
					row ? bound.after(slot) : null, change.message(), change.lsn(),
					change.snapshot() ? null : change.position(), change.commitTime());
		}

	}

	/**
	 * A list with an element for each event of a batch.
	 *
	 * @param element what an element takes
	 */
	record Batch(ListenerParameter element) implements ListenerParameter {

		@Override
		public ArgumentResolver argument(ToIntFunction<Type> slots) {
			return this.element.argument(slots);
		}

	}

	/**
	 * A fact about the event.
	 */
	enum Fact implements ListenerParameter {

		OPERATION(Operation.class, Change::operation),

		TABLE(TableId.class, Change::table),

		KEY(RowKey.class, Change::key),

		/** Rows of a snapshot have none: the next snapshot reads them again. */
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
		public ArgumentResolver argument(ToIntFunction<Type> slots) {
			return (change) -> this.value.apply(change.change());
		}

	}

}
