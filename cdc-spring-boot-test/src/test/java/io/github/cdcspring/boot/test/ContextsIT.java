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

import java.sql.SQLException;
import java.util.Set;

import io.github.cdcspring.boot.test.Orders.Totals;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;
import io.github.cdcspring.engine.EngineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contexts that are cached, paused and evicted, as the test framework does it.
 */
class ContextsIT {

	private final TestContext slice = new TestContextManager(Slice.class).getTestContext();

	private final TestContext whole = new TestContextManager(Whole.class).getTestContext();

	@AfterEach
	void close() {
		this.slice.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		this.whole.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
	}

	@Test
	void pausedContextDoesNotCollideAndContinues() {
		ApplicationContext first = this.slice.getApplicationContext();
		first.getBean(CdcScenario.class).awaitCaughtUp();
		CdcEngine engine = engine(first);
		this.slice.markApplicationContextUnused();
		ApplicationContext second = this.whole.getApplicationContext();
		assertThat(engine.status().state()).isEqualTo(EngineState.STOPPED);
		second.getBean(CdcScenario.class)
			.stimulate(() -> insert(second, "ada"))
			.andWaitForChanges()
			.andVerify((nothing) -> assertThat(second.getBean(Totals.class).of("ada")).isEqualByComparingTo("1"));
		assertThat(engine(second).settings().slot()).isNotEqualTo(engine.settings().slot());
		insert(first, "grace");
		this.whole.markApplicationContextUnused();
		assertThat(this.slice.getApplicationContext()).isSameAs(first);
		first.getBean(CdcScenario.class).awaitCaughtUp();
		assertThat(first.getBean(Totals.class).of("grace")).isEqualByComparingTo("1");
		assertThat(first.getBean(Totals.class).of("ada")).isEqualByComparingTo("0");
	}

	@Test
	void closedContextLeavesNothingBehindEvenIfItWasPaused() throws SQLException {
		ApplicationContext context = this.slice.getApplicationContext();
		context.getBean(CdcScenario.class).awaitCaughtUp();
		String slot = engine(context).settings().slot().name();
		this.slice.markApplicationContextUnused();
		ApplicationContext other = this.whole.getApplicationContext();
		assertThat(slots(other)).contains(slot);
		this.slice.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		assertThat(slots(other)).doesNotContain(slot);
		assertThat(names(other, "SELECT datname FROM pg_database")).doesNotContain(slot);
	}

	private static Set<String> slots(ApplicationContext context) {
		return names(context, "SELECT slot_name FROM pg_replication_slots");
	}

	private static Set<String> names(ApplicationContext context, String sql) {
		return context.getBean(JdbcClient.class).sql(sql).query(String.class).set();
	}

	private static int insert(ApplicationContext context, String customer) {
		return context.getBean(JdbcClient.class).sql("INSERT INTO orders VALUES (1, ?, 1)").param(customer).update();
	}

	private static CdcEngine engine(ApplicationContext context) {
		CdcEngine engine = context.getBean(CdcEngineRegistry.class).engine("default");
		assertThat(engine).isNotNull();
		return engine;
	}

	@CdcTest(properties = "spring.datasource.hikari.maximum-pool-size=2")
	static class Slice {

	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE)
	@AutoConfigureCdcTest
	static class Whole {

	}

}
