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

package io.github.cdcspring.documentation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.engine.ParkedEvents;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.DocumentedSql;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * The roles that the documentation creates are all that an application needs.
 */
@PostgresTest
class RoleAndRightsIT {

	private static final String[] EVERYTHING = { "cdc.listener.on-failure=park", "cdc.listener.transactional=true",
			"cdc.listener.retry.max-attempts=1", "cdc.offset.flush-interval=50ms", "cdc.heartbeat.interval=100ms" };

	/** What refuses a start that lacks the statement which begins like this. */
	private static final Map<String, String> REFUSALS = Map.of("CREATE ROLE", "replication-right", "GRANT CONNECT",
			"permission denied for database", "GRANT USAGE", "snapshot-right", "GRANT SELECT", "snapshot-right",
			"CREATE PUBLICATION", "publication-missing");

	private TestDatabase database;

	private List<String> statements;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		database.execute("CREATE TABLE customers (id int PRIMARY KEY)", "CREATE TABLE orders (id int PRIMARY KEY)",
				"INSERT INTO orders VALUES (1)");
		this.statements = DocumentedSql.leastPrivileges(database.name(), role());
	}

	/** A database in which a role has nothing that it was not granted. */
	private void grantNothingToEverybody() {
		this.database.execute("REVOKE ALL ON DATABASE " + this.database.name() + " FROM PUBLIC",
				"REVOKE ALL ON SCHEMA public FROM PUBLIC");
	}

	/** Roles, slots and the like belong to the whole server, so each test has its own. */
	private List<String> statements(String page, String mark) {
		return DocumentationPage.of(page)
			.statements(mark)
			.stream()
			.map((sql) -> sql.replace("shop_cdc", role()).replace("shop", this.database.name()))
			.toList();
	}

	private String role() {
		return this.database.name() + "_engine";
	}

	@Test
	void leastPrivilegesAreEnough() {
		grantNothingToEverybody();
		this.statements.forEach(this.database::execute);
		this.database.execute("CREATE TABLE " + role() + ".effects (id int)",
				"ALTER TABLE " + role() + ".effects OWNER TO " + role());
		try (TestApplication application = run(role())) {
			Orders orders = application.bean(Orders.class);
			await().until(() -> orders.seen.contains(1));
			orders.poison = 2;
			this.database.execute("INSERT INTO orders VALUES (2), (3)");
			ParkedEvents parked = application.engine().parkedEvents();
			await().until(() -> orders.seen.contains(3) && parked.count() == 1);
			orders.poison = 0;
			assertThat(parked.replay(parked.list(null, 0, 1).get(0).id()).delivered()).isEqualTo(1);
		}
		this.database.execute("INSERT INTO orders VALUES (4)");
		try (TestApplication application = run(role())) {
			Orders orders = application.bean(Orders.class);
			await().until(() -> orders.seen.contains(4));
			assertThat(orders.seen).containsExactly(4);
		}
		assertThat(this.database.queryForTexts("SELECT id FROM " + role() + ".effects ORDER BY id"))
			.containsExactly("1", "2", "3", "4");
		assertThat(this.database
			.queryForTexts("SELECT tablename FROM pg_tables WHERE tableowner = '" + role() + "' ORDER BY 1"))
			.containsExactly("cdc_offset", "cdc_parked_event", "cdc_processed", "effects");
	}

	@Test
	void theApplicationsOwnRoleNeedsNoReplication() {
		grantNothingToEverybody();
		String own = this.database.name() + "_own";
		this.statements.forEach(this.database::execute);
		this.database.execute("CREATE ROLE " + own + " WITH LOGIN",
				"GRANT CONNECT ON DATABASE " + this.database.name() + " TO " + own,
				"CREATE SCHEMA AUTHORIZATION " + own, "CREATE TABLE " + own + ".effects (id int)",
				"ALTER TABLE " + own + ".effects OWNER TO " + own);
		try (TestApplication application = run(own, "cdc.connection.username=" + role())) {
			Orders orders = application.bean(Orders.class);
			await().until(() -> orders.seen.contains(1));
			this.database.execute("INSERT INTO orders VALUES (2)");
			await().until(() -> orders.seen.contains(2));
		}
		assertThat(this.database
			.queryForTexts("SELECT tablename FROM pg_tables WHERE tableowner = '" + own + "' ORDER BY 1"))
			.containsExactly("cdc_offset", "cdc_parked_event", "cdc_processed", "effects");
	}

	@Test
	void everyStatementIsNeeded() {
		grantNothingToEverybody();
		for (String statement : this.statements) {
			without(statement).forEach(this.database::execute);
			if (statement.startsWith("CREATE SCHEMA")) {
				namesTheTableThatItMayNotCreate();
			}
			else {
				assertThatException().as(statement)
					.isThrownBy(() -> run(role()).close())
					.havingCause()
					.withMessageContaining(refusal(statement));
			}
			this.database.execute("DROP PUBLICATION IF EXISTS " + this.database.name(), "DROP OWNED BY " + role(),
					"DROP ROLE " + role());
		}
	}

	/** The statements without the one that begins like this; a role is needed always. */
	private List<String> without(String omitted) {
		return this.statements.stream()
			.filter((sql) -> !sql.startsWith(omitted) || sql.startsWith("CREATE ROLE"))
			.map((sql) -> sql.startsWith(omitted) ? sql.replace(" REPLICATION", "") : sql)
			.toList();
	}

	private static String refusal(String omitted) {
		return REFUSALS.entrySet()
			.stream()
			.filter((refusal) -> omitted.startsWith(refusal.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Nothing is known of " + omitted));
	}

	private void namesTheTableThatItMayNotCreate() {
		assertThatException().isThrownBy(() -> start(role()).close())
			.havingCause()
			.withMessageContaining("GRANT SELECT, INSERT, UPDATE ON \"public\".\"cdc_offset\" TO \"" + role() + "\"");
	}

	@Test
	void oneRefusalHasTheSqlForAllThatIsMissing() {
		grantNothingToEverybody();
		this.database.execute("CREATE ROLE " + role() + " WITH LOGIN PASSWORD 'x'",
				"GRANT CONNECT ON DATABASE " + this.database.name() + " TO " + role());
		String[] properties = { "cdc.publication.create=true" };
		StartRefusedException refusal = catchThrowableOfType(StartRefusedException.class,
				() -> rootCauses(() -> run(role(), properties).close()));
		assertThat(refusal.violations()).extracting(Violation::rule)
			.containsExactly("replication-right", "starter-table", "starter-table", "starter-table", "snapshot-right",
					"publication-right");
		String message = String.valueOf(refusal.getMessage());
		String block = message.substring(message
			.indexOf("The SQL for all of this, except for what needs a restart of the server. Run it as a superuser"));
		this.database.execute(block.substring(block.indexOf(System.lineSeparator())));
		this.database.execute("CREATE TABLE effects (id int)", "GRANT INSERT ON effects TO " + role());
		try (TestApplication application = run(role(), properties)) {
			Orders orders = application.bean(Orders.class);
			await().until(() -> orders.seen.contains(1));
			orders.poison = 2;
			this.database.execute("INSERT INTO orders VALUES (2), (3)");
			await().until(() -> orders.seen.contains(3) && application.engine().parkedEvents().count() == 1);
		}
	}

	/** The exception of the starter, without what Spring wraps around it. */
	private static void rootCauses(Runnable start) throws Throwable {
		try {
			start.run();
		}
		catch (RuntimeException ex) {
			throw (ex.getCause() != null) ? ex.getCause() : ex;
		}
	}

	@Test
	void anAdministratorCreatesTheTables() {
		grantNothingToEverybody();
		without("CREATE SCHEMA").forEach(this.database::execute);
		statements("docs/schema.md", "tables").forEach(this.database::execute);
		this.database.execute("CREATE TABLE effects (id int)", "GRANT INSERT ON effects TO " + role());
		try (TestApplication application = run(role(), "cdc.offset.jdbc.create-table=false",
				"cdc.listener.create-tables=false")) {
			Orders orders = application.bean(Orders.class);
			await().until(() -> orders.seen.contains(1));
			orders.poison = 2;
			this.database.execute("INSERT INTO orders VALUES (2)");
			ParkedEvents parked = application.engine().parkedEvents();
			await().until(() -> parked.count() == 1);
			orders.poison = 0;
			assertThat(parked.replay(parked.list(null, 0, 1).get(0).id()).delivered()).isEqualTo(1);
		}
	}

	@Test
	void changesAloneNeedNoRightOnTheTables() {
		grantNothingToEverybody();
		this.statements.stream()
			.filter((sql) -> !sql.startsWith("GRANT USAGE") && !sql.startsWith("GRANT SELECT"))
			.forEach(this.database::execute);
		this.database.execute("CREATE TABLE " + role() + ".effects (id int)",
				"ALTER TABLE " + role() + ".effects OWNER TO " + role());
		try (TestApplication application = run(role(), "cdc.snapshot.mode=no_data")) {
			this.database.execute("INSERT INTO orders VALUES (2)");
			await().until(() -> application.bean(Orders.class).seen.contains(2));
		}
	}

	@Test
	void theRoleOfTheQuickstartCreatesEverythingItself() {
		this.database.execute("DROP TABLE orders");
		statements("README.md", "quickstart").forEach(this.database::execute);
		String owner = this.database.name();
		TestDatabase asOwner = new TestDatabase(this.database.host(), this.database.port(), owner, owner, "change-me");
		statements("README.md", "quickstart-table").forEach(asOwner::execute);
		asOwner.execute("CREATE TABLE effects (id int)");
		try (TestApplication application = run(owner, "cdc.publication.create=true")) {
			Orders orders = application.bean(Orders.class);
			await().until(() -> orders.seen.containsAll(Set.of(1, 2, 3)));
			asOwner.execute("INSERT INTO orders (customer, amount) VALUES ('dora', 1)");
			await().until(() -> orders.seen.contains(4));
		}
	}

	private TestApplication run(String role, String... properties) {
		return TestApplication.run(this.database, Orders.class, with(role, properties));
	}

	private TestApplication start(String role) {
		return TestApplication.start(this.database, Orders.class, with(role));
	}

	private static String[] with(String role, String... properties) {
		return Stream
			.of(Stream.of(EVERYTHING),
					Stream.of("spring.datasource.username=" + role, "cdc.publication.create=false",
							TestApplication.WITHOUT_ADMINISTRATOR),
					Stream.of(properties))
			.flatMap((all) -> all)
			.toArray(String[]::new);
	}

	static class Orders {

		private final Set<Integer> seen = new ConcurrentSkipListSet<>();

		private final JdbcTemplate jdbc;

		private volatile int poison;

		Orders(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@CdcListener("orders")
		void on(Order order) {
			if (order.id() == this.poison) {
				throw new IllegalStateException("poison");
			}
			this.jdbc.update("INSERT INTO effects VALUES (?)", order.id());
			this.seen.add(order.id());
		}

	}

	record Order(int id) {
	}

}
