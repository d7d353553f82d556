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

package io.github.cdcspring.internal.debezium;

import java.sql.Types;
import java.util.OptionalInt;

import io.debezium.spi.converter.RelationalColumn;
import org.jspecify.annotations.Nullable;

/**
 * A column, as Debezium describes it to converters.
 *
 * @param name the name
 * @param nativeType the OID of the type
 * @param typeName the name of the type
 */
record ItemColumn(String name, int nativeType, String typeName) implements RelationalColumn {

	@Override
	public String dataCollection() {
		return "public.item";
	}

	@Override
	public int jdbcType() {
		return Types.OTHER;
	}

	@Override
	public String typeExpression() {
		return this.typeName;
	}

	@Override
	public OptionalInt length() {
		return OptionalInt.empty();
	}

	@Override
	public OptionalInt scale() {
		return OptionalInt.empty();
	}

	@Override
	public boolean isOptional() {
		return false;
	}

	@Override
	public @Nullable Object defaultValue() {
		return null;
	}

	@Override
	public boolean hasDefaultValue() {
		return false;
	}

}
