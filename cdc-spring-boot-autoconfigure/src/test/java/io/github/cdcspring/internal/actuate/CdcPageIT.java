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

package io.github.cdcspring.internal.actuate;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.BrowserExtension;
import io.github.cdcspring.test.BrowserTab;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page of a real application in a real browser. Each test saves a screenshot in
 * {@code target/page}.
 */
@PostgresTest
class CdcPageIT {

	private static final String MARKER = "s3cret-row-value";

	private static final String[] WEB = { "spring.main.web-application-type=servlet", "server.port=0",
			"server.servlet.context-path=/shop", "management.endpoints.web.base-path=/operations",
			"management.endpoints.web.exposure.include=cdc", "cdc.offset.flush-interval=200ms" };

	private static final String[] OPERABLE = { "management.endpoints.web.exposure.include=cdc,cdcparked",
			"management.endpoint.cdc.access=unrestricted", "management.endpoint.cdcparked.access=unrestricted",
			"cdc.listener.on-failure=park", "cdc.listener.retry.max-attempts=1" };

	@RegisterExtension
	static final BrowserExtension browser = new BrowserExtension();

	@BeforeEach
	void createTables(TestDatabase database) {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)",
				"CREATE TABLE customers (id int PRIMARY KEY, name text)", "CREATE TABLE bulk (text text)");
	}

	@Test
	void drawsAnEngineInSync(TestDatabase database) {
		try (TestApplication application = run(database, Shop.class); BrowserTab tab = open(application)) {
			database.execute("INSERT INTO orders SELECT n, '" + MARKER + "' FROM generate_series(1, 60) n",
					"UPDATE orders SET item = 'lamp' WHERE id < 20", "DELETE FROM orders WHERE id < 4",
					"INSERT INTO customers SELECT n, 'ada' FROM generate_series(1, 7) n");
			await().untilAsserted(() -> {
				assertThat(tab.text("#headline")).isEqualTo("In sync");
				assertThat(tab.text("[data-table='public.orders']")).contains("60", "19", "3");
				assertThat(tab.text("[data-table='public.customers']")).contains("7");
			});
			await().untilAsserted(() -> {
				String[] server = database
					.queryForText(
							"SELECT restart_lsn || ' ' || confirmed_flush_lsn || ' ' || pg_current_wal_lsn() FROM "
									+ "pg_replication_slots WHERE slot_name = '" + database.name() + "'")
					.split(" ");
				assertThat(drawn(tab, "restart")).isEqualTo(Lsn.parse(server[0]));
				assertThat(drawn(tab, "slot")).isEqualTo(Lsn.parse(server[1]));
				assertThat(drawn(tab, "server")).isEqualTo(Lsn.parse(server[2]));
				assertThat(drawn(tab, "offset")).hasToString(database.queryForText("SELECT lsn FROM cdc_offset"));
			});
			assertThat(tab.text("#on-restart")).startsWith("Resumes at ");
			assertThat(tab.text("#state")).isEqualTo("RUNNING");
			assertThat(tab.evaluate("document.documentElement.outerHTML")).doesNotContain(MARKER, database.password());
			finish(tab, "in-sync");
		}
	}

	@Test
	void drawsAnEngineThatLags(TestDatabase database) {
		try (TestApplication application = run(database, Shop.class); BrowserTab tab = open(application)) {
			tab.prefer("prefers-color-scheme", "dark");
			database.execute("INSERT INTO orders VALUES (1, 'lamp')", "INSERT INTO orders VALUES (1000, 'slow')");
			for (int i = 0; i < 8; i++) {
				database.execute(
						"INSERT INTO bulk SELECT string_agg(md5(n::text || m), '') FROM generate_series(1, 1000) m, "
								+ "generate_series(1, 150) n GROUP BY m");
				await().until(() -> tab.text("#words") != null);
			}
			await().untilAsserted(() -> {
				assertThat(tab.text("#headline")).startsWith("Listener ").endsWith(".orders is slow at public.orders");
				assertThat(tab.text("#words")).contains("has been running for", "; the limit is 1 min.",
						" MB of WAL are waiting for it");
				String bytes = tab.evaluate("document.querySelector('.region.behind')?.dataset.bytes");
				assertThat(bytes).isNotNull();
				assertThat(Double.parseDouble(bytes)).isGreaterThan(16_000_000);
			});
			finish(tab, "lagging");
			application.bean(Shop.class).slow.countDown();
			await().untilAsserted(() -> assertThat(tab.text("#headline")).isEqualTo("In sync"));
		}
	}

	@Test
	void drawsASlotThatIsAhead(TestDatabase database) {
		try (TestApplication application = run(database, Shop.class,
				"cdc.safety.accept=connector-flush-without-heartbeat", "cdc.heartbeat.interval=0");
				BrowserTab tab = open(application)) {
			database.execute("INSERT INTO orders VALUES (1, 'lamp')", "INSERT INTO orders VALUES (2, 'lamp')");
			await().until(() -> tab.text("[data-label='offset']") != null);
			await().until(() -> advancedByAnotherConsumer(database));
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			await().untilAsserted(() -> assertThat(tab.text("#headline")).startsWith("Refused: slot ahead by "));
			assertThat(tab.text("[data-refusal=slot-ahead-unexplained]")).contains("accept-gap=");
			assertThat(tab
				.evaluate("[...document.querySelectorAll('.copyable code')].map((code) => code.textContent).join(' ')"))
				.startsWith(
						"SELECT pg_drop_replication_slot('" + database.name() + "'); DELETE FROM \"cdc_offset\" WHERE ")
				.contains("slot_name = '" + database.name() + "'; cdc.safety.recover=");
			assertThat(tab.text("#on-restart")).isEqualTo("Is refused again, for the same reason.");
			// A line on which the region is narrow names its size only, and is magnified
			assertThat(tab.evaluate("[...document.querySelectorAll('.region.slot-ahead text')].at(-1).textContent"))
				.endsWith(" slot ahead");
			assertThat(tab.text("#risks")).contains("connector-flush-without-heartbeat");
			finish(tab, "slot-ahead");
		}
	}

	@Test
	void drawsAnEngineThatFailed(TestDatabase database) {
		try (TestApplication application = run(database, Shop.class, "cdc.listener.retry.max-attempts=1",
				"cdc.listener.restart.max-attempts=0"); BrowserTab tab = open(application)) {
			database.execute("INSERT INTO orders SELECT n, 'lamp' FROM generate_series(1, 12) n");
			await().untilAsserted(() -> assertThat(tab.text("[data-table='public.orders']")).contains("12"));
			database.execute("INSERT INTO orders VALUES (2000, '" + MARKER + "')");
			await().untilAsserted(() -> assertThat(tab.text("#headline")).startsWith("Listener ")
				.endsWith(".orders failed at public.orders"));
			assertThat(tab.text("#failure")).contains("Shop", "public.orders");
			await().untilAsserted(() -> assertThat(tab.text("#words")).contains(" of WAL are waiting for it"));
			assertThat(tab.text("#on-restart")).contains("The same event comes first, public.orders at LSN ");
			assertThat(tab.evaluate("document.documentElement.outerHTML")).doesNotContain(MARKER);
			finish(tab, "failed");
		}
	}

	@Test
	void standbySaysWhoseTheSlotIs(TestDatabase database) {
		try (TestApplication leader = run(database, Shop.class);
				TestApplication standby = TestApplication.start(database, Shop.class, WEB);
				BrowserTab tab = open(standby)) {
			await().untilAsserted(() -> assertThat(tab.text("#headline")).isEqualTo("On standby"));
			await()
				.untilAsserted(() -> assertThat(tab.text("#words")).startsWith("Application 'Debezium Streaming' at ")
					.contains("(server process ", "This one takes over when that one stops."));
			finish(tab, "standby");
			assertThat(leader.engine().status().state()).isEqualTo(EngineState.RUNNING);
		}
	}

	@Test
	void operatesAnEngine(TestDatabase database) {
		try (TestApplication application = run(database, Shop.class,
				StringUtils.addStringToArray(OPERABLE, "cdc.backfill.max-rows-per-second=1"));
				BrowserTab tab = open(application)) {
			database.execute("INSERT INTO orders SELECT n, 'lamp' FROM generate_series(1, 60) n");
			await().untilAsserted(() -> assertThat(tab.text("[data-table='public.orders']")).contains("60"));
			operate(tab, "pause", "Paused. The server retains WAL");
			await().untilAsserted(() -> assertThat(tab.text("#headline")).isEqualTo("Paused"));
			assertThat(application.engine().status().state()).isEqualTo(EngineState.PAUSED);
			operate(tab, "resume", "Resumed, and now ");
			await().untilAsserted(() -> assertThat(tab.text("[data-operation=restart]")).isEqualTo("Restart"));
			operate(tab, "restart", "Restarted, and now ");
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			tab.click("[data-operation=backfill]");
			tab.evaluate("document.querySelector('[name=tables]').value = 'orders'");
			tab.click("#dialog-confirm");
			await()
				.untilAsserted(() -> assertThat(tab.text("#outcome")).startsWith("The engine delivers the existing "));
			await().untilAsserted(() -> assertThat(tab.text("[data-backfill='public.orders']")).contains("reading",
					"Pause", "Cancel"));
			tab.click("[data-operation=cancel-backfill]");
			tab.click("#dialog-confirm");
			await().until(() -> "true".equals(tab.evaluate("document.getElementById('backfills-card').hidden")));
			assertThat(tab.complaints()).isEmpty();
		}
	}

	@Test
	void replaysAndDiscardsParkedEvents(TestDatabase database) {
		try (TestApplication application = run(database, Shop.class, OPERABLE); BrowserTab tab = open(application)) {
			database.execute("INSERT INTO orders VALUES (2000, '" + MARKER + "')",
					"DELETE FROM orders WHERE id = 2000");
			await().untilAsserted(() -> assertThat(tab.text("#parked")).contains("create of public.orders",
					"java.lang.IllegalStateException", "waits for an earlier event"));
			tab.click("[data-parked] [data-operation=replay]");
			tab.click("#dialog-confirm");
			await().untilAsserted(() -> assertThat(tab.text("#dialog-problem"))
				.startsWith("0 events delivered. The next one failed and stays parked: "));
			tab.click("#dialog-cancel");
			tab.click("[data-parked] [data-operation=discard]");
			tab.evaluate("document.querySelector('[name=extent]').value = 'keyHash'");
			assertThat(tab.evaluate("document.documentElement.outerHTML")).doesNotContain(MARKER);
			tab.click("#dialog-confirm");
			await().untilAsserted(() -> assertThat(tab.text("#outcome")).isEqualTo("2 events discarded."));
			await().until(() -> "true".equals(tab.evaluate("document.getElementById('parked-card').hidden")));
			assertThat(application.engine().parkedEvents().count()).isZero();
		}
	}

	private static void operate(BrowserTab tab, String operation, String outcome) {
		tab.click("[data-operation=" + operation + "]");
		tab.click("#dialog-confirm");
		await().untilAsserted(() -> assertThat(tab.text("#outcome")).startsWith(outcome));
	}

	private static boolean advancedByAnotherConsumer(TestDatabase database) {
		try {
			database.execute(
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
							+ database.name() + "'",
					"INSERT INTO orders SELECT max(id) + 1, 'gone' FROM orders",
					"INSERT INTO customers SELECT coalesce(max(id), 0) + 1, 'gone' FROM customers",
					"SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())",
					"INSERT INTO bulk SELECT md5(n::text) FROM generate_series(1, 50) n");
			return true;
		}
		catch (IllegalStateException ex) {
			// its walsender has not ended yet, or the engine was faster
			return false;
		}
	}

	private static TestApplication run(TestDatabase database, Class<?> configuration, String... properties) {
		TestApplication application = TestApplication.start(database, configuration,
				StringUtils.concatenateStringArrays(WEB, properties));
		await().until(() -> application.engine().status().state() == EngineState.RUNNING);
		return application;
	}

	private static BrowserTab open(TestApplication application) {
		BrowserTab tab = browser.open(1200, 900);
		tab.go(origin(application) + "/shop/operations/cdc");
		await().until(() -> "live".equals(tab.evaluate("document.querySelector('#link')?.classList[1]")));
		return tab;
	}

	private static String origin(TestApplication application) {
		return "http://localhost:" + application.bean(Environment.class).getProperty("local.server.port");
	}

	private static Lsn drawn(BrowserTab tab, String position) {
		String lsn = tab.text("[data-label='" + position + "'] .lsn");
		assertThat(lsn).as(position).isNotNull();
		return Lsn.parse(lsn);
	}

	private static void finish(BrowserTab tab, String state) {
		tab.screenshot(Path.of("target/page", state + ".png"));
		assertThat(tab.complaints()).isEmpty();
		assertThat(tab.requests()).isNotEmpty()
			.allMatch((url) -> url.matches("http://localhost:\\d+/shop/operations/cdc(/page/[a-z.]+)?"));
	}

	record Order(int id, String item) {
	}

	static class Shop {

		final CountDownLatch slow = new CountDownLatch(1);

		@CdcListener("orders")
		void orders(Order order) throws InterruptedException {
			if (order.id() == 1000) {
				this.slow.await();
			}
			if (order.id() == 2000) {
				throw new IllegalStateException("It fails here");
			}
		}

		@CdcListener("customers")
		void customers(Customer customer) {
		}

	}

	record Customer(int id, String name) {
	}

}
