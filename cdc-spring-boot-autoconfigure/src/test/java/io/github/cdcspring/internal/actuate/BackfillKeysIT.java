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

package io.github.cdcspring.internal.actuate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A backfill reads a table in chunks, each from the key at which the one before ended.
 * The key may have any type.
 */
@PostgresTest
class BackfillKeysIT {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			bigint                | n
			numeric(20,3)         | n + 0.125
			text                  | 'key ' || n
			uuid                  | md5(n::text)::uuid
			date                  | date '1582-10-01' + n
			timestamptz           | timestamptz '0001-01-01 00:00:00+00 BC' + n * interval '1 hour 1 microsecond'
			interval              | n * interval '1 mon 1 day 1 second'
			bytea                 | decode(lpad(n::text, 8, '0'), 'hex')
			double precision      | n / 3.0
			boolean, part integer | n % 2 = 0, n
			int[]                 | ARRAY[n, NULL, 1]
			mood, part integer    | (CASE WHEN n % 2 = 0 THEN 'sad' ELSE 'ok' END)::mood, n
			""")
	void readsAllRowsOfATable(String type, String key, TestDatabase database) {
		String columns = type.contains("part") ? "id, part" : "id";
		database.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')",
				"CREATE TABLE keyed (id " + type + ", note int, PRIMARY KEY (" + columns + "))",
				"INSERT INTO keyed SELECT " + key + ", n FROM generate_series(1, 25) n");
		try (TestApplication application = TestApplication.run(database, Keyed.class,
				StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED,
						new String[] { "cdc.snapshot.mode=no_data", "management.endpoint.cdc.access=unrestricted",
								"cdc.debezium.incremental.snapshot.chunk.size=4" }))) {
			Keyed keyed = application.bean(Keyed.class);
			assertThat(
					new ActuatorClient(application).post("cdc/default/snapshot", "{\"tables\":\"keyed\"}").statusCode())
				.isEqualTo(200);
			await().until(() -> keyed.keys.size() >= 25);
			assertThat(keyed.keys).doesNotHaveDuplicates().hasSize(25);
		}
	}

	static class Keyed {

		final List<RowKey> keys = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "keyed", operations = Operation.READ)
		void on(RowKey key) {
			this.keys.add(key);
		}

	}

}
