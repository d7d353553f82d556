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
 * What a column becomes.
 *
 * @param reader for a value that is there
 * @param nullable whether NULL is allowed
 * @param whenNull what NULL becomes
 * @param whenUnavailable what a value becomes that was not sent, {@code null} if that is
 * refused
 */
record ColumnTarget(ValueConverter reader, boolean nullable, @Nullable Object whenNull,
		@Nullable Object whenUnavailable) {

	static ColumnTarget plain(ValueConverter reader, boolean nullable) {
		return new ColumnTarget(reader, nullable, null, null);
	}

	ColumnTarget asColumnValue() {
		return new ColumnTarget((raw) -> ColumnValue.of(this.reader.read(raw)), true, ColumnValue.of(this.whenNull),
				ColumnValue.unavailable());
	}

	ColumnTarget asOptional() {
		return new ColumnTarget((raw) -> Optional.ofNullable(this.reader.read(raw)), true, Optional.empty(), null);
	}

	/** In a row without a type, what was not sent is told by its value. */
	ColumnTarget forMap() {
		return (this.whenUnavailable != null) ? this
				: new ColumnTarget(this.reader, this.nullable, this.whenNull, ColumnValue.unavailable());
	}

}
