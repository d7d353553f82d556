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

package io.github.cdcspring.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A malicious name does no harm: the start is refused, and the server remains unchanged.
 */
@PostgresTest
class HostileNamesIT {

	private static final List<String> NAMES = List.of("x\"; CREATE TABLE harm (id int); --",
			"x'; CREATE TABLE harm (id int); --", "x; CREATE TABLE harm (id int)",
			"x\nWITH (publish = ''); CREATE TABLE harm (id int)", "\u00fcber\u4f60", "x".repeat(100_000));

	static Stream<Arguments> settings() {
		return Stream.of("cdc.slot.name", "cdc.publication.name", "cdc.offset.jdbc.table", "test.table")
			.flatMap((setting) -> NAMES.stream().map((name) -> Arguments.of(setting, name)))
			// a table may have a name in another script
			.filter((arguments) -> !(arguments.get()[0].equals("cdc.offset.jdbc.table")
					&& arguments.get()[1].equals(NAMES.get(4))));
	}

	@ParameterizedTest(name = "{index} {0}")
	@MethodSource("settings")
	void changesNothing(String setting, String name, TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)");
		List<@Nullable String> before = everything(database);
		assertThatThrownBy(() -> TestApplication.start(database, Orders.class, "test.table=orders",
				"cdc.offset.store=" + (setting.startsWith("cdc.offset") ? "jdbc" : "memory"), setting + "=" + name))
			.rootCause()
			.satisfies((cause) -> assertThat(cause.getMessage()).hasSizeLessThan(1_000)
				.matches((all) -> all.chars().noneMatch(Character::isISOControl))
				.containsAnyOf("listens to '", "has an invalid table pattern", "'" + setting + "'"));
		assertThat(everything(database)).isEqualTo(before);
	}

	@Test
	void unusualNameOfAnExistingTableWorks(TestDatabase database) {
		String table = "\"od\"\"d; DROP TABLE orders; --'\"";
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE " + table + " (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Orders.class, "test.table=" + table)) {
			database.execute("INSERT INTO " + table + " VALUES (1)");
			await().untilAsserted(() -> assertThat(application.bean(Orders.class).ids).containsExactly(1));
			assertThat(database.queryForTexts("SELECT tablename FROM pg_publication_tables"))
				.containsExactly("od\"d; DROP TABLE orders; --'");
		}
		assertThat(database.queryForText("SELECT count(*) FROM orders")).isEqualTo("0");
	}

	private static List<@Nullable String> everything(TestDatabase database) {
		return database.queryForTexts("""
				SELECT 'class ' || oid || relname FROM pg_class
				UNION ALL SELECT 'publication ' || p::text FROM pg_publication p
				UNION ALL SELECT 'table ' || r::text FROM pg_publication_rel r
				UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots WHERE database = current_database()
				ORDER BY 1""");
	}

	record Order(Integer id) {

	}

	static class Orders {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "${test.table}")
		void on(Order order) {
			this.ids.add(order.id());
		}

	}

}
