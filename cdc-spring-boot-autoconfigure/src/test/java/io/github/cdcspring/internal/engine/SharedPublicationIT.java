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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Who changes a publication when, and what becomes of tables that are captured later.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class SharedPublicationIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static final String PUBLISHED = "SELECT tablename FROM pg_publication_tables WHERE pubname = 'pub' ORDER BY 1";

	private static final String WAITING = "SELECT count(*) FROM pg_stat_activity "
			+ "WHERE application_name LIKE 'cdc%' AND datname = current_database() AND wait_event_type = 'Lock'";

	private TestDatabase database;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		database.grantOwnership();
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE customers (id int PRIMARY KEY)");
	}

	@Test
	void narrowerVersionTakesNoTableOutOfThePublication() {
		try (TestApplication wide = run("orders,customers")) {
			insert("customers", 1);
			awaitReceived(wide, "customers 1");
			try (TestApplication narrow = start("orders")) {
				await().atMost(LONG).until(() -> state(narrow) == EngineState.STANDBY);
				insert("customers", 2);
				awaitReceived(wide, "customers 2");
				wide.close();
				await().atMost(LONG).until(() -> state(narrow) == EngineState.RUNNING);
				insert("orders", 1);
				awaitReceived(narrow, "orders 1");
				assertThat(this.database.queryForTexts(PUBLISHED)).containsExactly("customers", "orders");
			}
		}
	}

	/** No session may be left behind that keeps the start lock. */
	@Test
	void waitsForTheSessionThatLocksATableToBePublished() throws SQLException {
		receive("orders", "orders", 1);
		try (Connection other = this.database.connect(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("LOCK TABLE customers IN SHARE UPDATE EXCLUSIVE MODE");
			int pid = other.unwrap(PGConnection.class).getBackendPID();
			try (TestApplication wide = start("orders,customers")) {
				assertThat(wide.engine().status().failure()).contains("while process " + pid)
					.contains("locks table customers");
				assertThat(state(wide)).isEqualTo(EngineState.BACKING_OFF);
				// The next attempt may be waiting already
				await().until(() -> "0".equals(this.database.queryForText("SELECT count(*) FROM pg_stat_activity "
						+ "WHERE query LIKE 'ALTER PUBLICATION%' AND state = 'active'")));
				other.rollback();
				await().atMost(LONG).until(() -> {
					assertThat(state(wide)).isNotEqualTo(EngineState.STANDBY);
					return state(wide) == EngineState.RUNNING;
				});
				insert("customers", 2);
				awaitReceived(wide, "customers 2");
			}
		}
	}

	@Test
	void formerVersionIsToldWhatItMissed(CapturedOutput output) {
		receive("orders,customers", "customers", 1);
		receive("orders", "orders", 1);
		insert("customers", 2);
		try (TestApplication wide = run("orders,customers")) {
			insert("customers", 3);
			awaitReceived(wide, "customers 3");
			assertThat(output).contains("Engine 'default' captures public.customers from ");
		}
	}

	@Test
	void widerVersionExtendsThePublicationWhenItTakesOver(CapturedOutput output) {
		try (TestApplication narrow = run("orders")) {
			insert("orders", 1);
			awaitReceived(narrow, "orders 1");
			try (TestApplication wide = start("orders,customers")) {
				await().atMost(LONG).until(() -> state(wide) == EngineState.STANDBY);
				assertThat(this.database.queryForTexts(PUBLISHED)).containsExactly("orders");
				narrow.close();
				await().atMost(LONG).until(() -> state(wide) == EngineState.RUNNING);
				assertThat(this.database.queryForTexts(PUBLISHED)).containsExactly("customers", "orders");
				insert("customers", 2);
				awaitReceived(wide, "customers 2");
				assertThat(output).containsPattern(
						"WARN .* Engine 'default' captures public.customers from [0-9A-F]+/[0-9A-F]+ on, and did not before.");
			}
		}
	}

	@Test
	void refusesAnotherPublicationForTheSlot() {
		receive("orders", "orders", 1);
		assertThatThrownBy(() -> run("orders", "cdc.publication.name=other")).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("relation-not-published: ");
		assertThat(this.database.queryForTexts("SELECT pubname FROM pg_publication")).containsExactly("pub");
	}

	@Test
	void remembersTheTablesBeforeAnOffsetIsStored() {
		try (TestApplication application = TestApplication.run(this.database, Rows.class, "test.first=orders",
				"test.last=orders", "cdc.publication.name=pub", "cdc.snapshot.mode=no_data",
				"cdc.heartbeat.interval=1h")) {
			swap();
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			application.engine().restart();
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("relation-replaced: ");
		}
	}

	@Test
	void twoApplicationsShareAPublication() {
		try (TestApplication one = run("orders");
				TestApplication two = run("customers", "cdc.slot.name=" + this.database.name() + "_2")) {
			insert("orders", 1);
			insert("customers", 1);
			awaitReceived(one, "orders 1");
			awaitReceived(two, "customers 1");
			assertThat(received(one)).containsExactly("orders 1");
			assertThat(received(two)).containsExactly("customers 1");
		}
	}

	@Test
	void capturesATableThatMatchesAPatternLater(CapturedOutput output) {
		try (TestApplication application = run("order*")) {
			insert("orders", 1);
			awaitReceived(application, "orders 1");
			this.database.execute("CREATE TABLE orders_2 (id int PRIMARY KEY)");
			await().atMost(LONG).until(() -> output.toString().contains("captures public.orders_2 from "));
			await().atMost(LONG).until(() -> state(application) == EngineState.RUNNING);
			insert("orders_2", 2);
			awaitReceived(application, "orders_2 2");
		}
	}

	@Test
	void acceptsOneChangeOnce() {
		String[] accept = new String[1];
		try (TestApplication application = run("orders")) {
			insert("orders", 1);
			awaitReceived(application, "orders 1");
			swap();
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			Matcher value = Pattern.compile("cdc\\.safety\\.accept-relations=\\S+@[0-9A-F/]+")
				.matcher(String.valueOf(application.engine().status().failure()));
			assertThat(value.find()).isTrue();
			accept[0] = value.group();
		}
		try (TestApplication application = run("orders", accept)) {
			insert("orders", 3);
			awaitReceived(application, "orders 3");
			swap();
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
		}
	}

	@ParameterizedTest
	@CsvSource({ "FOR ALL TABLES, ALTER TABLE orders SET UNLOGGED, unlogged",
			"FOR ALL TABLES, DROP PUBLICATION pub, relation-not-published",
			"FOR ALL TABLES, DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY), relation-replaced",
			"FOR ALL TABLES WITH (publish_via_partition_root = true), CREATE TABLE measures (id int PRIMARY KEY) "
					+ "PARTITION BY RANGE (id); ALTER TABLE measures ATTACH PARTITION orders FOR VALUES FROM (0) TO (10), "
					+ "partition-sent-as-root",
			"FOR TABLES IN SCHEMA public, ALTER TABLE orders SET UNLOGGED, unlogged",
			"FOR TABLES IN SCHEMA public, ALTER PUBLICATION pub DROP TABLES IN SCHEMA public, relation-not-published",
			"FOR TABLES IN SCHEMA public, ALTER TABLE orders RENAME TO orders_old; CREATE TABLE orders (id int), "
					+ "relation-replaced",
			"FOR TABLE orders, ALTER PUBLICATION pub DROP TABLE orders, relation-not-published" })
	void watchesAPublicationOfTheOperator(String tables, String changes, String failure) {
		this.database.execute("CREATE PUBLICATION pub " + tables);
		try (TestApplication application = run("orders", "cdc.publication.create=false")) {
			insert("orders", 1);
			awaitReceived(application, "orders 1");
			this.database.inTransaction(changes.split("; "));
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains(failure);
		}
	}

	@Test
	void attachedAndDetachedPartitionsDoNotStopTheEngine(CapturedOutput output) {
		this.database.execute("CREATE TABLE measures (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE measures_1 PARTITION OF measures FOR VALUES FROM (0) TO (10)");
		try (TestApplication application = run("measures")) {
			insert("measures", 1);
			awaitReceived(application, "measures 1");
			this.database.execute("CREATE TABLE measures_2 (id int PRIMARY KEY)",
					"ALTER TABLE measures ATTACH PARTITION measures_2 FOR VALUES FROM (10) TO (20)",
					"ALTER TABLE measures DETACH PARTITION measures_1", "INSERT INTO measures_1 VALUES (2)",
					"INSERT INTO measures VALUES (11)");
			awaitReceived(application, "measures 11");
			Lsn stored = application.engine().storedLsn();
			await().atMost(LONG).until(() -> application.engine().storedLsn().isAfter(stored));
			assertThat(state(application)).isEqualTo(EngineState.RUNNING);
			assertThat(application.engine().status().restarts()).isZero();
			assertThat(received(application)).containsExactly("measures 1", "measures 11");
			await().atMost(LONG)
				.until(() -> output.toString().contains("receives the changes of public.measures_2, attached as"));
			this.database.execute("CREATE TABLE measures_3 PARTITION OF measures FOR VALUES FROM (20) TO (30)");
			this.database.inTransaction("CREATE TABLE measures_4 (id int PRIMARY KEY)",
					"INSERT INTO measures_4 VALUES (31)",
					"ALTER TABLE measures ATTACH PARTITION measures_4 FOR VALUES FROM (30) TO (40)");
			await().atMost(LONG)
				.until(() -> output.toString().contains("receives the changes of public.measures_4, attached as"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TABLE heirs () INHERITS (orders)",
			"FOREIGN TABLE heirs () INHERITS (orders) SERVER elsewhere" })
	void stopsIfATableInheritsFromACapturedOne(String heir) {
		this.database.execute("CREATE FOREIGN DATA WRAPPER nothing",
				"CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing");
		try (TestApplication application = run("orders")) {
			insert("orders", 1);
			awaitReceived(application, "orders 1");
			this.database.execute("CREATE " + heir);
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("inheritance: ");
			this.database
				.execute("ALTER " + (heir.startsWith("F") ? "FOREIGN " : "") + "TABLE heirs NO INHERIT orders");
			await().atMost(LONG).until(() -> state(application) == EngineState.RUNNING);
		}
	}

	/** The start has already judged the captured tables while it waits for the lock. */
	@Test
	void stopsIfATableInheritsWhileTheEngineStarts() throws Exception {
		try (Connection other = this.database.connect(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("LOCK TABLE customers IN SHARE UPDATE EXCLUSIVE MODE");
			CompletableFuture<TestApplication> starting = CompletableFuture
				.supplyAsync(() -> start("orders,customers"));
			await().atMost(LONG).until(() -> !"0".equals(this.database.queryForText(WAITING)));
			this.database.execute("CREATE TABLE heirs () INHERITS (orders)");
			other.rollback();
			try (TestApplication application = starting.get()) {
				await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
				assertThat(application.engine().status().failure()).contains("inheritance: ");
			}
		}
	}

	@Test
	void waitsForNoLockOfAPartition(CapturedOutput output) throws Exception {
		this.database.execute("CREATE TABLE measures (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE measures_1 PARTITION OF measures FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE measures_2 PARTITION OF measures FOR VALUES FROM (10) TO (20)",
				"CREATE TABLE measures_3 (id int PRIMARY KEY)");
		try (Connection maintenance = this.database.connect(); Statement statement = maintenance.createStatement()) {
			try (TestApplication application = run("measures")) {
				insert("measures", 1);
				awaitReceived(application, "measures 1");
				maintenance.setAutoCommit(false);
				statement.execute("LOCK TABLE measures_1 IN ACCESS EXCLUSIVE MODE");
				this.database.execute("ALTER TABLE measures ATTACH PARTITION measures_3 FOR VALUES FROM (20) TO (30)");
				await().atMost(LONG)
					.until(() -> output.toString().contains("receives the changes of public.measures_3, attached as"));
				assertThat(this.database.queryForText(WAITING)).isEqualTo("0");
			}
			receive("measures", "measures_2", "measures", 11);
		}
	}

	@Test
	void createsThePublicationBeforeItWritesTheOffset() {
		String slot = "'" + this.database.name() + "'";
		receive("orders", "orders", 1);
		this.database.awaitFree(this.database.name());
		this.database.execute("SELECT pg_drop_replication_slot(" + slot + ")", "DELETE FROM cdc_offset",
				"DROP PUBLICATION pub",
				"CREATE FUNCTION published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
						+ "PERFORM 1 / count(*) FROM pg_publication WHERE pubname = 'pub'; RETURN NEW; END $$",
				"CREATE TRIGGER published BEFORE INSERT OR UPDATE ON cdc_offset FOR EACH ROW EXECUTE FUNCTION published()",
				"SELECT pg_create_logical_replication_slot(" + slot + ", 'pgoutput')");
		try (TestApplication application = run("orders", "cdc.snapshot.mode=no_data")) {
			insert("orders", 2);
			awaitReceived(application, "orders 2");
		}
	}

	@Test
	void stopsIfAPartitionIsNotLogged() {
		this.database.execute("CREATE TABLE measures (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE measures_1 PARTITION OF measures FOR VALUES FROM (0) TO (10)");
		try (TestApplication application = run("measures")) {
			insert("measures", 1);
			awaitReceived(application, "measures 1");
			this.database
				.execute("CREATE UNLOGGED TABLE measures_2 PARTITION OF measures FOR VALUES FROM (10) TO (20)");
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("unlogged-partition: ", "public.measures_2");
		}
	}

	@Test
	void stopsIfACapturedTableBecomesAPartition() {
		this.database.execute("CREATE TABLE measures (id int PRIMARY KEY) PARTITION BY RANGE (id)");
		try (TestApplication application = run("order*")) {
			insert("orders", 1);
			awaitReceived(application, "orders 1");
			this.database.execute("ALTER TABLE measures ATTACH PARTITION orders FOR VALUES FROM (0) TO (10)");
			await().atMost(LONG).until(() -> state(application) == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("it is a partition of another table now");
		}
	}

	private void swap() {
		this.database.inTransaction("DROP TABLE orders", "CREATE TABLE orders (id int PRIMARY KEY)",
				"INSERT INTO orders VALUES (2)");
	}

	private void receive(String tables, String table, int id) {
		receive(tables, table, table, id);
	}

	private void receive(String tables, String inserted, String received, int id) {
		try (TestApplication application = run(tables)) {
			insert(inserted, id);
			awaitReceived(application, received + " " + id);
		}
	}

	private TestApplication run(String tables, String... settings) {
		return TestApplication.run(this.database, Rows.class, all(tables, settings));
	}

	private TestApplication start(String tables) {
		return TestApplication.start(this.database, Rows.class, all(tables));
	}

	private static String[] all(String tables, String... settings) {
		String[] names = tables.split(",");
		String[] all = { "test.first=" + names[0], "test.last=" + names[names.length - 1], "cdc.publication.name=pub",
				"cdc.heartbeat.interval=500ms", "cdc.offset.flush-interval=100ms" };
		return Stream.of(all, settings).flatMap(Stream::of).toArray(String[]::new);
	}

	private void insert(String table, int id) {
		this.database.execute("INSERT INTO " + table + " VALUES (" + id + ")");
	}

	private static void awaitReceived(TestApplication application, String row) {
		await().atMost(LONG).until(() -> received(application).contains(row));
		application.awaitSnapshotStored();
	}

	private static List<String> received(TestApplication application) {
		return application.bean(Rows.class).received;
	}

	private static EngineState state(TestApplication application) {
		return application.engine().status().state();
	}

	record Row(Integer id) {

	}

	static class Rows {

		final List<String> received = new CopyOnWriteArrayList<>();

		@CdcListener({ "${test.first}", "${test.last}" })
		void on(ChangeEvent<Row> event) {
			this.received.add(event.table().name() + " " + event.after().id());
		}

	}

}
