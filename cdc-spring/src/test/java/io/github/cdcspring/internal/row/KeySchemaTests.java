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

import java.util.Map;

import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Debezium recognizes in the stream a row that it has just read from the table by its
 * key, with the key's schema.
 */
@PostgresTest
class KeySchemaTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "id smallserial PRIMARY KEY | DEFAULT", "id serial PRIMARY KEY | DEFAULT",
			"id bigserial PRIMARY KEY | FULL", "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY | DEFAULT",
			"id uuid DEFAULT gen_random_uuid() PRIMARY KEY | FULL", "id varchar(5) DEFAULT 'a' PRIMARY KEY | DEFAULT",
			"id char(3) DEFAULT 'a' PRIMARY KEY | DEFAULT", "id numeric(8, 2) DEFAULT 1.5 PRIMARY KEY | DEFAULT",
			"id int DEFAULT 1, part date DEFAULT current_date, PRIMARY KEY (part, id) | DEFAULT" })
	void keyOfASnapshotEqualsThatOfTheStream(String key, String identity, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (note text, " + key + ")",
				"ALTER TABLE notes REPLICA IDENTITY " + identity, "INSERT INTO notes (note) VALUES ('before')");
		try (EngineRecords records = new EngineRecords(database, Map.of("snapshot.mode", "initial"))) {
			SourceRecord read = records.take(1).get(0);
			database.execute("UPDATE notes SET note = 'after'");
			SourceRecord update = records.take(1).get(0);
			assertThat(update.key()).isEqualTo(read.key());
		}
	}

}
