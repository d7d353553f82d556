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

package io.github.cdcspring.samples.orders;

import java.net.URI;
import java.util.List;

import jakarta.validation.Valid;

import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Writes orders, and knows nothing of who follows them.
 */
@RestController
@RequestMapping("/orders")
class OrderController {

	private static final RowMapper<Order> ROW = new SimplePropertyRowMapper<>(Order.class);

	private final JdbcClient jdbc;

	OrderController(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@GetMapping
	List<Order> latest() {
		return this.jdbc.sql("SELECT id, customer, item, amount FROM orders ORDER BY id DESC LIMIT 100")
			.query(ROW)
			.list();
	}

	@GetMapping("/{id}")
	ResponseEntity<Order> get(@PathVariable long id) {
		return ResponseEntity.of(this.jdbc.sql("SELECT id, customer, item, amount FROM orders WHERE id = :id")
			.param("id", id)
			.query(ROW)
			.optional());
	}

	@PostMapping
	ResponseEntity<Order> create(@Valid @RequestBody OrderRequest request) {
		Order order = this.jdbc.sql("""
				INSERT INTO orders (customer, item, amount) VALUES (:customer, :item, :amount)
				RETURNING id, customer, item, amount""").paramSource(request).query(ROW).single();
		return ResponseEntity.created(URI.create("/orders/" + order.id())).body(order);
	}

	@PutMapping("/{id}")
	ResponseEntity<Order> update(@PathVariable long id, @Valid @RequestBody OrderRequest request) {
		return ResponseEntity.of(this.jdbc.sql("""
				UPDATE orders SET customer = :customer, item = :item, amount = :amount WHERE id = :id
				RETURNING id, customer, item, amount""")
			.param("id", id)
			.param("customer", request.customer())
			.param("item", request.item())
			.param("amount", request.amount())
			.query(ROW)
			.optional());
	}

	@DeleteMapping("/{id}")
	ResponseEntity<Void> delete(@PathVariable long id) {
		int deleted = this.jdbc.sql("DELETE FROM orders WHERE id = :id").param("id", id).update();
		return ((deleted > 0) ? ResponseEntity.noContent() : ResponseEntity.notFound()).build();
	}

}
