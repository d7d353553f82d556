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

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.testsupport.RowSource.Row;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Amounts of {@code money} arrive as the server's own numbers, whatever
 * {@code lc_monetary} says. Needs Debian's packages postgresql-15 and locales.
 */
class MoneyLocaleTests {

	private static DebianPostgres server;

	@BeforeAll
	static void startServer() throws Exception {
		server = DebianPostgres.start();
	}

	@AfterAll
	static void stopServer() throws Exception {
		if (server != null) {
			server.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "de_DE", "ja_JP", "ar_KW" })
	@SuppressWarnings("unchecked")
	void deliversTheServersNumbers(String locale) throws Exception {
		String name = server.createLocale(locale);
		TestDatabase database = server.createDatabase("money_" + locale.toLowerCase());
		database.execute("ALTER DATABASE " + database.name() + " SET lc_monetary = '" + name + "'");
		database.execute("CREATE TABLE sweep (id serial PRIMARY KEY, amount money, amounts money[])",
				"INSERT INTO sweep (amount) SELECT a::money FROM unnest(ARRAY[0, 1, -1, 1234, -1234, 123456, 12345678]) a",
				"UPDATE sweep SET amounts = ARRAY[amount, NULL, amount * 3]");
		try (EngineRecords records = TypeSweepTests.engine(database)) {
			database.execute("INSERT INTO sweep (amount, amounts) SELECT amount, amounts FROM sweep");
			for (Row received : records.rows(14)) {
				Map<String, Object> row = received.values();
				List<String> expected = database.queryForTexts("SELECT unnest(ARRAY[amount, amount] || amounts[3])"
						+ "::numeric FROM sweep WHERE id = " + row.get("id"));
				List<BigDecimal> amounts = (List<BigDecimal>) row.get("amounts");
				assertThat(List.of(row.get("amount"), amounts.get(0), amounts.get(2)))
					.as("%s, snapshot: %s", row.get("id"), received.snapshot())
					.extracting(Object::toString)
					.isEqualTo(expected);
			}
		}
	}

}
