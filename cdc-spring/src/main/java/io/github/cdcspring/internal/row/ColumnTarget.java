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

import java.util.Optional;

import io.github.cdcspring.ColumnValue;
import org.jspecify.annotations.Nullable;

/**
 * Defines what a column becomes in Java.
 *
 * @param converter converts a value that is not NULL
 * @param nullable whether NULL is allowed
 * @param whenNull replaces NULL
 * @param whenUnavailable replaces a value that PostgreSQL did not send, {@code null} if
 * such a value is an error
 */
record ColumnTarget(ValueConverter converter, boolean nullable, @Nullable Object whenNull,
		@Nullable Object whenUnavailable) {

	static ColumnTarget plain(ValueConverter converter, boolean nullable) {
		return new ColumnTarget(converter, nullable, null, null);
	}

	ColumnTarget asColumnValue() {
		return new ColumnTarget((raw) -> ColumnValue.of(this.converter.convert(raw)), true,
				ColumnValue.of(this.whenNull), ColumnValue.unavailable());
	}

	ColumnTarget asOptional() {
		return new ColumnTarget((raw) -> Optional.ofNullable(this.converter.convert(raw)), true, Optional.empty(),
				null);
	}

	ColumnTarget notNull() {
		return new ColumnTarget(this.converter, false, null, this.whenUnavailable);
	}

	/** A map contains {@link ColumnValue#unavailable()} for a value that was not sent. */
	ColumnTarget forMap() {
		return (this.whenUnavailable != null) ? this
				: new ColumnTarget(this.converter, this.nullable, this.whenNull, ColumnValue.unavailable());
	}

}
