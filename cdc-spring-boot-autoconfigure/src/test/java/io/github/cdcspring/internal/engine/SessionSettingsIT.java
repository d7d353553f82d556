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

package io.github.cdcspring.internal.engine;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.PostgresInterval;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Values are the same whatever the database or the role sets for its sessions.
 */
@PostgresTest
class SessionSettingsIT {

	private static final List<String> SETTINGS = List.of("bytea_output = 'escape'", "IntervalStyle = 'sql_standard'",
			"DateStyle = 'SQL, DMY'", "extra_float_digits = '-15'", "TimeZone = 'Asia/Kolkata'",
			"quote_all_identifiers = 'on'", "client_encoding = 'LATIN1'", "standard_conforming_strings = 'off'",
			"statement_timeout = '10s'", "lock_timeout = '10s'", "idle_in_transaction_session_timeout = '1s'",
			"default_transaction_isolation = 'serializable'", "xmlbinary = 'hex'", "xmloption = 'document'",
			"array_nulls = 'off'", "search_path = 'hidden'");

	private static final String ROW = """
			'abcd\u00e9', '\\x616263645c00ff', ARRAY['\\x61'::bytea], '1 year 2 mons -3 days 04:05:06.7', '2020-02-01',
			'2020-02-01 00:00:00+00', 0.1::float8 + 0.2::float8, 'public.samples'::regclass, '<a>1</a>', ARRAY[1, NULL]""";

	@ParameterizedTest
	@ValueSource(strings = { "DATABASE %1$s", "ROLE %2$s IN DATABASE %1$s" })
	void valuesDoNotDependOnThem(String target, TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE SCHEMA hidden",
				"CREATE TABLE samples (id int PRIMARY KEY, name text, bytes bytea, byte_array bytea[], span interval,"
						+ " day date, moment timestamptz, number float8, relation regclass, document xml,"
						+ " numbers int[])",
				"INSERT INTO samples SELECT 1, " + ROW);
		SETTINGS.forEach((setting) -> database
			.execute("ALTER " + target.formatted(database.name(), database.applicationRole()) + " SET " + setting));
		try (TestApplication application = TestApplication.run(database, Values.class)) {
			Values values = application.bean(Values.class);
			await().until(() -> values.rows.size() == 1);
			database.inTransaction("SET LOCAL idle_in_transaction_session_timeout = 0",
					"SET LOCAL standard_conforming_strings = on", "INSERT INTO public.samples SELECT 2, " + ROW);
			await().until(() -> values.rows.size() == 2);
			assertThat(values.operations).containsExactly(Operation.READ, Operation.CREATE);
			assertThat(values.rows).allSatisfy((row) -> {
				assertThat(row).containsEntry("name", "abcd\u00e9")
					.containsEntry("day", LocalDate.of(2020, 2, 1))
					.containsEntry("moment", Instant.parse("2020-02-01T00:00:00Z"))
					.containsEntry("number", 0.1 + 0.2)
					.containsEntry("span", new PostgresInterval(14, -3, 14_706_700_000L))
					.containsEntry("document", "<a>1</a>");
				assertThat((byte[]) row.get("bytes")).containsExactly('a', 'b', 'c', 'd', '\\', 0, 0xff);
				assertThat((List<?>) row.get("byte_array")).singleElement().isEqualTo(new byte[] { 'a' });
				assertThat((List<?>) row.get("numbers")).isEqualTo(Arrays.asList(1, null));
			});
			assertThat(values.rows).extracting((row) -> row.get("relation")).containsOnly("public.samples");
		}
	}

	@Test
	void columnListDoesNotDependOnThem(TestDatabase database) {
		database.execute("CREATE TABLE samples (id int PRIMARY KEY, name text, secret text)",
				"CREATE PUBLICATION samples FOR TABLE samples (id, name) WITH (publish_via_partition_root = true)",
				"INSERT INTO samples VALUES (1, 'a', 'x')",
				"ALTER DATABASE " + database.name() + " SET standard_conforming_strings = off");
		try (TestApplication application = TestApplication.run(database, Names.class, "cdc.publication.name=samples",
				"cdc.safety.accept=publication-filter")) {
			Names names = application.bean(Names.class);
			await().until(() -> names.names.size() == 1);
			database.execute("INSERT INTO samples VALUES (2, 'b', 'y')");
			await().until(() -> names.names.size() == 2);
			application.engine().backfill().start("samples");
			await().until(() -> names.names.size() == 4);
			assertThat(names.names).containsExactly("a", "b", "a", "b");
		}
	}

	static class Names {

		final List<String> names = new CopyOnWriteArrayList<>();

		@CdcListener("samples")
		void on(Named row) {
			this.names.add(row.name);
		}

		record Named(int id, String name) {

		}

	}

	static class Values {

		final List<Operation> operations = new CopyOnWriteArrayList<>();

		final List<Map<String, Object>> rows = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "public.samples", operations = { Operation.READ, Operation.CREATE })
		void on(Map<String, Object> row, Operation operation) {
			this.operations.add(operation);
			this.rows.add(row);
		}

	}

}
