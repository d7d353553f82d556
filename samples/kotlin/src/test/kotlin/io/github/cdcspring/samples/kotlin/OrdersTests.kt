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

package io.github.cdcspring.samples.kotlin

import io.github.cdcspring.Operation
import io.github.cdcspring.boot.test.CdcScenario
import io.github.cdcspring.boot.test.CdcTest
import io.github.cdcspring.testsupport.PostgresTest
import io.github.cdcspring.testsupport.TestDatabase
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Nested
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.builder.SpringApplicationBuilder
import org.springframework.context.annotation.Import
import org.springframework.jdbc.core.simple.JdbcClient
import java.math.BigDecimal

class OrdersTests {

	@Nested
	@CdcTest(properties = ["spring.sql.init.mode=always"])
	@Import(Orders::class)
	inner class OnTheStream(
		@param:Autowired private val scenario: CdcScenario,
		@param:Autowired private val orders: Orders,
		@param:Autowired private val jdbc: JdbcClient,
	) {

		@Test
		fun dataClassesAreCreatedWithTheirDefaults() {
			scenario.stimulate { jdbc.sql("INSERT INTO orders VALUES (2, NULL, 6)").update() }
				.andWaitForChanges()
				.andVerify {
					assertThat(orders.received).containsExactly(
						Operation.READ to Order(1, "ada", BigDecimal("5.00"), "EUR", 3, null),
						Operation.CREATE to Order(2, null, BigDecimal("6.00"), "EUR", 3, null),
					)
				}
		}

	}

	@Nested
	@PostgresTest
	inner class AtTheStart {

		@Test
		fun aColumnThatTheClassWantsIsMissed(database: TestDatabase) {
			database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, customer_name text)")
			assertThatThrownBy { start(database) }
				.rootCause()
				.hasMessageContaining("no column 'amount' exists for Order.total (java.math.BigDecimal)")
		}

		private fun start(database: TestDatabase) =
			SpringApplicationBuilder(OrdersApplication::class.java).properties(
				"spring.datasource.url=" + database.jdbcUrl(),
				"spring.datasource.username=" + database.user(),
				"spring.datasource.password=" + database.password(),
				"cdc.slot.name=" + database.name(),
			).run().close()

	}

}
