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

import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.github.cdcspring.internal.row.PostgresTypeKind;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A value that is not the server's text never becomes NULL in silence.
 */
class ColumnConverterTests {

	private static final int INT4 = 23;

	private static final int DATE = 1082;

	@Test
	void convertsTheServersText() {
		assertThat(converter(INT4, "int4", null).convert("42")).isEqualTo(42);
		assertThat(converter(INT4, "int4", null).convert(null)).isNull();
	}

	@Test
	void leavesOutTheDefault() {
		Object defaultValue = Integer.valueOf(1_000);
		assertThat(converter(INT4, "int4", defaultValue).convert(defaultValue)).isNull();
	}

	@Test
	void failsAtAValueThatIsNotText() {
		CustomConverter.Converter converter = converter(INT4, "int4", null);
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> converter.convert(4_711))
			.havingCause()
			.withMessageContaining("column 'amount' (int4) of public.orders")
			.withMessageNotContaining("4711");
	}

	@Test
	void marksAValueThatIsNotTextIfAMarkCanTakeItsPlace() {
		assertThat(converter(DATE, "date", null).convert(4_711)).isEqualTo(PostgresTypeKind.DATE.unreadable());
	}

	private static CustomConverter.Converter converter(int oid, String type, @Nullable Object defaultValue) {
		ColumnConverter converter = new ColumnConverter();
		Properties properties = new Properties();
		properties.setProperty("connections", "of a test");
		converter.configure(properties);
		AtomicReference<CustomConverter.Converter> registered = new AtomicReference<>();
		converter.converterFor(new Column(oid, type, defaultValue), (schema, convert) -> registered.set(convert));
		return registered.get();
	}

	private record Column(int nativeType, String typeName, @Nullable Object defaultValue) implements RelationalColumn {

		@Override
		public int jdbcType() {
			return 0;
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
			return true;
		}

		@Override
		public boolean hasDefaultValue() {
			return this.defaultValue != null;
		}

		@Override
		public @Nullable String charsetName() {
			return null;
		}

		@Override
		public String name() {
			return "amount";
		}

		@Override
		public String dataCollection() {
			return "public.orders";
		}

	}

}
