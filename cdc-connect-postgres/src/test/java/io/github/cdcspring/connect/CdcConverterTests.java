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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CdcConverterTests {

	private static final Schema SCHEMA = SchemaBuilder.struct()
		.name("row")
		.version(2)
		.doc("A row")
		.parameter("p", "q")
		.field("real", Schema.OPTIONAL_FLOAT64_SCHEMA)
		.field("number", Decimal.builder(0).optional().build())
		.field("text", SchemaBuilder.string().optional().defaultValue("none").build())
		.field("bytes", Schema.OPTIONAL_BYTES_SCHEMA)
		.field("list", SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).optional().build())
		.build();

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void readsWhatItWrote(String compact) {
		CdcConverter converter = converter(Map.of("compact", compact));
		Struct row = new Struct(SCHEMA).put("real", Double.NaN)
			.put("number", new BigDecimal("1.2300"))
			.put("bytes", new byte[] { 0, -1 })
			.put("list", Arrays.asList(1, null));
		SchemaAndValue read = converter.toConnectData("topic", converter.fromConnectData("topic", SCHEMA, row));
		assertThat(read.schema()).isEqualTo(SCHEMA);
		Struct copy = (Struct) read.value();
		assertThat(copy.get("real")).isEqualTo(Double.NaN);
		assertThat(copy.get("number")).isEqualTo(new BigDecimal("1.2300"));
		assertThat(copy.getWithoutDefault("text")).isNull();
		assertThat(copy.get("text")).isEqualTo("none");
		assertThat(copy.getBytes("bytes")).containsExactly(0, -1);
		assertThat(copy.getArray("list")).isEqualTo(Arrays.asList(1, null));
	}

	@Test
	void readsBothForms() {
		CdcConverter reader = converter(Map.of());
		Struct row = new Struct(SCHEMA).put("text", "\u00e9".repeat(10_000));
		for (String compact : List.of("false", "true")) {
			byte[] bytes = converter(Map.of("compact", compact)).fromConnectData("topic", SCHEMA, row);
			assertThat(reader.toConnectData("topic", bytes).value()).isEqualTo(row);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void valuesOfOneSchemaShareItWhenRead(String compact) {
		CdcConverter converter = converter(Map.of("compact", compact));
		byte[] bytes = converter.fromConnectData("topic", SCHEMA, new Struct(SCHEMA));
		assertThat(converter.toConnectData("topic", bytes).schema())
			.isSameAs(converter.toConnectData("topic", bytes).schema());
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void readsValuesOfSeveralSchemasInTurns(String compact) {
		CdcConverter writer = converter(Map.of("compact", compact));
		CdcConverter reader = converter(Map.of());
		List<Schema> schemas = IntStream.range(1, 40)
			.mapToObj((version) -> SchemaBuilder.struct()
				.version(version)
				.field("a", SCHEMA)
				.field("b", SCHEMA)
				.field("c".repeat(version * 100), Schema.OPTIONAL_STRING_SCHEMA)
				.build())
			.collect(Collectors.toList());
		for (int i = 0; i < 3; i++) {
			for (Schema schema : schemas) {
				Struct value = new Struct(schema).put("a", new Struct(SCHEMA).put("text", "a" + i))
					.put("b", new Struct(SCHEMA));
				SchemaAndValue read = reader.toConnectData("topic", writer.fromConnectData("topic", schema, value));
				assertThat(read.schema()).isEqualTo(schema);
				assertThat(read.value()).isEqualTo(value);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void keepsTheTypesOfKafkaConnect(String compact) {
		CdcConverter converter = converter(Map.of("compact", compact));
		Schema map = SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_INT8_SCHEMA).build();
		Schema schema = SchemaBuilder.struct()
			.field("date", Date.SCHEMA)
			.field("time", Time.SCHEMA)
			.field("timestamp", Timestamp.SCHEMA)
			.field("map", map)
			.field("boolean", Schema.BOOLEAN_SCHEMA)
			.field("int16", Schema.INT16_SCHEMA)
			.field("int64", Schema.INT64_SCHEMA)
			.field("float", Schema.FLOAT32_SCHEMA)
			.field("decimal", Decimal.schema(-3))
			.field("text", Schema.STRING_SCHEMA)
			.build();
		Map<String, Byte> bytes = new LinkedHashMap<>();
		bytes.put("least", Byte.MIN_VALUE);
		bytes.put("none", null);
		Struct value = new Struct(schema).put("date", new java.util.Date(-86_400_000L))
			.put("time", new java.util.Date(86_399_999L))
			.put("timestamp", new java.util.Date(Long.MIN_VALUE))
			.put("map", bytes)
			.put("boolean", true)
			.put("int16", Short.MIN_VALUE)
			.put("int64", Long.MAX_VALUE)
			.put("float", Float.NEGATIVE_INFINITY)
			.put("decimal", new BigDecimal("-1.5E+400"))
			.put("text", "\uD83D\uDE00".repeat(1_000));
		SchemaAndValue read = converter.toConnectData("topic", converter.fromConnectData("topic", schema, value));
		assertThat(read).isEqualTo(new SchemaAndValue(schema, value));
	}

	@Test
	void threadsShareConverter() {
		CdcConverter converter = converter(Map.of("compact", "true"));
		assertThat(IntStream.range(0, 2_000).parallel().mapToObj((i) -> {
			Struct row = new Struct(SCHEMA).put("text", "row " + i);
			return row
				.equals(converter.toConnectData("topic", converter.fromConnectData("topic", SCHEMA, row)).value());
		})).containsOnly(true);
	}

	@Test
	void keysAreNeverCompact() {
		CdcConverter converter = new CdcConverter();
		converter.configure(Map.of("compact", "true"), true);
		assertThat(converter.fromConnectData("topic", Schema.INT32_SCHEMA, 1)).asString(StandardCharsets.UTF_8)
			.isEqualTo("{\"format\":1,\"schema\":0,\"value\":1,\"schemas\":[{\"type\":\"int32\"}]}");
	}

	@Test
	void keepsTombstones() {
		CdcConverter converter = converter(Map.of("compact", "true"));
		assertThat(converter.fromConnectData("topic", SCHEMA, null)).isNull();
		assertThat(converter.toConnectData("topic", null)).isEqualTo(SchemaAndValue.NULL);
	}

	@Test
	void refusesDamagedValuesWithoutTheirContent() {
		CdcConverter converter = converter(Map.of("compact", "true"));
		byte[] bytes = converter.fromConnectData("topic", Schema.STRING_SCHEMA, "secret");
		for (byte[] damaged : List.of(Arrays.copyOf(bytes, bytes.length - 3), Arrays.copyOf(bytes, bytes.length + 1),
				new byte[] { 2, 7, 7 }, new byte[] { 2 }, new byte[] { 2, -1, -1, -1, -1, 15, 7 },
				new byte[] { 2, 1, 7, 7 }, "secret".getBytes(StandardCharsets.UTF_8), new byte[0])) {
			assertThatExceptionOfType(DataException.class).isThrownBy(() -> converter.toConnectData("topic", damaged))
				.withMessageContaining("topic 'topic'")
				.withMessageNotContaining("secret")
				.withNoCause();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{'format':1,'schema':0,'value':'secret','schemas':[{'type':'int32'}]}",
			"{'format':1,'schema':0,'value':300,'schemas':[{'type':'int8'}]}",
			"{'format':1,'schema':0,'value':1,'schemas':[{'type':'string'}]}",
			"{'format':1,'schema':0,'value':1,'schemas':[{'type':'float64'}]}",
			"{'format':1,'schema':0,'value':'secret','schemas':[{'type':'float64'}]}",
			"{'format':1,'schema':0,'value':1,'schemas':[{'type':'bytes','name':'org.apache.kafka.connect.data.Decimal'}]}",
			"{'format':1,'schema':0,'value':'secret','schemas':[{'type':'secret'}]}",
			"{'format':1,'schema':0,'value':{'mark':'NaN'},'schemas':[{'type':'int32'}]}",
			"{'format':1,'schema':1,'value':{'a':'secret'},'schemas':[{'type':'boolean'},{'type':'struct','fields':{'a':0}}]}",
			"{'format':1,'schema':1,'value':{},'schemas':[{'type':'boolean'},{'type':'array','values':0}]}",
			"{'format':1,'schema':0,'value':1,'schemas':[{'type':'array'}]}",
			"{'format':1,'schema':0,'value':1,'schemas':[{'type':'int32','default':'secret'}]}",
			"{'format':1,'schema':0,'value':1,'schemas':[{'type':'int32','parameters':{'a':null}}]}",
			"{'format':1,'schema':'0','value':1,'schemas':[{'type':'int32'}]}" })
	void refusesForeignValuesWithoutTheirContent(String json) {
		byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
		assertThatExceptionOfType(DataException.class)
			.isThrownBy(() -> converter(Map.of()).toConnectData("topic", bytes))
			.withMessageContaining("topic 'topic'")
			.withMessageNotContaining("secret")
			.withNoCause();
	}

	@Test
	void refusesValuesWithoutASchema() {
		assertThatExceptionOfType(DataException.class)
			.isThrownBy(() -> converter(Map.of()).fromConnectData("topic", null, "secret"))
			.withMessageContaining("without a schema")
			.withMessageNotContaining("secret");
	}

	private static CdcConverter converter(Map<String, String> configuration) {
		CdcConverter converter = new CdcConverter();
		converter.configure(configuration, false);
		return converter;
	}

}
