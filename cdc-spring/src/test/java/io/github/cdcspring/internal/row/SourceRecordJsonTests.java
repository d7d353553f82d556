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

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@PostgresTest
class SourceRecordJsonTests {

	private final RowMapper<Map<String, Object>> maps = new RowMappers(new DefaultConversionService(), null)
		.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, Object.class).getType());

	private final RecordDecoder decoder = new RecordDecoder("cdc-heartbeat",
			(table) -> table.name().startsWith("full"));

	@Test
	void restoresEqualEvent(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int, part text, text text DEFAULT 'none', PRIMARY KEY (id, part))",
				"CREATE TABLE full_notes (text text)", "ALTER TABLE full_notes REPLICA IDENTITY FULL",
				"INSERT INTO notes VALUES (1, 'a', NULL)");
		try (EngineRecords records = new EngineRecords(database, Map.of("skipped.operations", "none"))) {
			database.execute("INSERT INTO notes VALUES (2, 'b''\"\\', 'Grüße')",
					"UPDATE notes SET part = 'c' WHERE id = 2", "UPDATE notes SET text = 'x' WHERE id = 2",
					"INSERT INTO full_notes VALUES ('then')", "UPDATE full_notes SET text = 'now'", "TRUNCATE notes",
					"SELECT pg_logical_emit_message(true, 'hello', 'wörld')");
			for (Change change : records.changes(this.decoder, 9)) {
				Change read = RecordDecoder.fromJson(change.toJson());
				assertThat(read.operation()).isEqualTo(change.operation());
				assertThat(read.table()).isEqualTo(change.table());
				assertThat(read.lsn()).isEqualTo(change.lsn());
				assertThat(read.position()).isEqualTo(change.position());
				assertThat(read.position().previousCommitLsn()).isEqualTo(change.position().previousCommitLsn());
				assertThat(read.transactionId()).isEqualTo(change.transactionId());
				assertThat(read.commitTime()).isEqualTo(change.commitTime());
				assertThat(read.snapshot()).isEqualTo(change.snapshot());
				assertThat(read.key()).isEqualTo(change.key());
				assertThat(read.before(this.maps)).isEqualTo(change.before(this.maps));
				assertThat(read.after(this.maps)).isEqualTo(change.after(this.maps));
				assertThat(read.changed(List.of("text"))).isEqualTo(change.changed(List.of("text")));
				LogicalMessage message = change.message();
				if (message != null) {
					assertThat(change.operation()).isEqualTo(Operation.MESSAGE);
					assertThat(read.message().text()).isEqualTo(message.text()).isEqualTo("wörld");
				}
				assertThat(RecordDecoder.fromJson(read.toJson()).toJson()).isEqualTo(change.toJson());
				assertThat(read.toString()).isEqualTo(change.toString()).doesNotContain("wörld");
			}
		}
	}

	@Test
	void restoresMarksForUnsentValues(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, t text, b bytea, n numeric, a text[], other int)",
				"ALTER TABLE notes ALTER t SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL, "
						+ "ALTER n SET STORAGE EXTERNAL, ALTER a SET STORAGE EXTERNAL",
				"INSERT INTO notes VALUES (1, repeat('x', 9000), convert_to(repeat('x', 9000), 'UTF8'), "
						+ "repeat('7', 9000)::numeric, array_fill('x'::text, ARRAY[3000]))");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			records.take(1);
			database.execute("UPDATE notes SET other = 1");
			Change change = RecordDecoder.fromJson(records.changes(this.decoder, 1).get(0).toJson());
			ColumnValue<Object> unavailable = ColumnValue.unavailable();
			assertThat(change.after(this.maps)).isEqualTo(Map.of("id", 1, "t", unavailable, "b", unavailable, "n",
					unavailable, "a", unavailable, "other", 1));
		}
	}

	@Test
	void restoresRowOf30Megabytes() {
		String large = "x".repeat(30_000_000);
		Schema row = SchemaBuilder.struct().field("large", Schema.STRING_SCHEMA).build();
		SourceRecordJson read = SourceRecordJson
			.parse(new SourceRecordJson(new SourceRecord(null, null, "t", row, new Struct(row).put("large", large)),
					false, 0)
				.toJson());
		assertThat(((Struct) read.record().value()).getString("large").length()).isEqualTo(large.length());
	}

	@Test
	void restoresValuesOfOtherConverters() {
		Schema array = SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).optional().build();
		Schema map = SchemaBuilder.map(Schema.INT64_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA).build();
		Schema row = SchemaBuilder.struct()
			.name("row")
			.version(3)
			.field("list", array)
			.field("map", map)
			.field("at", Timestamp.SCHEMA)
			.field("tiny", Schema.INT8_SCHEMA)
			.field("bytes", Schema.BYTES_SCHEMA)
			.build();
		Struct value = new Struct(row).put("list", Arrays.asList(1, null, 3))
			.put("map", Map.of(7L, "seven"))
			.put("at", Date.from(Instant.parse("2026-01-02T03:04:05.678Z")))
			.put("tiny", (byte) -5)
			.put("bytes", ByteBuffer.wrap(new byte[] { 1, -1 }));
		Struct read = (Struct) SourceRecordJson
			.parse(new SourceRecordJson(new SourceRecord(null, null, "t", row, value), true, 0).toJson())
			.record()
			.value();
		assertThat(read.schema()).isEqualTo(row);
		assertThat(read.get("list")).isEqualTo(value.get("list"));
		assertThat(read.get("map")).isEqualTo(value.get("map"));
		assertThat(read.get("at")).isEqualTo(value.get("at"));
		assertThat(read.get("tiny")).isEqualTo((byte) -5);
		assertThat(read.getBytes("bytes")).containsExactly(1, -1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "[]", "null", "secret", "{\"format\":2}",
			"{\"format\":1,\"value\":{\"schema\":0,\"value\":1}}",
			"{\"format\":1,\"value\":{\"schema\":0,\"value\":{\"mark\":\"secret\"}},\"schemas\":[{\"type\":\"string\"}]}",
			"{\"format\":1,\"value\":{\"schema\":0,\"value\":{}},\"schemas\":[{\"type\":\"struct\",\"fields\":{}}]}" })
	void rejectsDamagedJsonWithoutQuotingIt(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> RecordDecoder.fromJson(text))
			.withMessageStartingWith("it ")
			.withMessageNotContaining("secret");
	}

}
