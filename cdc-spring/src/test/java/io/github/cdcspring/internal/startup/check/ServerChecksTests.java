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

package io.github.cdcspring.internal.startup.check;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.ColumnsReader;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.SourceStateReader;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every check on the server: its text, and that the SQL in its text fixes the problem.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class ServerChecksTests {

	private static final Set<Operation> ROWS = EnumSet.of(Operation.CREATE, Operation.UPDATE, Operation.DELETE);

	private static final Pattern RUN = Pattern.compile("[Rr]un(?: [a-z ]+)?: (.*?;)(?: (?:Or|On) .*)?$",
			Pattern.DOTALL);

	private TestDatabase database;

	private TestEngine engine;

	private String role;

	private boolean snapshot;

	private final Map<TableId, ServerNeeds.TableNeeds> tables = new TreeMap<>();

	@BeforeEach
	void prepare(TestDatabase database) {
		this.database = database;
		this.role = "role_" + database.name();
		this.engine = new TestEngine().on(database).slot(database.name()).publication("pub");
	}

	@AfterEach
	void dropSlotAndRole() {
		this.database.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
				+ this.database.name() + "'", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
		if (this.database.queryForText("SELECT 1 FROM pg_roles WHERE rolname = '" + this.role + "'") != null) {
			this.database.execute("DROP OWNED BY " + this.role, "DROP ROLE " + this.role);
		}
	}

	@Test
	void acceptsAPreparedServerAndChangesNothing() throws SQLException {
		table("orders");
		createPublication("FOR TABLE orders");
		createSlot();
		List<@Nullable String> before = everything();
		assertThat(violations()).isEmpty();
		assertThat(everything()).isEqualTo(before);
	}

	@Test
	void acceptsAnEmptyServerAndChangesNothing() throws SQLException {
		table("orders");
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		List<@Nullable String> before = everything();
		assertThat(violations()).isEmpty();
		assertThat(everything()).isEqualTo(before);
	}

	@Test
	void leavesTheConnectionAsItWas() throws SQLException {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			ServerChecks.check(context(connection));
			assertThat(connection.getAutoCommit()).isTrue();
			statement.execute("CREATE TABLE written (id int)");
			try (var result = statement.executeQuery("SHOW statement_timeout")) {
				result.next();
				assertThat(result.getString(1)).isEqualTo("0");
			}
		}
	}

	@Test
	void roleWithoutReplicationRight() throws SQLException {
		loginRole("");
		createPublication("");
		String database = this.database.name();
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("replication-right", "Role '" + this.role
				+ "' does not have the REPLICATION attribute, so it can neither create nor read replication slot '"
				+ database + "'.",
				"Run as a superuser: ALTER ROLE \"" + this.role
						+ "\" WITH REPLICATION; On Amazon RDS run: GRANT rds_replication TO \"" + this.role + "\";",
				List.of("cdc.connection.username"), List.of("ALTER ROLE \"" + this.role + "\" WITH REPLICATION;")));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void roleWithReplicationRightByMembership() throws SQLException {
		loginRole("");
		createPublication("");
		this.database.execute("CREATE ROLE rds_replication", "GRANT rds_replication TO " + this.role);
		try {
			assertThat(violations()).isEmpty();
		}
		finally {
			this.database.execute("DROP ROLE rds_replication");
		}
	}

	@Test
	void tablesThatTheRoleCannotReadForTheSnapshot() throws SQLException {
		loginRole("REPLICATION");
		this.database.execute("CREATE SCHEMA sales", "CREATE TABLE sales.orders (id int PRIMARY KEY, secret text)",
				"GRANT SELECT (id) ON sales.orders TO " + this.role);
		table("open", ROWS);
		this.database.execute("GRANT SELECT ON open TO " + this.role);
		capture(new TableId("sales", "orders"), ROWS);
		createPublication("FOR TABLE open, sales.orders");
		this.engine.withPublicationOfTheOperator();
		assertThat(violations()).isEmpty();
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("snapshot-right", "Role '" + this.role
				+ "' has no right to read sales.orders, so the snapshot (cdc.snapshot.mode=initial) would fail.",
				"Run: GRANT USAGE ON SCHEMA \"sales\" TO \"" + this.role
						+ "\"; GRANT SELECT ON \"sales\".\"orders\" TO \"" + this.role
						+ "\"; Or set cdc.snapshot.mode=no_data.",
				List.of("cdc.connection.username", "cdc.snapshot.mode"),
				List.of("GRANT USAGE ON SCHEMA \"sales\" TO \"" + this.role + "\";",
						"GRANT SELECT ON \"sales\".\"orders\" TO \"" + this.role + "\";")));
		fix(violation);
		assertThat(violations()).isEmpty();
		this.database.execute("REVOKE SELECT ON sales.orders FROM " + this.role,
				"GRANT SELECT (id, secret) ON sales.orders TO " + this.role);
		assertThat(violations()).isEmpty();
	}

	@Test
	void rowsThatAreHiddenFromTheSnapshot() throws SQLException {
		loginRole("REPLICATION");
		table("orders");
		this.database.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "GRANT SELECT ON orders TO " + this.role);
		createPublication("FOR TABLE orders");
		this.engine.withPublicationOfTheOperator();
		assertThat(violations()).isEmpty();
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		RefusalText violation = only();
		assertThat(violation)
			.isEqualTo(new RefusalText("snapshot-row-security", "Row security hides rows of public.orders from role '"
					+ this.role
					+ "'. The snapshot (cdc.snapshot.mode=initial) would miss these rows, although their later changes "
					+ "arrive.",
					"Run as a superuser: ALTER ROLE \"" + this.role
							+ "\" WITH BYPASSRLS; Or set cdc.snapshot.mode=no_data.",
					List.of("cdc.connection.username", "cdc.snapshot.mode"),
					List.of("ALTER ROLE \"" + this.role + "\" WITH BYPASSRLS;")));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void missingPublicationOfTheOperator() throws SQLException {
		table("orders");
		table("items");
		this.engine.withPublicationOfTheOperator();
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("publication-missing",
				"Publication 'pub' does not exist in database '" + this.database.name()
						+ "', and cdc.publication.create=false. Without a publication no change arrives.",
				"Run: CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"items\", \"public\".\"orders\" "
						+ publicationOptions(this.database) + " Or set cdc.publication.create=true.",
				List.of("cdc.publication.name", "cdc.publication.create"),
				List.of("CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"items\", \"public\".\"orders\" "
						+ publicationOptions(this.database))));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationThatTheRoleCannotCreate() throws SQLException {
		loginRole("REPLICATION");
		table("orders");
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("publication-right",
				"Publication 'pub' does not exist and cannot be created: role '" + this.role
						+ "' has no CREATE right on database '" + this.database.name()
						+ "', and does not own public.orders.",
				"Run as a superuser: CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"orders\" "
						+ publicationOptions(this.database) + " Or set cdc.publication.create=false and maintain the "
						+ "publication yourself.",
				List.of("cdc.publication.name", "cdc.publication.create"),
				List.of("CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"orders\" "
						+ publicationOptions(this.database))));
		this.database.execute("GRANT CREATE ON DATABASE " + this.database.name() + " TO " + this.role);
		assertThat(only().problem()).isEqualTo("Publication 'pub' does not exist and cannot be created: role '"
				+ this.role + "' does not own public.orders.");
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationThatTheRoleCannotChange() throws SQLException {
		loginRole("REPLICATION");
		table("orders");
		table("items");
		createPublication("FOR TABLE orders");
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("publication-right",
				"Publication 'pub' does not cover all captured tables and cannot be changed: role '" + this.role
						+ "' does not own it, and does not own public.items.",
				"Run as a superuser: ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"items\"; Or set "
						+ "cdc.publication.create=false and maintain the publication yourself.",
				List.of("cdc.publication.name", "cdc.publication.create"),
				List.of("ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"items\";")));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void roleThatOwnsTheTablesCanCreateThePublication() throws SQLException {
		loginRole("REPLICATION");
		table("orders");
		this.database.execute("GRANT CREATE ON DATABASE " + this.database.name() + " TO " + this.role,
				"ALTER TABLE orders OWNER TO " + this.role);
		assertThat(violations()).isEmpty();
	}

	@Test
	void tablesThatThePublicationDoesNotCover() throws SQLException {
		table("orders");
		table("items");
		table("prices");
		createPublication("FOR TABLE orders");
		assertThat(violations()).isEmpty();
		this.engine.withPublicationOfTheOperator();
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("publication-coverage",
				"Publication 'pub' does not cover public.items, public.prices, and cdc.publication.create=false. Changes of "
						+ "these tables would never arrive.",
				"Run: ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"items\", \"public\".\"prices\"; Or set "
						+ "cdc.publication.create=true.",
				List.of("cdc.publication.name", "cdc.publication.create"),
				List.of("ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"items\", \"public\".\"prices\";")));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationForAllTablesCoversEachOne() throws SQLException {
		table("orders");
		createPublication("FOR ALL TABLES");
		assertThat(violations()).isEmpty();
		this.engine.withPublicationOfTheOperator();
		assertThat(violations()).isEmpty();
	}

	@Test
	void operationsThatAreNotPublished() throws SQLException {
		table("items", EnumSet.of(Operation.CREATE, Operation.READ));
		table("orders", EnumSet.of(Operation.UPDATE, Operation.TRUNCATE));
		createPublication("FOR TABLE orders, items WITH (publish = 'insert, delete')");
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("publication-operations",
				"Publication 'pub' does not publish update, truncate, which listeners of public.orders receive. They would "
						+ "never arrive.",
				"Run: ALTER PUBLICATION \"pub\" SET (publish = 'insert, update, delete, truncate');",
				List.of("cdc.publication.name")));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void partitionsThatAreSentUnderTheirOwnNames() throws SQLException {
		partitionedTable();
		capture("measures");
		createPublication("FOR TABLE measures");
		this.engine.withPublicationOfTheOperator();
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("publication-partition-root",
				"Publication 'pub' sends changes of public.measures under the names of the partitions, so listeners of the "
						+ "partitioned table would never receive them.",
				"Run: ALTER PUBLICATION \"pub\" SET (publish_via_partition_root = true);",
				List.of("cdc.publication.name")));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void partitionsThatAreSentUnderTheirOwnNamesWithoutTheirRoot() throws SQLException {
		partitionedTable();
		capture("measures");
		createPublication("FOR TABLE measures_1 WITH (publish_via_partition_root = true)");
		this.engine.withPublicationOfTheOperator();
		RefusalText violation = only();
		assertThat(violation.rule()).isEqualTo("publication-coverage");
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void partitionThatIsSentUnderTheNameOfItsRoot() throws SQLException {
		partitionedTable();
		capture("measures_1");
		assertThat(violations()).isEmpty();
		capture("measures");
		RefusalText violation = new RefusalText("partition-sent-as-root",
				"Publication 'pub' sends changes of public.measures_1 under the name of public.measures, its partitioned "
						+ "table, so listeners of the partition would never receive them.",
				"Listen to public.measures instead.", List.of("cdc.publication.name"));
		assertThat(only()).isEqualTo(violation);
		this.tables.remove(new TableId("public", "measures"));
		createPublication("FOR ALL TABLES WITH (publish_via_partition_root = true)");
		assertThat(only()).isEqualTo(violation);
	}

	@Test
	void partsOfTablesThatThePublicationFiltersOut() throws SQLException {
		table("orders");
		table("items");
		createPublication("FOR TABLE orders WHERE (id > 5), items (id)");
		List<RefusalText> violations = violations();
		assertThat(violations).containsExactly(new RefusalText("publication-filter",
				"Publication 'pub' sends of public.items only some columns. Other changes would never arrive.",
				"Run: ALTER PUBLICATION \"pub\" DROP TABLE \"public\".\"items\"; ALTER PUBLICATION \"pub\" ADD TABLE "
						+ "\"public\".\"items\";",
				List.of("cdc.publication.name")),
				new RefusalText("publication-filter",
						"Publication 'pub' sends of public.orders only rows where (id > 5). Other changes would never "
								+ "arrive.",
						"Run: ALTER PUBLICATION \"pub\" DROP TABLE \"public\".\"orders\"; ALTER PUBLICATION \"pub\" ADD "
								+ "TABLE \"public\".\"orders\";",
						List.of("cdc.publication.name")));
		violations.forEach(this::fix);
		assertThat(violations()).isEmpty();
	}

	@Test
	void physicalSlot() throws SQLException {
		this.database.execute("SELECT pg_create_physical_replication_slot('" + this.database.name() + "')");
		RefusalText violation = only();
		assertThat(violation).isEqualTo(foreignSlot("it is a physical slot"));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void slotOfAnotherDatabase() throws SQLException {
		TestDatabase other = new TestDatabase(this.database.host(), this.database.port(), "postgres",
				this.database.user(), this.database.password());
		other.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		try {
			assertThat(only())
				.isEqualTo(foreignSlot("it belongs to database 'postgres', not '" + this.database.name() + "'"));
		}
		finally {
			other.execute("SELECT pg_drop_replication_slot('" + this.database.name() + "')");
		}
	}

	@Test
	void temporarySlotOfAnotherSession() throws SQLException {
		try (Connection session = this.database.connect(); Statement statement = session.createStatement()) {
			statement.execute("SELECT pg_create_logical_replication_slot('" + this.database.name()
					+ "', 'pgoutput', temporary => true)");
			assertThat(only()).isEqualTo(foreignSlot("it is a temporary slot of another session"));
			// The server drops it some time after the session has ended
			statement.execute("SELECT pg_drop_replication_slot('" + this.database.name() + "')");
		}
	}

	private RefusalText foreignSlot(String why) {
		String slot = this.database.name();
		return new RefusalText("slot-kind", "This engine cannot read replication slot '" + slot + "': " + why + ".",
				"Set cdc.slot.name to an unused name. Or, if that slot is no longer needed, run: SELECT "
						+ "pg_drop_replication_slot('" + slot + "');",
				List.of("cdc.slot.name"));
	}

	@Test
	void declaredFailoverSlotThatIsNotOne() throws SQLException {
		createSlot();
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT).accepting("synchronized-standby-slots");
		String slot = this.database.name();
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("survives-failover",
				"cdc.slot.survives-failover=failover_slot does not hold for replication slot '" + slot
						+ "': it was created without failover, so no standby receives it. After a failover it would be gone.",
				"Stop every consumer of the slot and run in a shell: psql 'host=" + this.database.host() + " port="
						+ this.database.port() + " dbname=" + slot
						+ " replication=database' -c 'ALTER_REPLICATION_SLOT " + slot
						+ " (FAILOVER true);' Or set cdc.slot.survives-failover=no.",
				List.of("cdc.slot.survives-failover")));
		this.engine.strategy(OffsetMismatchStrategy.TRUST_SLOT);
		assertThat(only()).satisfies((relied) -> {
			assertThat(relied.rule()).isEqualTo("slot-authority-without-surviving-slot");
			assertThat(relied.problem())
				.isEqualTo("cdc.slot.survives-failover=failover_slot does not hold for replication slot '" + slot
						+ "': it was created without failover, so no standby receives it. After a failover the changes until "
						+ "it is recreated would be skipped, because cdc.offset-mismatch-strategy=trust_slot trusts the slot.");
		});
		Matcher command = Pattern.compile("-c '(.*);'").matcher(violation.action());
		assertThat(command.find()).isTrue();
		replicationCommand(command.group(1));
		assertThat(violations()).isEmpty();
	}

	private static int majorVersion(TestDatabase database) {
		return Integer.parseInt(String.valueOf(database.queryForText("SHOW server_version_num"))) / 10_000;
	}

	/** How the engine creates a publication. */
	static String publicationOptions(TestDatabase database) {
		return "WITH (publish_via_partition_root = true"
				+ ((majorVersion(database) >= 18) ? ", publish_generated_columns = stored" : "") + ");";
	}

	@Test
	void publicationThatMakesATableWithAStoredGeneratedColumnUnwritable() throws SQLException {
		Assumptions.assumeTrue(majorVersion(this.database) >= 18, "Before, no generated column is published");
		this.database.execute("CREATE TABLE notes (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED)",
				"ALTER TABLE notes REPLICA IDENTITY FULL", "INSERT INTO notes VALUES (1)");
		capture(new TableId("public", "notes"), EnumSet.of(Operation.CREATE));
		assertThat(violations()).isEmpty();
		createPublication("FOR TABLE notes");
		assertThatThrownBy(() -> this.database.execute("DELETE FROM notes")).rootCause()
			.hasMessageContaining("unpublished generated columns");
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("generated-identity",
				"The replica identity of public.notes contains a stored generated column, which publication 'pub' does "
						+ "not publish. Every UPDATE and DELETE on these tables fails, in every application.",
				"Run: ALTER PUBLICATION \"pub\" SET (publish_generated_columns = stored);",
				List.of("cdc.publication.name")));
		fix(violation);
		assertThat(violations()).isEmpty();
		this.database.execute("DELETE FROM notes");
	}

	@Test
	void publicationThatMakesATableWithAVirtualGeneratedColumnUnwritable() throws SQLException {
		Assumptions.assumeTrue(majorVersion(this.database) >= 18, "Before, there are no virtual columns");
		this.database.execute("CREATE TABLE notes (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2))",
				"ALTER TABLE notes REPLICA IDENTITY FULL", "INSERT INTO notes VALUES (1)");
		capture(new TableId("public", "notes"), EnumSet.of(Operation.CREATE));
		RefusalText violation = only();
		assertThat(violation.rule()).isEqualTo("generated-identity");
		assertThat(violation.problem())
			.isEqualTo("The replica identity of public.notes is FULL, and contains a virtual "
					+ "generated column, which PostgreSQL cannot publish. While publication 'pub' covers these tables, every "
					+ "UPDATE and DELETE on them fails, in every application.");
		createPublication("FOR TABLE notes WITH (publish_generated_columns = stored)");
		assertThatThrownBy(() -> this.database.execute("DELETE FROM notes")).rootCause()
			.hasMessageContaining("unpublished generated columns");
		fix(violation);
		assertThat(violations()).isEmpty();
		this.database.execute("DELETE FROM notes");
	}

	@Test
	void tablesThatAreOneTableToDebezium() throws SQLException {
		this.database.execute("CREATE SCHEMA x", "CREATE SCHEMA \"x.y\"", "CREATE TABLE \"x.y\".z (id int PRIMARY KEY)",
				"CREATE TABLE x.\"y.z\" (number int PRIMARY KEY)");
		capture(new TableId("x", "y.z"), EnumSet.of(Operation.CREATE));
		assertThat(only()).isEqualTo(new RefusalText("table-name",
				"Debezium cannot tell x.\"y.z\" from \"x.y\".z: both names are 'x.y.z' to it. Rows of the one table could "
						+ "arrive with the columns of the other.",
				"Rename one of the tables or schemas.", List.of()));
		this.database.execute("ALTER SCHEMA \"x.y\" RENAME TO \"x.Y\"");
		assertThat(violations()).isEmpty();
	}

	@Test
	void columnsThatAreOneColumnToDebezium() throws SQLException {
		this.database.execute("CREATE TABLE notes (id int PRIMARY KEY, \"ID\" int, \"'id'\" int, part int)");
		capture(new TableId("public", "notes"), EnumSet.of(Operation.CREATE));
		assertThat(only()).isEqualTo(new RefusalText("column-name",
				"Debezium cannot tell columns of public.notes apart, because their names differ only in upper and lower "
						+ "case or in quotes around them: id, ID, 'id'. A snapshot would lack one of them, and the first "
						+ "change would stop the engine.",
				"Rename one of them.", List.of()));
		this.database.execute("ALTER TABLE notes RENAME \"ID\" TO number");
		assertThat(only().problem()).contains(": id, 'id'.");
		this.database.execute("ALTER TABLE notes RENAME \"'id'\" TO \"`Part of` it`\"");
		assertThat(violations()).isEqualTo(List.of(new RefusalText("column-name",
				"The names of columns of public.notes begin and end with a quote: `Part of` it`. Debezium removes these "
						+ "quotes from changes, so a snapshot and changes would name the columns differently.",
				"Rename these columns.", List.of())));
		this.database.execute("ALTER TABLE notes RENAME \"`Part of` it`\" TO \"part of it\"");
		assertThat(violations()).isEmpty();
	}

	@Test
	void tableThatDebeziumSkips() throws SQLException {
		this.database.execute("CREATE SCHEMA gis", "CREATE TABLE gis.\"Spatial_Ref_Sys\" (id int PRIMARY KEY)",
				"CREATE SCHEMA \"Information_Schema\"",
				"CREATE TABLE \"Information_Schema\".notes (id int PRIMARY KEY)");
		capture(new TableId("gis", "Spatial_Ref_Sys"), EnumSet.of(Operation.CREATE));
		capture(new TableId("Information_Schema", "notes"), EnumSet.of(Operation.CREATE));
		assertThat(only()).isEqualTo(new RefusalText("skipped-table",
				"Debezium takes Information_Schema.notes, gis.Spatial_Ref_Sys for tables of the server or of PostGIS, and "
						+ "skips their rows and changes.",
				"Listen to other tables, or rename these tables.", List.of()));
	}

	@Test
	void databaseWithoutEncoding() throws SQLException {
		String name = this.database.name() + "_ascii";
		TestDatabase prepared = this.database;
		prepared.execute(
				"CREATE DATABASE " + name + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
		this.database = TestPostgres.shared().database(name);
		this.engine.on(this.database);
		try {
			assertThat(only()).isEqualTo(new RefusalText("server-encoding", "Database '" + name
					+ "' has the encoding SQL_ASCII, so the server sends text as the bytes that were stored. Bytes that are "
					+ "not UTF-8 are replaced, without an error, and different keys can become one.",
					"Move the data to a database with an encoding, such as UTF8.", List.of()));
		}
		finally {
			this.database = prepared;
			prepared.execute("DROP DATABASE " + name);
		}
	}

	@Test
	void tableThatInheritsFromACapturedTable() throws SQLException {
		this.database.execute("CREATE TABLE notes (id int PRIMARY KEY)",
				"CREATE TABLE letters (PRIMARY KEY (id)) INHERITS (notes)",
				"CREATE TABLE old_letters (PRIMARY KEY (id)) INHERITS (letters)");
		capture(new TableId("public", "notes"), EnumSet.of(Operation.CREATE));
		assertThat(only().rule()).isEqualTo("inheritance");
		assertThat(only().problem())
			.startsWith("The rows of public.letters, public.old_letters belong to a captured table");
		capture(new TableId("public", "letters"), EnumSet.of(Operation.CREATE));
		capture(new TableId("public", "old_letters"), EnumSet.of(Operation.CREATE));
		assertThat(violations()).isEmpty();
	}

	@Test
	void partitionsThatAreNotLogged() throws SQLException {
		this.database.execute("CREATE TABLE notes (id int) PARTITION BY RANGE (id)",
				"ALTER TABLE notes REPLICA IDENTITY FULL",
				"CREATE TABLE notes_1 PARTITION OF notes FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id)",
				"CREATE TABLE notes_1a PARTITION OF notes_1 FOR VALUES FROM (0) TO (5)",
				"ALTER TABLE notes_1a REPLICA IDENTITY FULL");
		capture(new TableId("public", "notes"), EnumSet.of(Operation.CREATE));
		createPublication("FOR TABLE notes WITH (publish_via_partition_root = true)");
		assertThat(violations()).isEmpty();
		this.database.execute("ALTER TABLE notes_1a SET UNLOGGED", "CREATE FOREIGN DATA WRAPPER away",
				"CREATE SERVER away FOREIGN DATA WRAPPER away",
				"CREATE FOREIGN TABLE notes_2 PARTITION OF notes FOR VALUES FROM (10) TO (20) SERVER away");
		assertThat(only().rule()).isEqualTo("unlogged-partition");
		assertThat(only().problem())
			.startsWith("The partitions public.notes_1a, public.notes_2 of captured tables are");
		this.database.execute("ALTER TABLE notes_1a SET LOGGED", "ALTER TABLE notes DETACH PARTITION notes_2");
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationThatOmitsAGeneratedColumnOfTheKey() throws SQLException {
		this.database.execute("CREATE TABLE notes (id int, twice int GENERATED ALWAYS AS (id * 2) STORED, "
				+ "PRIMARY KEY (id, twice))");
		capture(new TableId("public", "notes"), EnumSet.of(Operation.CREATE));
		createPublication("FOR TABLE notes WITH (publish = 'insert')");
		boolean publishable = majorVersion(this.database) >= 18;
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("generated-key",
				"The primary key of public.notes contains generated columns that the server does not send: twice. Changes "
						+ "would carry another key than the rows of a snapshot.",
				publishable ? "Run: ALTER PUBLICATION \"pub\" SET (publish_generated_columns = stored);"
						: "Use a primary key without generated columns, or listen to other tables.",
				List.of("cdc.publication.name")));
		if (publishable) {
			fix(violation);
			assertThat(violations()).isEmpty();
		}
	}

	@Test
	void tableWithoutReplicaIdentity() throws SQLException {
		this.database.execute("CREATE TABLE notes (text text)", "CREATE TABLE drafts (text text)",
				"ALTER TABLE drafts REPLICA IDENTITY NOTHING", "CREATE TABLE late (id int PRIMARY KEY DEFERRABLE)",
				"CREATE TABLE whole (text text)", "ALTER TABLE whole REPLICA IDENTITY FULL",
				"CREATE TABLE indexed (id int NOT NULL, CONSTRAINT indexed_id UNIQUE (id))",
				"ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_id");
		for (String table : List.of("notes", "drafts", "late", "whole", "indexed")) {
			capture(new TableId("public", table), EnumSet.of(Operation.CREATE));
		}
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("replica-identity",
				"Rows of public.drafts, public.late, public.notes have no replica identity, such as a primary key. While "
						+ "publication 'pub' publishes their updates or deletes, every UPDATE and DELETE on them fails, in "
						+ "every application.",
				"Add a primary key, or run: ALTER TABLE \"public\".\"drafts\" REPLICA IDENTITY FULL; ALTER TABLE "
						+ "\"public\".\"late\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"notes\" REPLICA IDENTITY FULL;",
				List.of("cdc.publication.name"),
				Stream.of("drafts", "late", "notes")
					.map((table) -> "ALTER TABLE \"public\".\"" + table + "\" REPLICA IDENTITY FULL;")
					.toList()));
		createPublication("FOR TABLE notes, drafts, late, whole, indexed WITH (publish = 'insert')");
		assertThat(violations()).isEmpty();
		this.database.execute("DROP PUBLICATION pub");
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	/** The control: the refusal above is no false alarm. */
	@Test
	void updateOfAPublishedTableWithoutIdentityFails() {
		this.database.execute("CREATE TABLE notes (text text)", "INSERT INTO notes VALUES ('a')",
				"CREATE PUBLICATION pub FOR TABLE notes");
		assertThatThrownBy(() -> this.database.execute("UPDATE notes SET text = 'b'")).rootCause()
			.hasMessageContaining("does not have a replica identity and publishes updates");
	}

	@Test
	void partitionsHaveIdentitiesOfTheirOwn() throws SQLException {
		this.database.execute("CREATE TABLE logs (day int) PARTITION BY LIST (day)",
				"CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN (1)", "ALTER TABLE logs REPLICA IDENTITY FULL",
				"CREATE TABLE logs_2 PARTITION OF logs FOR VALUES IN (2)", "ALTER TABLE logs_2 REPLICA IDENTITY FULL");
		capture("logs");
		assertThat(only().problem()).startsWith("Rows of public.logs_1 have no replica identity");
	}

	@Test
	void rowBeforeThatTheServerDoesNotSend() throws SQLException {
		table("orders");
		TableId table = new TableId("public", "orders");
		capture(table, ROWS, "method 'on' of bean 'a'", "method 'on' of bean 'b'");
		RefusalText violation = only();
		assertThat(violation).isEqualTo(new RefusalText("row-before",
				"The method 'on' of bean 'a' and the method 'on' of bean 'b' need the row of public.orders before a change, "
						+ "but the server sends its key at most: the replica identity of public.orders is not FULL.",
				"Run: ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY FULL;"));
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void rowBeforeOfPartitions() throws SQLException {
		partitionedTable();
		capture(new TableId("public", "measures"), ROWS, "method 'on' of bean 'a'");
		RefusalText violation = only();
		assertThat(violation.action())
			.isEqualTo("Run: ALTER TABLE \"public\".\"measures\" REPLICA IDENTITY FULL; ALTER "
					+ "TABLE \"public\".\"measures_1\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"measures_2\" REPLICA "
					+ "IDENTITY FULL;");
		fix(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void reportsAllViolationsTogether() throws SQLException {
		loginRole("");
		table("orders");
		this.database.execute("CREATE TABLE notes (text text)");
		capture("notes");
		this.engine.withPublicationOfTheOperator();
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		assertThat(violations()).extracting(RefusalText::rule)
			.containsExactly("replication-right", "snapshot-right", "replica-identity", "publication-missing");
	}

	/** The statement would create a publication without a table. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void namesNoStatementForAPublicationWhileTheTablesAreMissing(boolean create) throws SQLException {
		loginRole("REPLICATION");
		if (!create) {
			this.engine.withPublicationOfTheOperator();
		}
		ServerNeeds.ListenedTable unknown = new ServerNeeds.ListenedTable("The method",
				pattern(new TableId("public", "orders")));
		try (Connection connection = connect()) {
			CheckContext context = context(connection,
					new ServerNeeds(this.tables, List.of(unknown), List.of(), this.snapshot));
			assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> ServerChecks.check(context))
				.satisfies((ex) -> assertThat(ex.violations()).flatExtracting(Violation::statements)
					.noneMatch((statement) -> statement.contains("PUBLICATION")))
				.satisfies((ex) -> assertThat(RefusalText.of(ex.violations()))
					.filteredOn((violation) -> violation.rule().startsWith("publication-"))
					.singleElement()
					.satisfies((violation) -> assertThat(violation.action())
						.startsWith(
								"Create the tables of the listeners first: without them, there is nothing to publish. ")
						.doesNotContain("CREATE PUBLICATION")));
		}
	}

	@Test
	void statementsGiveATableItsIdentityBeforeTheyPublishIt() throws SQLException {
		loginRole("REPLICATION");
		this.database.execute("CREATE TABLE notes (text text)");
		capture("notes");
		createPublication("");
		this.engine.withPublicationOfTheOperator();
		try (Connection connection = connect()) {
			CheckContext context = context(connection);
			assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> ServerChecks.check(context))
				.satisfies((ex) -> assertThat(ex.statements("default")).containsExactly(
						"ALTER TABLE \"public\".\"notes\" REPLICA IDENTITY FULL;",
						"ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"notes\";"));
		}
	}

	@Test
	void logsAcceptedRuleWithItsRisk(CapturedOutput output) throws SQLException {
		this.database.execute("CREATE TABLE notes (text text)");
		capture("notes");
		this.engine.accepting("replica-identity");
		try (Connection connection = this.database.connect()) {
			assertThat(ServerChecks.check(context(connection))).containsExactly(new AcceptedRisk("replica-identity",
					"Rows of public.notes have no replica identity, such as a primary key. While publication 'pub' "
							+ "publishes their updates or deletes, every UPDATE and DELETE on them fails, in every "
							+ "application.",
					"UPDATE and DELETE on these tables fail, in every application."));
		}
		assertThat(output).contains("Engine 'default' runs with accepted risk replica-identity: UPDATE and DELETE on "
				+ "these tables fail, in every application. Rows of public.notes");
	}

	@Test
	void ignoresAcceptedRuleThatCannotBeAccepted() throws SQLException {
		loginRole("");
		createPublication("");
		this.engine.accepting("replication-right");
		assertThat(only().rule()).isEqualTo("replication-right");
	}

	/**
	 * Each name is quoted, so that the SQL can be pasted.
	 */
	@Test
	void quotesHostileNamesOfTablesAndRoles() throws SQLException {
		this.role = "role; DROP TABLE x; --" + this.database.name();
		String role = SqlQuoting.identifier(this.role);
		this.database.execute("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'secret'");
		try {
			this.engine.on(this.database, this.role, "secret");
			TableId table = new TableId("sch\"ema\n; DROP", "ta'ble\"; DROP TABLE x; --\t\\ \u00fc\u2028");
			this.database.execute("CREATE SCHEMA " + SqlQuoting.identifier(table.schema()),
					"CREATE TABLE " + SqlQuoting.identifier(table.schema()) + "." + SqlQuoting.identifier(table.name())
							+ " (note text)");
			capture(table, ROWS);
			this.engine.withPublicationOfTheOperator().snapshotMode(SnapshotMode.INITIAL);
			this.snapshot = true;
			List<RefusalText> violations = violations();
			assertThat(violations).extracting(RefusalText::rule)
				.containsExactly("snapshot-right", "replica-identity", "publication-missing");
			assertThat(violations).allSatisfy((violation) -> {
				assertThat(violation.problem()).hasLineCount(1).doesNotContain("\u2028");
				assertThat(violation.action()).hasLineCount(1)
					.doesNotContain("\u2028")
					.contains("U&\"sch\"\"ema\\000A; DROP\".U&\"ta'ble\"\"; DROP TABLE x; --\\0009\\\\ \u00fc\\2028\"");
			});
			violations.forEach(this::fix);
			assertThat(violations()).isEmpty();
		}
		finally {
			this.database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	private List<RefusalText> violations() throws SQLException {
		try (Connection connection = connect()) {
			ServerChecks.check(context(connection));
			return List.of();
		}
		catch (StartRefusedException ex) {
			return RefusalText.of(ex.violations());
		}
	}

	private RefusalText only() throws SQLException {
		List<RefusalText> violations = violations();
		assertThat(violations).hasSize(1);
		return violations.get(0);
	}

	/** Execute the SQL of the action, as a superuser. */
	private void fix(RefusalText violation) {
		Matcher action = RUN.matcher(violation.action());
		assertThat(action.find()).as(violation.action()).isTrue();
		this.database.execute(action.group(1));
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(this.database.jdbcUrl(), this.engine.connection.username(),
				this.engine.connection.password());
	}

	private CheckContext context(Connection connection) throws SQLException {
		return context(connection, new ServerNeeds(this.tables, List.of(), List.of(), this.snapshot));
	}

	private CheckContext context(Connection connection, ServerNeeds needs) throws SQLException {
		EngineSettings settings = this.engine.settings();
		List<TablePattern> patterns = this.tables.keySet().stream().map(ServerChecksTests::pattern).toList();
		ReplicationStateReader reader = new ReplicationStateReader(Duration.ofSeconds(5), null);
		SourceState source = new SourceStateReader(settings, patterns, reader).read(connection);
		ColumnsReader.readColumns(source.tables(), connection);
		return new CheckContext(settings, needs, source, RelationComparison.NONE,
				ActionStep.of("Delete the file offset."));
	}

	private static TablePattern pattern(TableId table) {
		return new TablePattern(new TablePattern.Part(List.of(table.schema())),
				new TablePattern.Part(List.of(table.name())), true);
	}

	private void capture(String table) {
		capture(new TableId("public", table), ROWS);
	}

	private void capture(TableId table, Set<Operation> operations, String... rowBefore) {
		this.tables.put(table, new ServerNeeds.TableNeeds(operations, List.of(rowBefore), List.of()));
	}

	private void table(String name) {
		table(name, ROWS);
	}

	private void table(String name, Set<Operation> operations) {
		this.database.execute("CREATE TABLE " + name + " (id int PRIMARY KEY, note text)");
		capture(new TableId("public", name), operations);
	}

	private void partitionedTable() {
		this.database.execute("CREATE TABLE measures (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE measures_1 PARTITION OF measures FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE measures_2 PARTITION OF measures FOR VALUES FROM (10) TO (20)");
	}

	private void createPublication(String rest) {
		this.database.execute("CREATE PUBLICATION pub " + rest);
	}

	private void createSlot() {
		this.database.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
	}

	private void loginRole(String attributes) {
		this.database.execute("CREATE ROLE " + this.role + " LOGIN " + attributes + " PASSWORD 'secret'");
		this.engine.on(this.database, this.role, "secret");
	}

	private void replicationCommand(String command) throws SQLException {
		Properties properties = new Properties();
		PGProperty.USER.set(properties, this.database.user());
		PGProperty.PASSWORD.set(properties, this.database.password());
		PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.4");
		PGProperty.REPLICATION.set(properties, "database");
		PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
		try (Connection connection = DriverManager.getConnection(this.database.jdbcUrl(), properties);
				Statement statement = connection.createStatement()) {
			statement.execute(command);
		}
	}

	/** Everything on the server that a start could change. */
	private List<@Nullable String> everything() {
		return this.database.queryForTexts(
				"""
						SELECT 'class ' || oid || relname FROM pg_class
						UNION ALL SELECT 'publication ' || p::text FROM pg_publication p
						UNION ALL SELECT 'table ' || r::text FROM pg_publication_rel r
						UNION ALL SELECT 'slot ' || slot_name || confirmed_flush_lsn FROM pg_replication_slots
							WHERE database = current_database()
						UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname LIKE '%' || current_database() ORDER BY 1""");
	}

}
