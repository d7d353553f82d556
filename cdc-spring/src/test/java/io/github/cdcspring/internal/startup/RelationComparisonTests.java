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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which statements change a captured table, as a later comparison sees it.
 */
@PostgresTest
class RelationComparisonTests {

	private static final Lsn OFFSET = Lsn.parse("0/16B3748");

	private TestDatabase database;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)",
				"CREATE TABLE measures (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE measures_1 PARTITION OF measures FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE others (id int PRIMARY KEY)", "CREATE SCHEMA away",
				"CREATE PUBLICATION pub FOR TABLE orders, measures WITH (publish_via_partition_root = true)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ALTER TABLE orders ADD COLUMN note text",
			"ALTER TABLE orders ALTER COLUMN id TYPE bigint", "VACUUM FULL orders", "ANALYZE orders",
			"VACUUM FREEZE orders", "CREATE INDEX ON orders (id)", "ALTER TABLE orders REPLICA IDENTITY FULL",
			"GRANT SELECT ON orders TO PUBLIC", "TRUNCATE orders",
			"ALTER TABLE orders CLUSTER ON orders_pkey; CLUSTER orders", "COMMENT ON TABLE orders IS 'x'",
			"ALTER TABLE orders OWNER TO pg_monitor", "ALTER PUBLICATION pub OWNER TO pg_monitor",
			"ALTER PUBLICATION pub ADD TABLE others", "ALTER PUBLICATION pub SET TABLE orders, measures, others",
			"ALTER PUBLICATION pub ADD TABLES IN SCHEMA public", "ALTER PUBLICATION pub SET (publish = 'insert')",
			"COMMENT ON PUBLICATION pub IS 'x'", "VACUUM FULL pg_publication", "VACUUM FREEZE pg_publication_rel",
			"CREATE TABLE measures_2 PARTITION OF measures FOR VALUES FROM (10) TO (20)",
			"ALTER TABLE orders DROP CONSTRAINT orders_pkey",
			"ALTER TABLE orders DROP CONSTRAINT orders_pkey; ALTER TABLE orders ADD uid int PRIMARY KEY",
			"ALTER TABLE orders REPLICA IDENTITY FULL; ALTER TABLE orders RENAME COLUMN id TO uid",
			"ALTER TABLE orders REPLICA IDENTITY FULL; ALTER TABLE orders DROP CONSTRAINT orders_pkey; "
					+ "ALTER TABLE orders ADD PRIMARY KEY (id)",
			"ALTER TABLE measures DETACH PARTITION measures_1", "DROP TABLE measures_1" })
	void acceptsWhatLosesNoChange(String statements) throws SQLException {
		assertThat(comparison(statements, "orders", "measures").changes()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"NOT_PUBLISHED | ALTER PUBLICATION pub DROP TABLE orders",
			"NOT_PUBLISHED | ALTER PUBLICATION pub DROP TABLE orders; ALTER PUBLICATION pub ADD TABLE orders",
			"NOT_PUBLISHED | ALTER PUBLICATION pub DROP TABLE orders; ALTER PUBLICATION pub ADD TABLES IN SCHEMA public",
			"NOT_PUBLISHED | DROP PUBLICATION pub",
			"NOT_PUBLISHED | DROP PUBLICATION pub; CREATE PUBLICATION pub FOR ALL TABLES",
			"NOT_PUBLISHED | ALTER PUBLICATION pub RENAME TO other; ALTER PUBLICATION other RENAME TO pub",
			"NOT_PUBLISHED | ALTER PUBLICATION pub SET (publish = ''); "
					+ "ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate')",
			"KEY_CHANGED | ALTER TABLE orders REPLICA IDENTITY FULL; ALTER TABLE orders DROP CONSTRAINT orders_pkey; "
					+ "ALTER TABLE orders ADD uid int PRIMARY KEY",
			"RENAMED | ALTER TABLE orders RENAME TO x; ALTER TABLE x RENAME TO orders",
			"RENAMED | ALTER TABLE orders SET SCHEMA away; ALTER TABLE away.orders SET SCHEMA public",
			"RENAMED | ALTER TABLE orders RENAME TO orders_2", "RENAMED | ALTER TABLE orders SET SCHEMA away",
			"RENAMED | ALTER SCHEMA public RENAME TO gone; CREATE SCHEMA public", "DROPPED | DROP TABLE orders",
			"REPLACED | ALTER TABLE orders RENAME TO x; ALTER TABLE others RENAME TO orders",
			"REPLACED | DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY)",
			"REPLACED | DROP TABLE orders; CREATE TABLE orders (id int) PARTITION BY RANGE (id)" })
	void findsWhatMayLoseChanges(RelationChange.Kind kind, String statements) throws SQLException {
		assertThat(comparison(statements, "orders", "others").changes()).extracting(RelationChange::kind)
			.contains(kind);
	}

	@Test
	void findsThatTheOnlyEntryWithoutAFilterWasTakenOutForAWhile() throws SQLException {
		this.database.execute("DROP PUBLICATION pub",
				"CREATE PUBLICATION pub FOR TABLE orders WHERE (id > 100), TABLES IN SCHEMA public");
		assertThat(comparison("ALTER PUBLICATION pub DROP TABLES IN SCHEMA public; "
				+ "ALTER PUBLICATION pub ADD TABLES IN SCHEMA public", "orders")
			.changes()).extracting(RelationChange::kind).containsExactly(RelationChange.Kind.NOT_PUBLISHED);
	}

	/** The catalog is the same whether the options were others for a while, or not. */
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate') | true",
					"ALTER PUBLICATION pub SET (publish_via_partition_root = true) | true",
					"ALTER PUBLICATION pub SET (publish = ''); "
							+ "ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate') | true",
					"ALTER PUBLICATION pub DROP TABLE orders; ALTER PUBLICATION pub ADD TABLE orders; "
							+ "ALTER PUBLICATION pub SET (publish_via_partition_root = true) | false",
					"DROP PUBLICATION pub; CREATE PUBLICATION pub FOR TABLE orders, measures "
							+ "WITH (publish_via_partition_root = true) | false" })
	void saysIfTheSameOptionsMayHaveBeenSetAgain(String statements, boolean same) throws SQLException {
		assertThat(comparison(statements, "orders").changes()).singleElement()
			.extracting(RelationChange::reason)
			.isEqualTo(same
					? "the publication was altered and has the same options as before: it had others or "
							+ "another name for a while, unless the same options were only set again"
					: "the publication was created again or altered, and did not cover it as before for a while");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "TABLE orders WHERE (id > 100)", "TABLE orders (id)",
			"TABLES IN SCHEMA public", "TABLE orders WHERE (id > 100), TABLES IN SCHEMA away" })
	void acceptsTheSameTablesSetAgain(String tables) throws SQLException {
		this.database.execute("DROP PUBLICATION pub", "CREATE PUBLICATION pub FOR " + tables);
		assertThat(comparison("ALTER PUBLICATION pub SET " + tables, "orders").changes()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ALTER TABLE orders ADD COLUMN note text",
			"ALTER PUBLICATION pub ADD TABLES IN SCHEMA public" })
	void acceptsAFilterThatStays(String statement) throws SQLException {
		this.database.execute("DROP PUBLICATION pub", "CREATE PUBLICATION pub FOR TABLE orders WHERE (id > 100)");
		assertThat(comparison(statement, "orders").changes()).isEmpty();
	}

	@Test
	void findsAFilterThatIsAdded() throws SQLException {
		assertThat(comparison("ALTER PUBLICATION pub SET TABLE orders WHERE (id > 100), measures", "orders").changes())
			.extracting(RelationChange::kind)
			.containsExactly(RelationChange.Kind.NOT_PUBLISHED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "FOR ALL TABLES", "FOR TABLES IN SCHEMA public" })
	void findsUnloggedTables(String tables) throws SQLException {
		this.database.execute("DROP PUBLICATION pub", "CREATE PUBLICATION pub " + tables);
		assertThat(comparison("ALTER TABLE orders SET UNLOGGED", "orders").changes()).extracting(RelationChange::reason)
			.containsExactly("it is unlogged now");
	}

	@Test
	void findsARenamedTableUnderItsNewName() throws SQLException {
		List<CapturedRelation> recorded = read(List.of(), "orders").captured();
		this.database.execute("ALTER TABLE orders RENAME TO purchases");
		RelationComparison comparison = RelationComparison.of(OFFSET, recorded, patterns("purchases"),
				read(recorded, "purchases"));
		assertThat(comparison.changes()).extracting(RelationChange::kind).containsExactly(RelationChange.Kind.RENAMED);
		assertThat(comparison.changes().get(0).token(OFFSET)).isEqualTo(recorded.get(0).oid() + "@0/16B3748");
	}

	@Test
	void comparesNoTableWithoutAListener() throws SQLException {
		List<CapturedRelation> recorded = read(List.of(), "orders", "others").captured();
		this.database.execute("DROP TABLE others");
		assertThat(RelationComparison.of(OFFSET, recorded, patterns("orders"), read(recorded, "orders")).changes())
			.isEmpty();
	}

	@Test
	void knowsWhichTablesAreNew() throws SQLException {
		RelationComparison comparison = comparison(
				"CREATE TABLE orders_2 (id int); DROP TABLE others; " + "CREATE TABLE others (id int)", "orders*",
				"others");
		assertThat(comparison.added()).extracting((relation) -> relation.table().name()).containsExactly("orders_2");
	}

	private RelationComparison comparison(String statements, String... patterns) throws SQLException {
		List<CapturedRelation> recorded = read(List.of(), patterns).captured();
		for (String statement : statements.split("; ")) {
			this.database.execute(statement);
		}
		return RelationComparison.of(OFFSET, recorded, patterns(patterns), read(recorded, patterns));
	}

	private ServerRelations read(List<CapturedRelation> recorded, String... patterns) throws SQLException {
		TestEngine engine = new TestEngine().on(this.database).publication("pub");
		try (Connection connection = this.database.connect()) {
			return new RelationsReader(engine.settings(), patterns(patterns)).read(connection, recorded);
		}
	}

	private static List<TablePattern> patterns(String... patterns) {
		return Arrays.stream(patterns).map(TablePattern::parse).toList();
	}

}
