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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGProperty;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every check on the server: what it says, and that the SQL that it says cures it.
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

	private final List<TableNeeds> tables = new ArrayList<>();

	@BeforeEach
	void prepare(TestDatabase database) {
		this.database = database;
		this.role = "role_" + database.name();
		this.engine = new TestEngine().on(database).slot(database.name()).publication("pub");
	}

	@AfterEach
	void dropWhatIsTheServers() {
		this.database.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
				+ this.database.name() + "'", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
		if (this.database.queryForText("SELECT 1 FROM pg_roles WHERE rolname = '" + this.role + "'") != null) {
			this.database.execute("DROP OWNED BY " + this.role, "DROP ROLE " + this.role);
		}
	}

	@Test
	void findsNothingWrongAndChangesNothing() throws SQLException {
		table("orders");
		createPublication("FOR TABLE orders");
		createSlot();
		List<@Nullable String> before = everything();
		assertThat(violations()).isEmpty();
		assertThat(everything()).isEqualTo(before);
	}

	@Test
	void findsNothingWrongWhereNothingIsYet() throws SQLException {
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
			ServerChecks.check(this.engine.settings(), needs(), List.of(), connection);
			assertThat(connection.getAutoCommit()).isTrue();
			statement.execute("CREATE TABLE written (id int)");
			try (var result = statement.executeQuery("SHOW statement_timeout")) {
				result.next();
				assertThat(result.getString(1)).isEqualTo("0");
			}
		}
	}

	@Test
	void roleThatMayNotReplicate() throws SQLException {
		loginRole("");
		createPublication("");
		String database = this.database.name();
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("replication-right", "Role '" + this.role
				+ "' has no REPLICATION attribute: it may neither create nor read replication slot '" + database + "'.",
				"Run as a superuser: ALTER ROLE \"" + this.role
						+ "\" WITH REPLICATION; On Amazon RDS run: GRANT rds_replication TO \"" + this.role + "\";",
				List.of("cdc.connection.username")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void roleThatMayReplicateByMembership() throws SQLException {
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
	void tablesThatTheRoleMayNotReadForTheSnapshot() throws SQLException {
		loginRole("REPLICATION");
		this.database.execute("CREATE SCHEMA sales", "CREATE TABLE sales.orders (id int PRIMARY KEY, secret text)",
				"GRANT SELECT (id) ON sales.orders TO " + this.role);
		table("open", ROWS);
		this.database.execute("GRANT SELECT ON open TO " + this.role);
		this.tables.add(new TableNeeds(new TableId("sales", "orders"), ROWS, List.of()));
		createPublication("FOR TABLE open, sales.orders");
		this.engine.keepsPublicationItself();
		assertThat(violations()).isEmpty();
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("snapshot-right",
				"Role '" + this.role
						+ "' may not read sales.orders, whose rows cdc.snapshot.mode=initial is to read first.",
				"Run: GRANT USAGE ON SCHEMA \"sales\" TO \"" + this.role
						+ "\"; GRANT SELECT ON \"sales\".\"orders\" TO \"" + this.role
						+ "\"; Or set cdc.snapshot.mode=no_data.",
				List.of("cdc.connection.username", "cdc.snapshot.mode")));
		cure(violation);
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
		this.engine.keepsPublicationItself();
		assertThat(violations()).isEmpty();
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("snapshot-row-security",
				"Row security hides rows of public.orders from role '" + this.role
						+ "': cdc.snapshot.mode=initial would leave them out, though their changes arrive later.",
				"Run as a superuser: ALTER ROLE \"" + this.role
						+ "\" WITH BYPASSRLS; Or set cdc.snapshot.mode=no_data.",
				List.of("cdc.connection.username", "cdc.snapshot.mode")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationThatTheOperatorKeepsAndHasNotMade() throws SQLException {
		table("orders");
		table("items");
		this.engine.keepsPublicationItself();
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("publication-missing",
				"Publication 'pub' does not exist in database '" + this.database.name()
						+ "', and cdc.publication.create=false: no change would arrive.",
				"Run: CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"items\", \"public\".\"orders\" WITH "
						+ "(publish_via_partition_root = true); Or set cdc.publication.create=true.",
				List.of("cdc.publication.name", "cdc.publication.create")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationThatTheRoleMayNotCreate() throws SQLException {
		loginRole("REPLICATION");
		table("orders");
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("publication-right",
				"Publication 'pub' does not exist and cannot be created: role '" + this.role
						+ "' may not create anything in database '" + this.database.name() + "'.",
				"Run as a superuser: CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"orders\" WITH "
						+ "(publish_via_partition_root = true); Or set cdc.publication.create=false and keep the "
						+ "publication yourself.",
				List.of("cdc.publication.name", "cdc.publication.create")));
		this.database.execute("GRANT CREATE ON DATABASE " + this.database.name() + " TO " + this.role);
		assertThat(only().problem()).isEqualTo("Publication 'pub' does not exist and cannot be created: role '"
				+ this.role + "' does not own public.orders.");
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationThatTheRoleMayNotChange() throws SQLException {
		loginRole("REPLICATION");
		table("orders");
		table("items");
		createPublication("FOR TABLE orders");
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("publication-right",
				"Publication 'pub' does not cover exactly the tables that are listened to and cannot be changed: role '"
						+ this.role + "' does not own it.",
				"Run as a superuser: ALTER PUBLICATION \"pub\" SET TABLE \"public\".\"items\", \"public\".\"orders\"; Or set "
						+ "cdc.publication.create=false and keep the publication yourself.",
				List.of("cdc.publication.name", "cdc.publication.create")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void roleThatOwnsWhatItWritesMayWriteIt() throws SQLException {
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
		this.engine.keepsPublicationItself();
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("publication-coverage",
				"Publication 'pub' does not cover public.items, public.prices, and cdc.publication.create=false: changes of "
						+ "them would never arrive.",
				"Run: ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"items\", \"public\".\"prices\"; Or set "
						+ "cdc.publication.create=true.",
				List.of("cdc.publication.name", "cdc.publication.create")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void publicationForAllTablesCoversEachOne() throws SQLException {
		table("orders");
		createPublication("FOR ALL TABLES");
		assertThat(violations()).isEmpty();
		this.engine.keepsPublicationItself();
		assertThat(violations()).isEmpty();
	}

	@Test
	void operationsThatAreNotPublished() throws SQLException {
		table("items", EnumSet.of(Operation.CREATE, Operation.READ));
		table("orders", EnumSet.of(Operation.UPDATE, Operation.TRUNCATE));
		createPublication("FOR TABLE orders, items WITH (publish = 'insert, delete')");
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("publication-operations",
				"Publication 'pub' does not publish update, truncate, which listeners want of public.orders: it would never "
						+ "arrive.",
				"Run: ALTER PUBLICATION \"pub\" SET (publish = 'insert, update, delete, truncate');",
				List.of("cdc.publication.name")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void partitionsThatAreSentUnderTheirOwnNames() throws SQLException {
		partitionedTable();
		this.tables.add(needs("measures"));
		createPublication("FOR TABLE measures");
		this.engine.keepsPublicationItself();
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("publication-partition-root",
				"Publication 'pub' sends changes of public.measures under the names of its partitions, which nobody listens "
						+ "to.",
				"Run: ALTER PUBLICATION \"pub\" SET (publish_via_partition_root = true);",
				List.of("cdc.publication.name")));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void partitionThatIsSentUnderTheNameOfItsRoot() throws SQLException {
		partitionedTable();
		this.tables.add(needs("measures_1"));
		assertThat(violations()).isEmpty();
		this.tables.add(needs("measures"));
		Violation violation = new Violation("partition-sent-as-root",
				"Publication 'pub' sends changes of public.measures_1 under the name of public.measures, which it is a "
						+ "partition of: its own listeners would never be called.",
				"Listen to public.measures instead.", List.of("cdc.publication.name"));
		assertThat(only()).isEqualTo(violation);
		this.tables.remove(1);
		createPublication("FOR ALL TABLES WITH (publish_via_partition_root = true)");
		assertThat(only()).isEqualTo(violation);
	}

	@Test
	void partsOfTablesThatThePublicationLeavesOut() throws SQLException {
		table("orders");
		table("items");
		createPublication("FOR TABLE orders WHERE (id > 5), items (id)");
		List<Violation> violations = violations();
		assertThat(violations).containsExactly(new Violation("publication-filter",
				"Publication 'pub' sends of public.items only some columns: the rest would never arrive.",
				"Run: ALTER PUBLICATION \"pub\" DROP TABLE \"public\".\"items\"; ALTER PUBLICATION \"pub\" ADD TABLE "
						+ "\"public\".\"items\";",
				List.of("cdc.publication.name")),
				new Violation("publication-filter",
						"Publication 'pub' sends of public.orders only the rows for which (id > 5): the rest would never "
								+ "arrive.",
						"Run: ALTER PUBLICATION \"pub\" DROP TABLE \"public\".\"orders\"; ALTER PUBLICATION \"pub\" ADD "
								+ "TABLE \"public\".\"orders\";",
						List.of("cdc.publication.name")));
		violations.forEach(this::cure);
		assertThat(violations()).isEmpty();
	}

	@Test
	void physicalSlot() throws SQLException {
		this.database.execute("SELECT pg_create_physical_replication_slot('" + this.database.name() + "')");
		Violation violation = only();
		assertThat(violation).isEqualTo(foreignSlot("it is a physical one"));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void slotOfAnotherDatabase() throws SQLException {
		TestDatabase other = new TestDatabase(this.database.host(), this.database.port(), "postgres",
				this.database.user(), this.database.password());
		other.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		try {
			assertThat(only())
				.isEqualTo(foreignSlot("it belongs to database 'postgres', and not '" + this.database.name() + "'"));
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
			assertThat(only()).isEqualTo(foreignSlot("it is a temporary one of another session"));
		}
	}

	private Violation foreignSlot(String why) {
		String slot = this.database.name();
		return new Violation("slot-kind",
				"Replication slot '" + slot + "' is not one that this engine can read: " + why + ".",
				"Set cdc.slot.name to a name that is free. Or, if nobody needs that slot, run: SELECT "
						+ "pg_drop_replication_slot('" + slot + "');",
				List.of("cdc.slot.name"));
	}

	@Test
	void declaredFailoverSlotThatIsNone() throws SQLException {
		createSlot();
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT).accepting("synchronized-standby-slots");
		String slot = this.database.name();
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("survives-failover",
				"cdc.slot.survives-failover=failover_slot is not so for replication slot '" + slot
						+ "': it was created without failover, so that no standby gets it. After a failover it would be gone.",
				"Stop whoever reads the slot and run in a shell: psql 'host=" + this.database.host() + " port="
						+ this.database.port() + " dbname=" + slot
						+ " replication=database' -c 'ALTER_REPLICATION_SLOT " + slot
						+ " (FAILOVER true);' Or set cdc.slot.survives-failover=no.",
				List.of("cdc.slot.survives-failover")));
		this.engine.strategy(OffsetMismatchStrategy.TRUST_SLOT);
		assertThat(only()).satisfies((relied) -> {
			assertThat(relied.rule()).isEqualTo("slot-authority-without-surviving-slot");
			assertThat(relied.problem())
				.isEqualTo("cdc.slot.survives-failover=failover_slot is not so for replication slot '" + slot
						+ "': it was created without failover, so that no standby gets it. After a failover the changes "
						+ "until it is created anew would be skipped, because cdc.offset-mismatch-strategy=trust_slot takes the "
						+ "slot for the truth.");
		});
		Matcher command = Pattern.compile("-c '(.*);'").matcher(violation.action());
		assertThat(command.find()).isTrue();
		replicationCommand(command.group(1));
		assertThat(violations()).isEmpty();
	}

	@Test
	void tableWhoseUpdatesWouldFailOnceItIsPublished() throws SQLException {
		this.database.execute("CREATE TABLE notes (text text)", "CREATE TABLE drafts (text text)",
				"ALTER TABLE drafts REPLICA IDENTITY NOTHING", "CREATE TABLE late (id int PRIMARY KEY DEFERRABLE)",
				"CREATE TABLE whole (text text)", "ALTER TABLE whole REPLICA IDENTITY FULL",
				"CREATE TABLE indexed (id int NOT NULL, CONSTRAINT indexed_id UNIQUE (id))",
				"ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_id");
		for (String table : List.of("notes", "drafts", "late", "whole", "indexed")) {
			this.tables.add(new TableNeeds(new TableId("public", table), EnumSet.of(Operation.CREATE), List.of()));
		}
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("replica-identity",
				"Rows of public.drafts, public.late, public.notes have no replica identity, such as a primary key: while "
						+ "publication 'pub' has them, every UPDATE and DELETE of them fails, in every application.",
				"Add a primary key, or run: ALTER TABLE \"public\".\"drafts\" REPLICA IDENTITY FULL; ALTER TABLE "
						+ "\"public\".\"late\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"notes\" REPLICA IDENTITY FULL;",
				List.of("cdc.publication.name")));
		createPublication("FOR TABLE notes, drafts, late, whole, indexed WITH (publish = 'insert')");
		assertThat(violations()).isEmpty();
		this.database.execute("DROP PUBLICATION pub");
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	/** That the refusal before is no false alarm. */
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
		this.tables.add(needs("logs"));
		assertThat(only().problem()).startsWith("Rows of public.logs_1 have no replica identity");
	}

	@Test
	void rowBeforeThatTheServerDoesNotSend() throws SQLException {
		table("orders");
		TableId table = new TableId("public", "orders");
		this.tables.set(0, new TableNeeds(table, ROWS, List.of("method 'on' of bean 'a'", "method 'on' of bean 'b'")));
		Violation violation = only();
		assertThat(violation).isEqualTo(new Violation("row-before",
				"The method 'on' of bean 'a' and the method 'on' of bean 'b' needs the row of public.orders as it was before "
						+ "a change, but the server sends its key at most: the replica identity of public.orders is not FULL.",
				"Run: ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY FULL;"));
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void rowBeforeOfPartitionsTakesEachOne() throws SQLException {
		partitionedTable();
		this.tables.add(new TableNeeds(new TableId("public", "measures"), ROWS, List.of("method 'on' of bean 'a'")));
		Violation violation = only();
		assertThat(violation.action())
			.isEqualTo("Run: ALTER TABLE \"public\".\"measures\" REPLICA IDENTITY FULL; ALTER "
					+ "TABLE \"public\".\"measures_1\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"measures_2\" REPLICA "
					+ "IDENTITY FULL;");
		cure(violation);
		assertThat(violations()).isEmpty();
	}

	@Test
	void everythingThatIsWrongIsSaidTogether() throws SQLException {
		loginRole("");
		table("orders");
		this.database.execute("CREATE TABLE notes (text text)");
		this.tables.add(needs("notes"));
		this.engine.keepsPublicationItself();
		this.snapshot = true;
		this.engine.snapshotMode(SnapshotMode.INITIAL);
		assertThat(violations()).extracting(Violation::rule)
			.containsExactly("replication-right", "snapshot-right", "publication-missing", "replica-identity");
	}

	@Test
	void whatIsAcceptedStartsAndIsLoggedWithItsRisk(CapturedOutput output) throws SQLException {
		this.database.execute("CREATE TABLE notes (text text)");
		this.tables.add(needs("notes"));
		this.engine.accepting("replica-identity");
		try (Connection connection = this.database.connect()) {
			assertThat(ServerChecks.check(this.engine.settings(), needs(), List.of(), connection))
				.containsExactly(new AcceptedRisk("replica-identity",
						"Rows of public.notes have no replica identity, such as a primary key: while publication 'pub' has "
								+ "them, every UPDATE and DELETE of them fails, in every application.",
						"UPDATE and DELETE of these tables fail, in every application."));
		}
		assertThat(output)
			.contains("Engine 'default' runs with an accepted risk, replica-identity: UPDATE and DELETE of "
					+ "these tables fail, in every application. Rows of public.notes");
	}

	@Test
	void whatCannotBeAcceptedIsRefusedThoughItIsInTheList() throws SQLException {
		loginRole("");
		createPublication("");
		this.engine.accepting("replication-right");
		assertThat(only().rule()).isEqualTo("replication-right");
	}

	/**
	 * Names that the server has, whatever they are, are quoted so that the cure can be
	 * pasted.
	 */
	@Test
	void hostileNamesOfTablesAndRolesAreQuoted() throws SQLException {
		this.role = "role; DROP TABLE x; --" + this.database.name();
		String role = SqlQuoting.identifier(this.role);
		this.database.execute("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'secret'");
		try {
			this.engine.on(this.database, this.role, "secret");
			TableId table = new TableId("sch\"ema\n; DROP", "ta'ble\"; DROP TABLE x; --\t\\ \u00fc\u2028");
			this.database.execute("CREATE SCHEMA " + SqlQuoting.identifier(table.schema()),
					"CREATE TABLE " + SqlQuoting.identifier(table.schema()) + "." + SqlQuoting.identifier(table.name())
							+ " (note text)");
			this.tables.add(new TableNeeds(table, ROWS, List.of()));
			this.engine.keepsPublicationItself().snapshotMode(SnapshotMode.INITIAL);
			this.snapshot = true;
			List<Violation> violations = violations();
			assertThat(violations).extracting(Violation::rule)
				.containsExactly("snapshot-right", "publication-missing", "replica-identity");
			assertThat(violations).allSatisfy((violation) -> {
				assertThat(violation.problem()).hasLineCount(1).doesNotContain("\u2028");
				assertThat(violation.action()).hasLineCount(1)
					.doesNotContain("\u2028")
					.contains("U&\"sch\"\"ema\\000A; DROP\".U&\"ta'ble\"\"; DROP TABLE x; --\\0009\\\\ \u00fc\\2028\"");
			});
			violations.forEach(this::cure);
			assertThat(violations()).isEmpty();
		}
		finally {
			this.database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	private List<Violation> violations() throws SQLException {
		try (Connection connection = connect()) {
			ServerChecks.check(this.engine.settings(), needs(), List.of(), connection);
			return List.of();
		}
		catch (StartRefusedException ex) {
			return ex.violations();
		}
	}

	private Violation only() throws SQLException {
		List<Violation> violations = violations();
		assertThat(violations).hasSize(1);
		return violations.get(0);
	}

	/** Do what the action says, as a superuser would who pastes it. */
	private void cure(Violation violation) {
		Matcher action = RUN.matcher(violation.action());
		assertThat(action.find()).as(violation.action()).isTrue();
		this.database.execute(action.group(1));
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(this.database.jdbcUrl(), this.engine.connection.username(),
				this.engine.connection.password());
	}

	private ServerNeeds needs() {
		return new ServerNeeds(List.copyOf(this.tables), this.snapshot);
	}

	private static TableNeeds needs(String table) {
		return new TableNeeds(new TableId("public", table), ROWS, List.of());
	}

	private void table(String name) {
		table(name, ROWS);
	}

	private void table(String name, Set<Operation> operations) {
		this.database.execute("CREATE TABLE " + name + " (id int PRIMARY KEY, note text)");
		this.tables.add(new TableNeeds(new TableId("public", name), operations, List.of()));
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
