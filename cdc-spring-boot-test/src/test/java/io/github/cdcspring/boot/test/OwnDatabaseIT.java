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

import io.github.cdcspring.boot.test.Orders.Totals;
import io.github.cdcspring.engine.CdcEngineRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A context that has a database, as one with a {@code @ServiceConnection} has.
 */
class OwnDatabaseIT {

	@Test
	void slotAndPublicationAreDroppedAndTheDatabaseIsKept() throws SQLException {
		ContextDatabase database = new ContextDatabase(EmbeddedServer.shared(), "own_database");
		try {
			try (ConfigurableApplicationContext context = run(database)) {
				JdbcClient jdbc = context.getBean(JdbcClient.class);
				context.getBean(CdcScenario.class)
					.stimulate(() -> jdbc.sql("INSERT INTO orders VALUES (1, 'ada', 1)").update())
					.andWaitForChanges()
					.andVerify(
							(nothing) -> assertThat(context.getBean(Totals.class).of("ada")).isEqualByComparingTo("1"));
				assertThat(count(jdbc, "pg_replication_slots WHERE database = current_database()")).isOne();
				assertThat(count(jdbc, "pg_publication")).isOne();
				assertThat(context.getBeansOfType(ContextDatabase.class)).containsOnlyKeys("ownDatabase");
			}
			try (ConfigurableApplicationContext context = run(database, "--cdc.enabled=false",
					"--spring.sql.init.mode=never")) {
				JdbcClient jdbc = context.getBean(JdbcClient.class);
				assertThat(context.getBeansOfType(CdcEngineRegistry.class)).isEmpty();
				assertThat(count(jdbc, "orders")).isOne();
				assertThat(count(jdbc, "pg_replication_slots WHERE database = current_database()")).isZero();
				assertThat(count(jdbc, "pg_publication")).isZero();
			}
		}
		finally {
			database.destroy();
		}
	}

	private static long count(JdbcClient jdbc, String from) {
		return jdbc.sql("SELECT count(*) FROM " + from).query(Long.class).single();
	}

	private static ConfigurableApplicationContext run(ContextDatabase database, String... arguments) {
		return new SpringApplicationBuilder(OrdersApplication.class, Kit.class)
			.initializers((context) -> context.getBeanFactory().registerSingleton("ownDatabase", database))
			.run(arguments);
	}

	@TestConfiguration(proxyBeanMethods = false)
	@AutoConfigureCdcTest
	static class Kit {

	}

}
