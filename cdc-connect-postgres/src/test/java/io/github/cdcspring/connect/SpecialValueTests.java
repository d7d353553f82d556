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

package io.github.cdcspring.connect;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;

import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.PostgresTypeKind;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a consumer sees that has only the bytes.
 */
class SpecialValueTests {

	private static final int NUMERIC = 1700;

	private static final int TEXT = 25;

	private static final int BYTEA = 17;

	private static final int DATE = 1082;

	private static final int TIMESTAMPTZ = 1184;

	private static final int DOUBLE = 701;

	@Test
	void numbers() {
		assertThat(special(NUMERIC, parsed("NaN"))).isEqualTo(SpecialValue.NAN);
		assertThat(special(NUMERIC, parsed("Infinity"))).isEqualTo(SpecialValue.INFINITY);
		assertThat(special(NUMERIC, parsed("-Infinity"))).isEqualTo(SpecialValue.MINUS_INFINITY);
		assertThat(special(NUMERIC, PostgresTypeKind.NUMERIC.unavailable())).isEqualTo(SpecialValue.UNAVAILABLE);
		assertThat(special(NUMERIC, PostgresTypeKind.NUMERIC.unreadable())).isEqualTo(SpecialValue.UNREADABLE);
		assertThat(special(NUMERIC, new BigDecimal("1.5"))).isNull();
		assertThat(special(NUMERIC, null)).isNull();
		assertThat(special(DOUBLE, Double.NaN)).isEqualTo(SpecialValue.NAN);
		assertThat(special(DOUBLE, Double.NEGATIVE_INFINITY)).isEqualTo(SpecialValue.MINUS_INFINITY);
		assertThat(special(DOUBLE, 1.5)).isNull();
	}

	@Test
	void textAndBytes() {
		String unavailable = (String) Objects.requireNonNull(PostgresTypeKind.TEXT.unavailable());
		assertThat(special(TEXT, unavailable)).isEqualTo(SpecialValue.UNAVAILABLE);
		assertThat(special(TEXT, new String(unavailable))).as("a row with the same text").isNull();
		assertThat(special(BYTEA, PostgresTypeKind.BYTES.unavailable())).isEqualTo(SpecialValue.UNAVAILABLE);
		assertThat(special(BYTEA, PostgresTypeKind.BYTES.unreadable())).isEqualTo(SpecialValue.UNREADABLE);
		assertThat(special(BYTEA, new byte[] { 1 })).isNull();
	}

	@Test
	void datesAndTimestamps() {
		assertThat(special(DATE, PostgresTypeKind.DATE.parse("infinity"))).isEqualTo(SpecialValue.INFINITY);
		assertThat(special(DATE, PostgresTypeKind.DATE.parse("-infinity"))).isEqualTo(SpecialValue.MINUS_INFINITY);
		assertThat(special(DATE, PostgresTypeKind.DATE.unreadable())).isEqualTo(SpecialValue.UNREADABLE);
		assertThat(special(DATE, 0)).isNull();
		assertThat(special(TIMESTAMPTZ, PostgresTypeKind.TIMESTAMPTZ.parse("infinity")))
			.isEqualTo(SpecialValue.INFINITY);
		assertThat(special(TIMESTAMPTZ, PostgresTypeKind.TIMESTAMPTZ.unreadable())).isEqualTo(SpecialValue.UNREADABLE);
		assertThat(special(TIMESTAMPTZ, 0L)).isNull();
	}

	@Test
	void aColumnOfAnotherConnectorHasNone() {
		assertThat(SpecialValue.of(Schema.FLOAT64_SCHEMA, Double.NaN)).isNull();
		assertThat(SpecialValue.of(new Struct(SchemaBuilder.struct().build()), "missing")).isNull();
	}

	private static Object parsed(String text) {
		return PostgresTypeKind.NUMERIC.parse(text);
	}

	private static @Nullable SpecialValue special(int type, @Nullable Object value) {
		Schema row = SchemaBuilder.struct()
			.field("a", PostgresType.of(type, "type", false, 0, false).schema().build())
			.build();
		CdcConverter converter = new CdcConverter();
		converter.configure(Map.of(), false);
		byte[] bytes = converter.fromConnectData("topic", row, new Struct(row).put("a", value));
		return SpecialValue.of((Struct) converter.toConnectData("topic", bytes).value(), "a");
	}

}
