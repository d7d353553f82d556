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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A value or an event that cannot be read is named, without its data.
 */
@PostgresTest
class UnreadableValueTests {

	private final RowMappers mappers = new RowMappers(new DefaultConversionService(), null);

	private final RecordDecoder decoder = new RecordDecoder("cdc-heartbeat", (table) -> false);

	@Test
	void failsOnlyTheDeliveryOfAValueThatCannotBeParsed(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, data bytea, note text)",
				"INSERT INTO item VALUES (1, 'secret', 'a')");
		// The starter's own sessions have another setting
		try (EngineRecords records = new EngineRecords(database,
				Map.of("driver.options", "-c bytea_output=escape", "table.include.list", "public.item"))) {
			database.execute("INSERT INTO item VALUES (2, 'secret', 'b')", "INSERT INTO item VALUES (3, NULL, 'c')");
			List<Change> changes = records.changes(this.decoder, 3);
			for (Change change : changes.subList(0, 2)) {
				assertUnreadable(change);
				assertUnreadable(RecordDecoder.fromJson(change.toJson()));
				assertThat(KeyHash.of(change)).hasSize(16);
			}
			assertThat(changes.get(2).after(map())).containsEntry("note", "c").containsEntry("data", null);
		}
	}

	private void assertUnreadable(Change change) {
		assertThatThrownBy(() -> change.after(map())).isInstanceOf(RowMappingException.class)
			.hasMessageContaining("'data' (bytea) of public.item")
			.hasMessageContaining("at " + change.lsn() + ":")
			.hasMessageNotContaining("secret")
			.hasNoCause();
		assertThat(change.after(this.mappers.<Note>mapperFor(Note.class)).note()).isIn("a", "b");
	}

	private RowMapper<Map<String, Object>> map() {
		return this.mappers.mapperFor(new ParameterizedTypeReference<Map<String, Object>>() {
		}.getType());
	}

	@Test
	void namesThePositionOfWhatDebeziumCannotRead(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE twin (id int PRIMARY KEY, note text)");
		try (EngineRecords records = new EngineRecords(database, Map.of("table.include.list", "public.twin"))) {
			database.execute("ALTER TABLE twin ADD COLUMN \"NOTE\" text",
					"INSERT INTO twin VALUES (1, 'secret', 'secret')");
			assertThat(records.failure())
				.contains("What follows 0/", "in the stream cannot be read", "unreadable-event")
				.doesNotContain("secret", "follows 0/0 ");
		}
	}

	record Note(int id, String note) {

	}

}
