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

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A backfill reads a table in chunks, each from the key at which the one before ended.
 * The key may have any type.
 */
@PostgresTest
class BackfillKeysIT {

	private static final int ROWS = 25;

	/** The columns of the key, and their values in row n. */
	private static final String[][] KEYS = { { "id bigint", "n" }, { "id numeric(20,3)", "n + 0.125" },
			{ "id text", "'key ' || n" }, { "id uuid", "md5(n::text)::uuid" }, { "id date", "date '1582-10-01' + n" },
			{ "id timestamptz", "timestamptz '0001-01-01 00:00:00+00 BC' + n * interval '1 hour 1 microsecond'" },
			{ "id interval", "n * interval '1 mon 1 day 1 second'" },
			{ "id bytea", "decode(lpad(n::text, 8, '0'), 'hex')" }, { "id double precision", "n / 3.0" },
			{ "part boolean, id integer", "n % 2 = 0, n" }, { "id int[]", "ARRAY[n, NULL, 1]" },
			{ "part mood, id integer", "(CASE WHEN n % 2 = 0 THEN 'sad' ELSE 'ok' END)::mood, n" } };

	@Test
	void readsAllRowsOfATable(TestDatabase database) {
		database.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')");
		for (int i = 0; i < KEYS.length; i++) {
			String columns = KEYS[i][0].startsWith("part") ? "part, id" : "id";
			database.execute("CREATE TABLE keyed_" + i + " (" + KEYS[i][0] + ", PRIMARY KEY (" + columns + "))",
					"INSERT INTO keyed_" + i + " SELECT " + KEYS[i][1] + " FROM generate_series(1, " + ROWS + ") n");
		}
		try (TestApplication application = TestApplication.run(database, Keyed.class,
				StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED, new String[] { "cdc.snapshot.mode=no_data",
						"management.endpoint.cdc.access=unrestricted", "cdc.backfill.chunk-size=4" }))) {
			Keyed keyed = application.bean(Keyed.class);
			ActuatorClient actuator = new ActuatorClient(application);
			for (int i = 0; i < KEYS.length; i++) {
				assertThat(actuator.post("cdc/default/backfill", "{\"tables\":\"keyed_" + i + "\"}").statusCode())
					.isEqualTo(200);
			}
			await().until(() -> keyed.keys.size() >= KEYS.length * ROWS);
			assertThat(keyed.keys).hasSize(KEYS.length * ROWS);
		}
	}

	static class Keyed {

		final Set<String> keys = new ConcurrentSkipListSet<>();

		@CdcListener(tables = "keyed_*", operations = Operation.READ)
		void on(RowKey key, TableId table) {
			this.keys.add(table + " " + key.columns());
		}

	}

}
