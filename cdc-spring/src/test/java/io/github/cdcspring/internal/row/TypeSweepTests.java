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

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfilledRows;
import io.github.cdcspring.testsupport.HostileSettings;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.RowSource;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import io.github.cdcspring.testsupport.TypeSweep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every type of the catalogue, with values at its edges, arrives by snapshot and by
 * stream as the server has it, whatever the settings of the database say.
 */
@PostgresTest
class TypeSweepTests {

	static EngineRecords engine(TestDatabase database) {
		return new EngineRecords(database, Map.of("table.include.list", TypeSweep.TABLE));
	}

	@ParameterizedTest
	@EnumSource
	void deliversEveryTypeAsTheServerHasIt(HostileSettings settings) throws Exception {
		TestDatabase database = TestPostgres.shared().createDatabase();
		TypeSweep sweep = new TypeSweep(database, TypeSweepTests::engine);
		List<String> differences = sweep.run(settings.settings(), "public", List.of());
		assertThat(differences).isEmpty();
		assertThat(sweep.types()).isGreaterThan(150);
		assertThat(sweep.values()).isGreaterThan(1000);
	}

	@Test
	void readsEveryTypeByBackfillAsTheServerHasIt() throws Exception {
		HostileSettings settings = HostileSettings.SQL_STANDARD;
		TypeSweep sweep = new TypeSweep(TestPostgres.shared().createDatabase(), Backfill::new);
		assertThat(sweep.run(settings.settings(), "public", List.of())).isEmpty();
		assertThat(sweep.values()).isGreaterThan(1000);
	}

	private record Backfill(TestDatabase database) implements RowSource {

		@Override
		public List<Row> rows(int count) {
			try {
				return EngineRecords.rows(BackfilledRows.of(this.database, new TableId("public", "sweep")));
			}
			catch (SQLException ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public void close() {
		}

	}

}
