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

package io.github.cdcspring.internal.backfill;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@PostgresTest
class BackfillRequestTests {

	private static final BackfillRequest ITEMS = new BackfillRequest(Set.of(new TableId("public", "items")));

	@Test
	void readsTablesInTheOrderInWhichTheyAreNamed() {
		List<String> names = IntStream.range(0, 20).mapToObj((i) -> "t" + (i * 7) % 20).toList();
		Set<TableId> captured = names.stream().map((name) -> new TableId("public", name)).collect(Collectors.toSet());
		assertThat(BackfillRequest.of(names, captured).tables()).extracting(TableId::name)
			.containsExactlyElementsOf(names);
	}

	@Test
	void refusesAServerThatSendsNoLogicalMessages() {
		DatabaseMetaData metaData = (DatabaseMetaData) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { DatabaseMetaData.class }, (proxy, method, arguments) -> 13);
		Connection connection = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("getMetaData")) {
						return metaData;
					}
					throw new IllegalStateException("The server is asked: " + method.getName());
				});
		assertThatExceptionOfType(CdcException.class).isThrownBy(() -> ITEMS.check(connection, "pub"))
			.withMessageContaining("public.items")
			.withMessageEndingWith("Upgrade the server to PostgreSQL 14 or later.");
	}

	@Test
	void refusesATableWhoseColumnsOnlyAreGranted(TestDatabase database) throws SQLException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "GRANT SELECT (id) ON items TO pg_monitor");
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			statement.execute("SET ROLE pg_monitor");
			assertThatExceptionOfType(CdcException.class).isThrownBy(() -> ITEMS.check(connection, "pub"))
				.withMessageContaining("public.items")
				.withMessageEndingWith("Grant the role SELECT on the whole table.");
			statement.execute("RESET ROLE");
			ITEMS.check(connection, "pub");
		}
	}

}
