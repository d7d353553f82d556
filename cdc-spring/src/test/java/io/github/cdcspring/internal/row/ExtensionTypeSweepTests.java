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
import java.util.List;
import java.util.Map;

import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.testsupport.EdgeValues;
import io.github.cdcspring.testsupport.HostileSettings;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TypeSweep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The types of extensions arrive by snapshot and by stream as the server has them,
 * whatever the settings of the database say and in whatever schema the extensions are.
 * Needs Debian's package postgresql-15, and postgresql-15-postgis-3 for PostGIS.
 */
class ExtensionTypeSweepTests {

	private static final String POSTGIS = "postgis";

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

	@Test
	void deliversTypesOfExtensionsInTheSchemaOfTheTable() throws Exception {
		assertThat(sweep("public", HostileSettings.SQL_STANDARD, server.extensions()).types()).isGreaterThan(190);
	}

	@ParameterizedTest
	@EnumSource
	void deliversTypesOfExtensionsInASchemaOfTheirOwn(HostileSettings settings) throws Exception {
		List<String> extensions = new ArrayList<>(server.extensions());
		if (server.hasExtension(POSTGIS)) {
			extensions.add(POSTGIS);
		}
		assertThat(sweep("extensions", settings, extensions).types()).isGreaterThan(190);
	}

	@Test
	void domainsAndTypesNamedLikeAnExtensionAreToldByTheirOid() throws Exception {
		TestDatabase database = server.createDatabase("names");
		database.execute("CREATE SCHEMA extensions", "CREATE EXTENSION hstore SCHEMA extensions", "CREATE SCHEMA app",
				"CREATE DOMAIN app.attrs AS extensions.hstore", "CREATE TYPE app.hstore AS ENUM ('a')",
				"CREATE TABLE app.rows (id int PRIMARY KEY, map extensions.hstore, attrs app.attrs, "
						+ "maps extensions.hstore[], no_map app.hstore)");
		assertThat(TypeNamesTests.rows(database, "'b=>c', 'd=>e', ARRAY['f=>g'::extensions.hstore], 'a'"))
			.containsOnly(Map.of("map", Map.of("b", "c"), "attrs", Map.of("d", "e"), "maps", List.of(Map.of("f", "g")),
					"no_map", "a"));
	}

	/** Is skipped where the sweep is without PostGIS. */
	@Test
	void sweepContainsPostgis() {
		assumeThat(server.hasExtension(POSTGIS)).as("Debian's package postgresql-15-postgis-3 is installed").isTrue();
		assertThat(EdgeValues.of("geometry")).isNotEmpty();
	}

	private static TypeSweep sweep(String schema, HostileSettings settings, List<String> extensions) throws Exception {
		TypeSweep sweep = new TypeSweep(server.createDatabase(schema + "_" + LowerCase.of(settings)),
				TypeSweepTests::engine);
		assertThat(sweep.run(settings.settings(), schema, extensions)).isEmpty();
		return sweep;
	}

}
