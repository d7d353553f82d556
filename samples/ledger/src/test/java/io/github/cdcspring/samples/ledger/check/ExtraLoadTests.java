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

package io.github.cdcspring.samples.ledger.check;

import java.nio.file.Path;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.github.cdcspring.samples.ledger.TestLedger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class ExtraLoadTests {

	@Test
	void commitsNothingThatItMarksAsRolledBack() throws Exception {
		DataSource source = TestLedger.createDatabase();
		JdbcTemplate jdbc = new JdbcTemplate(source);
		jdbc.execute(LedgerTable.CREATE_EXTRA);
		new PgbenchStatements(source, Options.parse(Path.of("target")), 1).initialise(1);
		try (ExtraLoad load = new ExtraLoad(source)) {
			load.start(1);
			Awaitility.await()
				.until(() -> count(jdbc, "note = 'after the savepoint'") > 0 && count(jdbc, "note = 'fourth'") > 0
						&& count(jdbc, "note = 'copied'") > 0 && count(jdbc, "id % 1000000 > 500000") > 0);
			assertThat(load.stop()).isGreaterThan(5);
		}
		assertThat(count(jdbc, "note = 'rolled back'")).isZero();
	}

	private static int count(JdbcTemplate jdbc, String condition) throws SQLException {
		return jdbc.queryForObject("SELECT count(*) FROM ledger_extra WHERE " + condition, Integer.class);
	}

}
