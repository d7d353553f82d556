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

import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/**
 * The value of a column that PostgreSQL may not have sent. An update does not contain
 * TOASTed values that it did not change, and a delete contains only the replica identity.
 * Declare a property as {@code ColumnValue<String>} to distinguish a value that was not
 * sent from {@code null}. If a property has any other type, a row without its value
 * cannot be mapped.
 *
 * @param <T> the type of the value
 * @since 0.1.0
 * @see <a href="https://www.postgresql.org/docs/current/storage-toast.html">PostgreSQL:
 * TOAST</a>
 * @see <a href=
 * "https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY">PostgreSQL:
 * replica identity</a>
 */
public sealed interface ColumnValue<T> {

	/**
	 * Return a value that was sent.
	 * @param value the value, {@code null} for NULL
	 * @param <T> the type of the value
	 * @return the value
	 */
	static <T> ColumnValue<T> of(@Nullable T value) {
		return new Available<>(value);
	}

	/**
	 * Return a value that was not sent.
	 * @param <T> the type of the value
	 * @return the unavailable value
	 */
	@SuppressWarnings("unchecked")
	static <T> ColumnValue<T> unavailable() {
		return (ColumnValue<T>) Unavailable.INSTANCE;
	}

	/**
	 * Whether the value was sent.
	 * @return {@code true} if it was
	 */
	boolean isAvailable();

	/**
	 * Return the value.
	 * @return the value, {@code null} for NULL
	 * @throws NoSuchElementException if it was not sent
	 */
	@Nullable T get();

	/**
	 * Return the value, or another one if it was not sent.
	 * @param other the other value
	 * @return the value or the other one
	 */
	default @Nullable T orElse(@Nullable T other) {
		return isAvailable() ? get() : other;
	}

	/**
	 * A value that was sent.
	 *
	 * @param value the value, {@code null} for NULL
	 * @param <T> the type of the value
	 */
	record Available<T>(@Nullable T value) implements ColumnValue<T> {

		@Override
		public boolean isAvailable() {
			return true;
		}

		@Override
		public @Nullable T get() {
			return this.value;
		}

	}

	/**
	 * A value that was not sent.
	 *
	 * @param <T> the type the value would have
	 */
	record Unavailable<T>() implements ColumnValue<T> {

		private static final Unavailable<?> INSTANCE = new Unavailable<>();

		@Override
		public boolean isAvailable() {
			return false;
		}

		@Override
		public T get() {
			throw new NoSuchElementException(
					"PostgreSQL did not send this value. Check isAvailable() or use orElse().");
		}

	}

}
