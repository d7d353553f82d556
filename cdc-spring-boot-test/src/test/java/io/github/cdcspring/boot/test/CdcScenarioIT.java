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

package io.github.cdcspring.boot.test;

import java.time.Duration;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.boot.test.Orders.Deliveries;
import io.github.cdcspring.boot.test.Orders.Totals;
import io.github.cdcspring.boot.test.Orders.Unrelated;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@CdcTest
class CdcScenarioIT {

	private static long id;

	@Autowired
	private CdcScenario scenario;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Totals totals;

	@Autowired
	private Deliveries deliveries;

	@Autowired
	private CdcEngineRegistry engines;

	@Test
	void sliceHasListenersOnly(@Autowired ObjectProvider<Unrelated> unrelated) {
		assertThat(unrelated.getIfAvailable()).isNull();
	}

	@Test
	void waitsUntilListenersHaveProcessedTheChanges() {
		this.scenario.stimulate(() -> insert("ada", "12.50"))
			.andWaitForChanges()
			.andVerify((nothing) -> assertThat(this.totals.of("ada")).isEqualByComparingTo("12.50"));
		this.scenario.stimulateAndGet(() -> insert("ada", "30"))
			.andWaitForChanges()
			.andVerify((rows) -> assertThat(rows).isEqualTo(1))
			.andVerify((rows) -> assertThat(this.totals.of("ada")).isEqualByComparingTo("42.50"));
	}

	/** What is committed before would be read by a snapshot. */
	@Test
	void stimulusRunsWhenTheEngineReceives() {
		this.scenario.awaitCaughtUp();
		CdcEngine engine = engine();
		engine.pause();
		engine.resume();
		this.scenario
			.stimulateAndGet(() -> this.jdbc.sql("SELECT active FROM pg_replication_slots WHERE slot_name = ?")
				.param(engine.settings().slot().name())
				.query(Boolean.class)
				.single())
			.andWaitForChanges()
			.andVerify((active) -> assertThat(active).isTrue());
	}

	@Test
	void doesNotWaitWhereNothingIsCaptured() {
		this.jdbc.sql("CREATE TABLE IF NOT EXISTS other (id bigint)").update();
		this.scenario.stimulate(() -> this.jdbc.sql("INSERT INTO other VALUES (1)").update()).andWaitForChanges();
	}

	@Test
	void waitsForTheRowsOfABackfill(@Autowired CdcBackfill backfill) {
		this.scenario.stimulate(() -> insert("backfilled", "1")).andWaitForChanges();
		int before = this.deliveries.count.get();
		int rows = this.jdbc.sql("SELECT count(*) FROM orders").query(Integer.class).single();
		this.scenario.stimulate(() -> backfill.start("orders"))
			.andWaitForChanges()
			.andVerify((nothing) -> assertThat(this.deliveries.count).hasValue(before + rows));
	}

	@Test
	void failureSaysWhatTheEngineDoesInstead() {
		this.totals.refused = "mallory";
		try {
			this.scenario.awaitCaughtUp();
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> this.scenario.withTimeout(Duration.ofSeconds(3))
					.stimulate(() -> insert("mallory", "1"))
					.andWaitForChanges())
				.withMessageStartingWith("Engine 'default' did not ")
				.withMessageContaining("saved")
				.withMessageContaining("IllegalArgumentException")
				.satisfies((failure) -> assertThat(failure.getSuppressed())
					.anyMatch(IllegalArgumentException.class::isInstance));
		}
		finally {
			this.totals.refused = null;
		}
		this.scenario.awaitCaughtUp();
	}

	@Test
	void engineThatDoesNotRunIsNotWaitedFor() {
		this.scenario.awaitCaughtUp();
		CdcEngine engine = engine();
		engine.pause();
		try {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(this.scenario::awaitCaughtUp)
				.withMessageStartingWith("Engine 'default' did not receive from slot")
				.withMessageContaining("It is PAUSED");
		}
		finally {
			engine.resume();
		}
		this.scenario.awaitCaughtUp();
	}

	@ParameterizedTest
	@CsvSource({ "AFTER_HANDLED, 2", "BEFORE_STORED, 2", "AFTER_STORED, 1", "BEFORE_FLUSH, 1" })
	void eventIsDeliveredAgainOnlyUnlessItsOffsetWasStored(KillPoint point, int deliveries) {
		this.scenario.awaitCaughtUp();
		int before = this.deliveries.count.get();
		this.scenario.killAt(point)
			.stimulate(() -> insert("killed", "1"))
			.andWaitForChanges()
			.andVerify((nothing) -> assertThat(this.deliveries.count).hasValue(before + deliveries));
	}

	@Test
	void killNeedsAnEvent() {
		this.scenario.awaitCaughtUp();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(
				() -> this.scenario.withTimeout(Duration.ofSeconds(2)).killAt(KillPoint.AFTER_HANDLED).stimulate(() -> {
				}).andWaitForChanges())
			.withMessageContaining("did not reach AFTER_HANDLED");
	}

	@Test
	@Transactional
	void testInATransactionIsRefused() {
		assertThatIllegalStateException().isThrownBy(this.scenario::awaitCaughtUp)
			.withMessageContaining("Remove @Transactional");
	}

	@Test
	void idempotentListenersLeaveTheSameState() {
		this.scenario.assertIdempotent(() -> insert("grace", "7"), () -> this.totals.of("grace"));
	}

	@Test
	void listenerThatCountsIsNotIdempotent() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.scenario.assertIdempotent(() -> insert("grace", "8"), this.deliveries.count::get))
			.withMessageContaining("are not idempotent");
	}

	private int insert(String customer, String amount) {
		return this.jdbc.sql("INSERT INTO orders VALUES (?, ?, ?::numeric)").params(++id, customer, amount).update();
	}

	private CdcEngine engine() {
		CdcEngine engine = this.engines.engine("default");
		assertThat(engine).isNotNull();
		return engine;
	}

}
