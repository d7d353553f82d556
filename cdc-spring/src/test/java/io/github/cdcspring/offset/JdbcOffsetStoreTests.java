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

package io.github.cdcspring.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

@PostgresTest
class JdbcOffsetStoreTests extends OffsetStoreContract {

	private static final String TABLE_DEFINITION = " (engine text, slot_name text, epoch bigint NOT NULL, "
			+ "lsn varchar(17), position text, clean boolean, stored_at timestamp with time zone, "
			+ "system_identifier text, timeline integer, last_xid bigint, relations text, "
			+ "slot_system_identifier text, slot_timeline integer, slot_lsn varchar(17), "
			+ "slot_created_at_lsn varchar(17), slot_decoded_transactions bigint, "
			+ "server_started_at timestamp with time zone, PRIMARY KEY (engine, slot_name));";

	private TestDatabase database;

	private HikariDataSource pool;

	private JdbcOffsetStore store;

	@BeforeEach
	void open(TestDatabase database) {
		this.database = database;
		this.pool = pool(database.user(), database.password(), true);
		this.store = new JdbcOffsetStore(this.pool, "cdc_offset", true);
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	@Override
	OffsetStore store() {
		return this.store;
	}

	@Test
	void outlivesTheApplication() {
		assertThat(this.store.isDurable()).isTrue();
		this.store.save(key("one"), 1, offset("0/1"));
		assertThat(new JdbcOffsetStore(this.pool, "cdc_offset", false).load(key("one"))).contains(offset("0/1"));
	}

	/** A pool does not check a connection that was used a moment ago. */
	@Test
	void passesOverClosedConnectionsOfThePool() throws SQLException {
		this.store.save(key("one"), 1, offset("0/1"));
		List<Connection> connections = new ArrayList<>();
		List<PgConnection> broken = new ArrayList<>();
		for (int i = 0; i < this.pool.getMaximumPoolSize(); i++) {
			Connection connection = this.pool.getConnection();
			connections.add(connection);
			broken.add(connection.unwrap(PgConnection.class));
		}
		for (Connection connection : connections) {
			connection.close();
		}
		for (PgConnection connection : broken) {
			connection.close();
		}
		assertThat(this.store.load(key("one"))).contains(offset("0/1"));
	}

	@Test
	void asksForAConnectionOnceIfThereIsNone() {
		AtomicInteger asked = new AtomicInteger();
		LazyConnectionDataSourceProxy away = new LazyConnectionDataSourceProxy(new DelegatingDataSource(this.pool) {

			@Override
			public Connection getConnection() throws SQLException {
				asked.incrementAndGet();
				throw new SQLException("away", "08001");
			}

		});
		away.setDefaultAutoCommit(true);
		away.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
		asked.set(0);
		JdbcOffsetStore store = new JdbcOffsetStore(away, "cdc_offset", false);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> store.load(key("one")))
			.withMessageContaining("away");
		assertThat(asked).hasValue(1);
	}

	/**
	 * Debezium would search the WAL for a place inside a transaction, and skip events.
	 */
	@Test
	void anOffsetOfKafkaConnectIsStoredAtTheEndOfATransaction() throws IOException {
		this.store.save(new OffsetKey("default", "shop"), 1, offset("0/1"));
		String page = Files.readString(Path.of("..", "docs", "kafka.md"));
		String statement = page.substring(page.indexOf("UPDATE cdc_offset SET lsn"));
		this.database.execute(statement.substring(0, statement.indexOf(';'))
			.replace("{…}", "{\"lsn\": 512, \"lsn_proc\": 511, \"lsn_commit\": 256, \"messageType\": \"INSERT\", "
					+ "\"transaction_id\": \"7:512\", \"txId\": 7}"));
		assertThat(this.database.queryForText("SELECT position::jsonb FROM cdc_offset"))
			.isEqualTo("{\"lsn\": 256, \"txId\": 7, \"lsn_commit\": 256}");
		assertThat(this.store.load(new OffsetKey("default", "shop")))
			.hasValueSatisfying((stored) -> assertThat(stored.lsn()).isEqualTo(Lsn.parse("0/100")));
	}

	@Test
	void standsOrFallsWithTheTransactionOfTheCaller() {
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.pool));
		this.store.save(key("one"), 1, offset("0/1"));
		transaction.executeWithoutResult((status) -> {
			this.store.save(key("one"), 1, offset("0/2"));
			assertThat(this.store.load(key("one"))).contains(offset("0/2"));
			assertThat(this.database.queryForText("SELECT lsn FROM cdc_offset")).isEqualTo("0/1");
			status.setRollbackOnly();
		});
		assertThat(this.store.load(key("one"))).contains(offset("0/1"));
		transaction.executeWithoutResult((status) -> this.store.save(key("one"), 1, offset("0/3")));
		assertThat(this.store.load(key("one"))).contains(offset("0/3"));
	}

	@Test
	void keepsTheTableThoughTheCallersTransactionIsRolledBack() {
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.pool));
		transaction.executeWithoutResult((status) -> {
			this.store.save(key("one"), 1, offset("0/2"));
			status.setRollbackOnly();
		});
		assertThat(this.store.load(key("one"))).isEmpty();
	}

	@Test
	void commitsOnConnectionsWithoutAutoCommit() {
		try (HikariDataSource manual = pool(this.database.user(), this.database.password(), false)) {
			JdbcOffsetStore store = new JdbcOffsetStore(manual, "cdc_offset", true);
			assertThat(store.load(key("one"))).isEmpty();
			store.save(key("one"), 1, offset("0/1"));
		}
		assertThat(this.store.load(key("one"))).contains(offset("0/1"));
	}

	@Test
	void waitsForTheDiskWhateverTheSessionDoes() {
		this.store.load(key("one"));
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.pool));
		JdbcTemplate jdbc = new JdbcTemplate(this.pool);
		for (String setting : List.of("off", "remote_apply", "local")) {
			transaction.executeWithoutResult((status) -> {
				jdbc.execute("SET LOCAL synchronous_commit = " + setting);
				this.store.save(key("one"), 1, offset("0/1"));
				assertThat(jdbc.queryForObject("SHOW synchronous_commit", String.class))
					.isEqualTo(setting.equals("off") ? "on" : setting);
			});
		}
	}

	@Test
	void keepsToTheTableItIsGiven() {
		this.database.execute("CREATE SCHEMA \"My-schema\"");
		JdbcOffsetStore other = new JdbcOffsetStore(this.pool, "My-schema.Offsets", true);
		this.store.save(key("one"), 1, offset("0/1"));
		other.save(key("one"), 1, offset("0/2"));
		assertThat(this.store.load(key("one"))).contains(offset("0/1"));
		assertThat(this.database.queryForText("SELECT lsn FROM \"My-schema\".\"Offsets\"")).isEqualTo("0/2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "a.b.c", "a.", ".a", "x\"; DROP TABLE victim; --", "x'", "x y", "x;y", "1x",
			"x\ny", "x\0", "-x", "\"x\"" })
	void refusesNamesThatNoTableShouldHave(String table) {
		assertThatIllegalArgumentException().isThrownBy(() -> new JdbcOffsetStore(this.pool, table, true))
			.withMessageContaining("cannot be the offset table: give 'table' or 'schema.table'");
	}

	@Test
	void refusesNamesThatTheServerWouldCutShort() {
		assertThatIllegalArgumentException().isThrownBy(() -> new JdbcOffsetStore(this.pool, "x".repeat(100_000), true))
			.withMessageStartingWith("'" + "x".repeat(63) + "...'");
		assertThatIllegalArgumentException().isThrownBy(() -> new JdbcOffsetStore(this.pool, "ü".repeat(32), true));
		new JdbcOffsetStore(this.pool, "y".repeat(63), true).save(key("one"), 1, offset("0/1"));
		assertThat(this.database.queryForText("SELECT lsn FROM " + "y".repeat(63))).isEqualTo("0/1");
	}

	@Test
	void quotesEvenWhatIsNoName() {
		assertThat(new TableName("a\"b", "c\"; DROP TABLE x; --").quoted())
			.isEqualTo("\"a\"\"b\".\"c\"\"; DROP TABLE x; --\"");
	}

	@Test
	void saysHowToMakeTheTableThatItMayNotCreate() {
		JdbcOffsetStore store = new JdbcOffsetStore(this.pool, "shop.offsets", false);
		String create = setUp("postgres");
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> store.load(key("one")))
			.withMessage("Cannot use offset table shop.offsets: ERROR: relation \"shop\".\"offsets\" does not exist "
					+ "(SQLSTATE 42P01). The table does not exist. Allow the starter to create it, or run: " + create);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> store.save(key("one"), 1, offset("0/1")))
			.withMessageStartingWith("Cannot write offset table shop.offsets: ")
			.withMessageEndingWith(create);
		this.database.execute(create);
		store.save(key("one"), 1, offset("0/1"));
		assertThat(store.load(key("one"))).contains(offset("0/1"));
	}

	@Test
	void saysThatTheSchemaIsMissing() {
		assertThatExceptionOfType(OffsetStoreException.class)
			.isThrownBy(() -> new JdbcOffsetStore(this.pool, "shop.offsets", true).load(key("one")))
			.withMessage("Cannot create offset table shop.offsets: ERROR: schema \"shop\" does not exist "
					+ "(SQLSTATE 3F000). The schema does not exist. As a superuser, run: " + setUp("postgres"));
	}

	private static String setUp(String role) {
		return "CREATE SCHEMA IF NOT EXISTS \"shop\"; CREATE TABLE IF NOT EXISTS \"shop\".\"offsets\""
				+ TABLE_DEFINITION + " GRANT USAGE ON SCHEMA \"shop\" TO \"" + role
				+ "\"; GRANT SELECT, INSERT, UPDATE ON \"shop\".\"offsets\" TO \"" + role + "\";";
	}

	@Test
	void rightsOnTheColumnsAreEnough() {
		String role = this.database.name() + "_columns";
		this.database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'p'", "CREATE SCHEMA shop",
				"GRANT USAGE ON SCHEMA shop TO " + role,
				"CREATE TABLE IF NOT EXISTS \"shop\".\"offsets\"" + TABLE_DEFINITION);
		String columns = "(" + this.database
			.queryForText("SELECT string_agg(quote_ident(attname), ', ') FROM pg_catalog.pg_attribute"
					+ " WHERE attrelid = 'shop.offsets'::regclass AND attnum > 0")
				+ ")";
		this.database.execute("GRANT SELECT " + columns + ", INSERT " + columns + ", UPDATE " + columns
				+ " ON shop.offsets TO " + role);
		try (HikariDataSource limited = pool(role, "p", true)) {
			JdbcOffsetStore store = new JdbcOffsetStore(limited, "shop.offsets", true);
			assertThat(store.load(key("one"))).isEmpty();
			store.save(key("one"), store.takeOver(key("one")).epoch(), offset("0/1"));
			assertThat(store.load(key("one"))).contains(offset("0/1"));
		}
	}

	@Test
	void saysWhichRightsAreMissing() {
		String role = this.database.name() + "_app";
		this.database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'p'", "CREATE SCHEMA shop",
				"GRANT USAGE ON SCHEMA shop TO " + role);
		try (HikariDataSource limited = pool(role, "p", true)) {
			JdbcOffsetStore store = new JdbcOffsetStore(limited, "shop.offsets", true);
			String grant = "GRANT SELECT, INSERT, UPDATE ON \"shop\".\"offsets\" TO \"" + role + "\";";
			String create = "CREATE TABLE IF NOT EXISTS \"shop\".\"offsets\"" + TABLE_DEFINITION;
			assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> store.load(key("one")))
				.withMessage("Cannot create offset table shop.offsets: ERROR: permission denied for schema shop "
						+ "(SQLSTATE 42501). The role lacks a privilege. As a superuser, run: " + create + " " + grant);
			this.database.execute(create);
			assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> store.load(key("one")))
				.withMessage("Cannot use offset table shop.offsets: ERROR: permission denied for table offsets "
						+ "(SQLSTATE 42501). The role lacks a privilege. As a superuser, run: " + grant);
			this.database.execute("GRANT SELECT ON shop.offsets TO " + role);
			assertThatExceptionOfType(OffsetStoreException.class)
				.isThrownBy(() -> store.save(key("one"), 1, offset("0/1")))
				.withMessageEndingWith(grant);
			this.database.execute(grant);
			store.save(key("one"), 1, offset("0/1"));
			assertThat(store.load(key("one"))).contains(offset("0/1"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "lsn = 'x'", "lsn = '0/1/2'", "lsn = NULL", "position = NULL", "clean = NULL",
			"stored_at = NULL", "system_identifier = NULL", "timeline = NULL", "relations = '{'", "relations = '{}'",
			"relations = '[{}]'", "relations = '[1]'", "slot_system_identifier = NULL", "slot_timeline = NULL",
			"slot_lsn = NULL", "slot_lsn = ''", "slot_created_at_lsn = '0'" })
	void takesNoDamagedRow(String damage) {
		this.store.save(key("o'ne"), 1, values().skip(5).findFirst().orElseThrow());
		this.database.execute("UPDATE cdc_offset SET " + damage);
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("o'ne")))
			.withMessageStartingWith(
					"The position of engine 'o'ne' on slot 'the_slot' in table cdc_offset is damaged: ")
			.withMessageEndingWith(". Restore the row, or, to start as cdc.snapshot.mode says, run: "
					+ "DELETE FROM \"cdc_offset\" WHERE engine = 'o''ne' AND slot_name = 'the_slot';");
		this.database.execute("DELETE FROM \"cdc_offset\" WHERE engine = 'o''ne' AND slot_name = 'the_slot';");
		assertThat(this.store.load(key("o'ne"))).isEmpty();
	}

	@Test
	void refusesATableOfSomebodyElse() {
		this.database.execute("CREATE TABLE cdc_offset (engine text, lsn integer)");
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.load(key("one")))
			.withMessageContaining(
					"(SQLSTATE 42703). The table has other columns than the starter needs. Configure another name, or run: "
							+ "ALTER TABLE \"cdc_offset\" RENAME TO \"cdc_offset_old\"; CREATE TABLE");
	}

	@Test
	void namesTheColumnThatAnOlderTableLacks() {
		this.database.execute("CREATE TABLE cdc_offset (engine text PRIMARY KEY, lsn varchar(17) NOT NULL, "
				+ "position text NOT NULL, clean boolean NOT NULL, stored_at timestamp with time zone NOT NULL)");
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> this.store.takeOver(key("one")))
			.withMessageContaining("column \"slot_name\"")
			.withMessageEndingWith("CREATE TABLE IF NOT EXISTS \"cdc_offset\"" + TABLE_DEFINITION);
	}

	@Test
	void takesOverOnDiskWhateverTheSessionDoes() {
		this.store.load(key("one"));
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.pool));
		JdbcTemplate jdbc = new JdbcTemplate(this.pool);
		transaction.executeWithoutResult((status) -> {
			jdbc.execute("SET LOCAL synchronous_commit = off");
			this.store.takeOver(key("one"));
			assertThat(jdbc.queryForObject("SHOW synchronous_commit", String.class)).isEqualTo("on");
		});
	}

	@Test
	void waitsForASaveThatIsNotCommittedBeforeItTakesOver() throws Exception {
		long first = this.store.takeOver(key("one")).epoch();
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.pool));
		ExecutorService other = Executors.newSingleThreadExecutor();
		try {
			Future<OffsetTakeover> takeover = transaction.execute((status) -> {
				this.store.save(key("one"), first, offset("0/5"));
				Future<OffsetTakeover> started = other.submit(() -> this.store.takeOver(key("one")));
				await().until(
						() -> this.database
							.queryForText("SELECT count(*) FROM pg_stat_activity "
									+ "WHERE datname = current_database() AND wait_event_type = 'Lock'")
							.equals("1"));
				return started;
			});
			assertThat(takeover.get().offset()).contains(offset("0/5"));
		}
		finally {
			other.shutdownNow();
		}
	}

	@Test
	void createsATableThatWasDroppedAgain() {
		long epoch = this.store.takeOver(key("one")).epoch();
		this.store.save(key("one"), epoch, offset("0/1"));
		this.database.execute("DROP TABLE cdc_offset");
		this.store.save(key("one"), epoch, offset("0/2"));
		assertThat(this.store.load(key("one"))).contains(offset("0/2"));
		this.database.execute("DROP TABLE cdc_offset");
		assertThat(this.store.load(key("one"))).isEmpty();
		assertThat(this.store.takeOver(key("one")).epoch()).isGreaterThan(epoch);
	}

	@Test
	void namesADroppedTableThatItMayNotCreate() {
		this.store.save(key("one"), 1, offset("0/1"));
		JdbcOffsetStore limited = new JdbcOffsetStore(this.pool, "cdc_offset", false);
		limited.load(key("one"));
		this.database.execute("DROP TABLE cdc_offset");
		assertThatExceptionOfType(OffsetStoreException.class)
			.isThrownBy(() -> limited.save(key("one"), 1, offset("0/2")))
			.withMessageContaining("relation \"cdc_offset\" does not exist (SQLSTATE 42P01).");
	}

	@Test
	void createsADroppedTableAfterATransactionThatMissedIt() {
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.pool));
		this.store.save(key("one"), 1, offset("0/1"));
		this.database.execute("DROP TABLE cdc_offset");
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(
				() -> transaction.executeWithoutResult((status) -> this.store.save(key("one"), 1, offset("0/2"))));
		transaction.executeWithoutResult((status) -> this.store.save(key("one"), 1, offset("0/3")));
		assertThat(this.store.load(key("one"))).contains(offset("0/3"));
	}

	@Test
	void createsTheTableOnceThoughManyTry() throws Exception {
		for (int round = 0; round < 10; round++) {
			String table = "raced" + round;
			CountDownLatch start = new CountDownLatch(1);
			ExecutorService replicas = Executors.newFixedThreadPool(8);
			try {
				List<Future<Void>> results = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					String engine = "engine" + i;
					Callable<Void> replica = () -> {
						JdbcOffsetStore store = new JdbcOffsetStore(this.pool, table, true);
						start.await();
						store.save(key(engine), 1, offset("0/1"));
						return null;
					};
					results.add(replicas.submit(replica));
				}
				start.countDown();
				for (Future<Void> result : results) {
					result.get();
				}
			}
			finally {
				replicas.shutdownNow();
			}
			assertThat(this.database.queryForText("SELECT count(*) FROM " + table)).isEqualTo("8");
		}
	}

	@Test
	void needsNoRightToCreateWhereTheTableExists() {
		String role = this.database.name() + "_app";
		this.store.save(key("one"), 1, offset("0/1"));
		this.database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'p'",
				"GRANT SELECT, INSERT, UPDATE ON cdc_offset TO " + role);
		try (HikariDataSource limited = pool(role, "p", true)) {
			assertThat(new JdbcOffsetStore(limited, "cdc_offset", true).load(key("one"))).contains(offset("0/1"));
		}
	}

	@Test
	void givesUpOnARowThatSomebodyHolds() throws SQLException {
		// Half of that is left until the network counts as broken
		JdbcOffsetStore impatient = new JdbcOffsetStore(this.pool, "cdc_offset", true, Duration.ofSeconds(5));
		impatient.save(key("one"), 1, offset("0/1"));
		try (Connection holder = this.database.connect(); Statement statement = holder.createStatement()) {
			holder.setAutoCommit(false);
			statement.execute("UPDATE cdc_offset SET clean = true");
			assertThatExceptionOfType(OffsetStoreException.class)
				.isThrownBy(() -> impatient.save(key("one"), 1, offset("0/2")))
				.withMessageContaining(
						"(SQLSTATE 57014). The statement took too long. See in pg_locks and pg_stat_activity "
								+ "which session locks table cdc_offset.");
			holder.rollback();
		}
		assertThat(impatient.load(key("one"))).contains(offset("0/1"));
	}

	@Test
	@DisabledIfSystemProperty(named = "cdc.test.postgres", matches = "container",
			disabledReason = "stops a process of the server")
	void givesUpOnAServerThatHangs() throws Exception {
		this.store.save(key("one"), 1, offset("0/1"));
		try (Connection connection = this.database.connect()) {
			String pid = String.valueOf(connection.unwrap(PGConnection.class).getBackendPID());
			JdbcOffsetStore impatient = new JdbcOffsetStore(new SingleConnectionDataSource(connection, true),
					"cdc_offset", false, Duration.ofSeconds(1));
			assertThat(new ProcessBuilder("kill", "-STOP", pid).start().waitFor()).isZero();
			try {
				assertThatExceptionOfType(OffsetStoreException.class)
					.isThrownBy(() -> impatient.save(key("one"), 1, offset("0/2")))
					.withMessageContaining("the database cannot be reached");
			}
			finally {
				new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
			}
		}
	}

	@Test
	void leavesConnectionsAsItFoundThem() throws SQLException {
		this.store.save(key("one"), 1, offset("0/1"));
		try (Connection connection = this.database.connect()) {
			connection.setNetworkTimeout(Runnable::run, 77_000);
			new JdbcOffsetStore(new SingleConnectionDataSource(connection, true), "cdc_offset", true).save(key("one"),
					1, offset("0/2"));
			assertThat(connection.getNetworkTimeout()).isEqualTo(77_000);
		}
	}

	@Test
	void saysThatTheDatabaseCannotBeReached() {
		try (HikariDataSource broken = pool(this.database.user(), this.database.password(), true)) {
			broken.setJdbcUrl("jdbc:postgresql://localhost:1/nowhere");
			broken.setConnectionTimeout(250);
			JdbcOffsetStore store = new JdbcOffsetStore(broken, "cdc_offset", false);
			assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> store.load(key("one")))
				.withMessageStartingWith("Cannot read offset table cdc_offset: the database cannot be reached: ")
				.withMessageEndingWith(". Check that it runs and that the pool has a free connection.");
		}
	}

	@Test
	void keepsItsRowInPlainColumns() {
		this.store.save(key("one"), 1, values().skip(5).findFirst().orElseThrow());
		Map<String, Object> row = new JdbcTemplate(this.pool).queryForMap("SELECT * FROM cdc_offset");
		assertThat(row).containsEntry("engine", "one")
			.containsEntry("lsn", "FFFFFFFF/FFFFFFFF")
			.containsEntry("clean", true)
			.containsEntry("slot_name", "the_slot")
			.containsEntry("epoch", 1L)
			.containsEntry("system_identifier", "18446744073709551615")
			.containsEntry("timeline", Integer.MAX_VALUE)
			.containsEntry("last_xid", Long.MAX_VALUE)
			.containsEntry("slot_system_identifier", "18446744073709551614")
			.containsEntry("slot_timeline", Integer.MAX_VALUE - 1)
			.containsEntry("slot_lsn", "FFFFFFFF/FFFFFFFF")
			.containsEntry("slot_created_at_lsn", "FFFFFFFF/FFFFFFFF")
			.containsEntry("slot_decoded_transactions", Long.MAX_VALUE);
	}

	private HikariDataSource pool(String user, String password, boolean autoCommit) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.database.jdbcUrl());
		pool.setUsername(user);
		pool.setPassword(password);
		pool.setAutoCommit(autoCommit);
		pool.setMaximumPoolSize(8);
		pool.setMinimumIdle(0);
		return pool;
	}

}
