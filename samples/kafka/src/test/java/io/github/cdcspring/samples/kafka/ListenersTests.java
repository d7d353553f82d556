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

package io.github.cdcspring.samples.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.cdcspring.boot.test.AutoConfigureCdcTest;
import io.github.cdcspring.boot.test.CdcScenario;
import io.github.cdcspring.boot.test.CdcTestEngine;
import io.github.cdcspring.boot.test.CdcTestEvent;
import io.github.cdcspring.boot.test.KillPoint;
import io.github.cdcspring.samples.ledger.LedgerApplication;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The listeners of an instance with the test kit, without a broker: with events in the
 * orders in which Kafka may bring them, and on a real server.
 */
@SpringBootTest(classes = LedgerApplication.class,
		properties = { "ledger.instance=instance-1", "spring.main.web-application-type=none" })
@ActiveProfiles("kafka")
class ListenersTests {

	private static final AtomicInteger mirrors = new AtomicInteger();

	/** Stops when the JVM exits. */
	private static final EmbeddedPostgresServer server = start();

	private JdbcClient mirror;

	private static EmbeddedPostgresServer start() {
		try {
			return EmbeddedPostgresServer.builder().start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@DynamicPropertySource
	static void mirror(DynamicPropertyRegistry properties) {
		TestDatabase mirror = server.createDatabase("mirror" + mirrors.incrementAndGet());
		properties.add("ledger.mirror.jdbc-url", mirror::jdbcUrl);
		properties.add("ledger.mirror.username", mirror::user);
		properties.add("ledger.mirror.password", mirror::password);
	}

	@Autowired
	void useMirror(@Qualifier("mirror") DataSource mirror) {
		this.mirror = JdbcClient.create(mirror);
	}

	@BeforeEach
	void empty() {
		this.mirror.sql("TRUNCATE pgbench_accounts, pgbench_history, ledger_delivery, ledger_tally").update();
	}

	private List<Map<String, Object>> accounts() {
		return this.mirror.sql("SELECT aid, abalance FROM pgbench_accounts WHERE NOT ledger_deleted ORDER BY aid")
			.query()
			.listOfRows();
	}

	private int tally(String column) {
		return this.mirror.sql("SELECT sum(" + column + ") FROM ledger_tally").query(Integer.class).single();
	}

	/** The engine has the settings of the profile, such as {@code cdc.source=kafka}. */
	@Nested
	@AutoConfigureCdcTest(startEngines = false)
	class WithEvents {

		@Autowired
		private CdcTestEngine engine;

		@Test
		void changesThatAKilledWorkerSendsAgainAreDuplicates() {
			CdcTestEvent created = created(1, 5);
			CdcTestEvent first = updated(1, 5, 6);
			CdcTestEvent second = updated(1, 6, 7);
			this.engine.deliver(created, first, second);
			this.engine.deliver(first, second, updated(1, 7, 8));
			assertThat(accounts()).containsExactly(Map.of("aid", 1, "abalance", 8));
			assertThat(tally("duplicates")).isEqualTo(2);
			assertThat(tally("backwards")).isZero();
		}

		@Test
		void changesOfAKeyThatArriveInTheWrongOrderAreSeen() {
			CdcTestEvent created = created(1, 5);
			CdcTestEvent updated = updated(1, 5, 6);
			this.engine.deliver(updated, created);
			assertThat(tally("backwards")).isEqualTo(1);
			assertThat(tally("duplicates")).isZero();
		}

		@Test
		void mirrorDoesNotDependOnTheOrderOfKeys() {
			this.engine.assertOrderIndependent(
					List.of(created(1, 5), created(2, 7), updated(1, 5, 6), deleted(2, 7), created(3, 9)),
					ListenersTests.this::empty, () -> List.of(accounts(), tally("backwards")));
			assertThat(accounts()).containsExactly(Map.of("aid", 1, "abalance", 6), Map.of("aid", 3, "abalance", 9));
			assertThat(tally("backwards")).isZero();
		}

		private static CdcTestEvent created(int id, int balance) {
			return CdcTestEvent.create("pgbench_accounts", account(id, balance)).withKey("aid");
		}

		private static CdcTestEvent updated(int id, int before, int after) {
			return CdcTestEvent.update("pgbench_accounts", account(id, before), account(id, after)).withKey("aid");
		}

		private static CdcTestEvent deleted(int id, int balance) {
			return CdcTestEvent.delete("pgbench_accounts", account(id, balance)).withKey("aid");
		}

		private static Map<String, Object> account(int id, int balance) {
			return Map.of("aid", id, "bid", 1, "abalance", balance, "filler", "");
		}

	}

	/** The embedded engine delivers the same events as Kafka. */
	@Nested
	@SpringBootTest(classes = LedgerApplication.class,
			properties = { "ledger.instance=instance-1", "spring.main.web-application-type=none", "cdc.source=embedded",
					"spring.sql.init.mode=always", "spring.sql.init.schema-locations=classpath:source-schema.sql" })
	@AutoConfigureCdcTest
	class OnTheStream {

		@Autowired
		private CdcScenario scenario;

		@Autowired
		private JdbcClient source;

		@Test
		void mirrorFollowsTheSource() {
			this.scenario.stimulate(() -> {
				this.source.sql("INSERT INTO pgbench_accounts VALUES (1, 1, 5), (2, 1, 7)").update();
				this.source.sql("UPDATE pgbench_accounts SET abalance = 6 WHERE aid = 1").update();
				this.source.sql("DELETE FROM pgbench_accounts WHERE aid = 2").update();
			})
				.andWaitForChanges()
				.andVerify((nothing) -> assertThat(accounts()).containsExactly(Map.of("aid", 1, "abalance", 6)))
				.andVerify((nothing) -> assertThat(tally("backwards")).isZero());
		}

		@ParameterizedTest
		@EnumSource
		void historyHasEachRowOnceWhereverTheInstanceIsKilled(KillPoint point) {
			this.scenario.killAt(point)
				.stimulate(() -> this.source
					.sql("INSERT INTO pgbench_history SELECT 1, 1, 1, n, now() FROM generate_series(1, 3) n")
					.update())
				.andWaitForChanges()
				.andVerify((nothing) -> assertThat(this.mirrored("SELECT delta FROM pgbench_history ORDER BY delta"))
					.containsExactly(1, 2, 3));
		}

		private List<Integer> mirrored(String sql) {
			return ListenersTests.this.mirror.sql(sql).query(Integer.class).list();
		}

	}

}
