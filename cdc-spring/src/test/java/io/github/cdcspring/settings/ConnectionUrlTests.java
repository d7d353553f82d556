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

package io.github.cdcspring.settings;

import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionUrlTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "orders", "two words", "a+b", "50%", "50%25", "a/b", "a?b", "a&b=c", "a#b", "größe", "\"q\"" })
	void driverFindsTheNameOfTheDatabase(String database) {
		Properties parsed = Driver
			.parseURL(new EngineSettings.Connection("host", 5433, database, null, null, Map.of()).jdbcUrl(), null);
		assertThat(parsed).isNotNull()
			.containsEntry(PGProperty.PG_DBNAME.getName(), database)
			.containsEntry(PGProperty.PG_HOST.getName(), "host")
			.containsEntry(PGProperty.PG_PORT.getName(), "5433");
	}

}
