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

import io.github.cdcspring.CdcListener
import io.github.cdcspring.Column
import io.github.cdcspring.Operation
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.stereotype.Component
import java.math.BigDecimal
import java.util.concurrent.CopyOnWriteArrayList

@SpringBootApplication
class OrdersApplication

/**
 * A row. The table may lack a column of a nullable type or with a default.
 */
data class Order(
	val id: Long,
	val customerName: String?,
	@param:Column("amount") val total: BigDecimal,
	val currency: String = "EUR",
	val priority: Int = 3,
	val note: String? = null,
)

@Component
class Orders {

	val received = CopyOnWriteArrayList<Pair<Operation, Order>>()

	@CdcListener("orders")
	fun on(order: Order, operation: Operation) {
		received += operation to order
	}

}

fun main(arguments: Array<String>) {
	runApplication<OrdersApplication>(*arguments)
}
