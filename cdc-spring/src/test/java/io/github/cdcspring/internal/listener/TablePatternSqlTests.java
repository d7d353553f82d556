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

package io.github.cdcspring.internal.listener;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.TableId;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server finds by {@code LIKE} what a pattern matches.
 */
@PostgresTest
class TablePatternSqlTests {

	private static final List<String> PATTERNS = List.of("orders", "Orders", "or*", "order_*", "*%*", "*\\*", "*",
			"s*.*", "*.order*", "\"odd.schema\".\"ta*ble\"", "\"odd.schema\".*", "\"or_ers\"", "\"%\"", "*\\_\\*");

	@Test
	void findsTheSameTables(TestDatabase database) throws SQLException {
		database.execute("CREATE SCHEMA \"odd.schema\"", "CREATE SCHEMA s_1", "CREATE TABLE orders ()",
				"CREATE TABLE \"Orders\" ()", "CREATE TABLE order_2026 ()", "CREATE TABLE s_1.orders ()",
				"CREATE TABLE \"odd.schema\".\"ta*ble\" ()", "CREATE TABLE \"odd.schema\".tabxble ()",
				"CREATE TABLE \"50%\\off\" ()", "CREATE TABLE \"%\" ()", "CREATE TABLE \"a\\_\\b\" ()");
		for (String text : PATTERNS) {
			TablePattern pattern = TablePattern.parse(text);
			List<TableId> all = tables(database, "%", "%");
			assertThat(tables(database, pattern.schemaLike(), pattern.nameLike())).as(text)
				.isNotNull()
				.containsExactlyElementsOf(all.stream().filter(pattern::matches).toList());
		}
	}

	private static List<TableId> tables(TestDatabase database, String schemaLike, String nameLike) throws SQLException {
		List<TableId> tables = new ArrayList<>();
		try (Connection connection = database.connect();
				PreparedStatement query = connection
					.prepareStatement("SELECT schemaname, tablename FROM pg_tables WHERE schemaname <> "
							+ "'information_schema' AND schemaname <> 'pg_catalog' AND schemaname LIKE ? AND tablename LIKE ? "
							+ "ORDER BY 1, 2")) {
			query.setString(1, schemaLike);
			query.setString(2, nameLike);
			try (ResultSet result = query.executeQuery()) {
				while (result.next()) {
					tables.add(new TableId(result.getString(1), result.getString(2)));
				}
			}
		}
		return tables;
	}

}
