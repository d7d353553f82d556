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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What docs/types.md says of properties of type {@code String}.
 */
@PostgresTest
class TextFormsTests {

	@Test
	void textsAreThoseOfTheServerExceptForTheDocumentedOnes(TestDatabase database) throws Exception {
		Map<String, String> same = new LinkedHashMap<>();
		same.put("int8", "-9223372036854775808");
		same.put("numeric", "0.000000010");
		same.put("text", " a ");
		same.put("bytea", "\\x00ff");
		same.put("point", "(1,2.5)");
		same.put("line", "{1,-1,0}");
		same.put("lseg", "[(0,0),(1,1)]");
		same.put("box", "(2,2),(0,0)");
		same.put("path", "((0,0),(1,1e+20))");
		same.put("polygon", "((0,0),(1,1),(2,0))");
		same.put("circle", "<(0,0),1>");
		same.put("inet", "::1/64");
		same.put("macaddr8", "08:00:2b:01:02:03:04:05");
		same.put("json", "{\"b\": 1, \"a\":1e400}");
		same.put("jsonb", "{\"a\": 1.50}");
		same.put("int4range", "[1,5)");
		same.put("int4multirange", "{[1,5)}");
		same.put("varbit", "0101");
		same.put("bit(1)", "1");
		same.put("tsvector", "'a':1");
		same.put("pg_lsn", "0/16B3748");
		same.put("bool[]", "{t,f,NULL}");
		same.put("bit(1)[]", "{1,0}");
		same.put("float8[]", "{1e+20,NaN}");
		same.put("timestamptz[]", "{\"2026-01-01 00:00:00+00\"}");
		same.put("pair", "(\"a b\",1)");
		Map<String, String> other = new LinkedHashMap<>();
		other.put("boolean", "true");
		other.put("float8", "1.0E20");
		other.put("date", "2026-01-02");
		other.put("timestamptz", "2026-01-02T03:04:05Z");
		other.put("interval", "P1M2DT3S");
		Map<String, String> written = Map.of("boolean", "t", "float8", "1e20", "date", "2026-01-02", "timestamptz",
				"2026-01-02 03:04:05+00", "interval", "1 mon 2 days 3 s");
		List<String> types = new ArrayList<>(same.keySet());
		types.addAll(other.keySet());
		StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
		StringBuilder values = new StringBuilder();
		for (int i = 0; i < types.size(); i++) {
			String type = types.get(i);
			columns.append(", c").append(i).append(' ').append(type);
			values.append(", '").append(same.getOrDefault(type, written.get(type)).replace("'", "''")).append("'");
		}
		database.execute("CREATE TYPE pair AS (label text, number int)", "CREATE TABLE texts (" + columns + ")",
				"INSERT INTO texts VALUES (1" + values + ")");
		RowMapper<Map<String, String>> mapper = new RowMappers(new DefaultConversionService(), null)
			.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, String.class).getType());
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute("INSERT INTO texts VALUES (2" + values + ")");
			for (Change change : records.changes(new RecordDecoder("cdc-heartbeat", (table) -> false), 2)) {
				Map<String, String> row = change.after(mapper);
				for (int i = 0; i < types.size(); i++) {
					String type = types.get(i);
					String server = database.queryForText("SELECT c" + i + "::text FROM texts WHERE id = 2");
					assertThat(row.get("c" + i)).as(type + " from " + change.operation())
						.isEqualTo(other.getOrDefault(type, server));
				}
			}
		}
	}

}
