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

package io.github.cdcspring.internal.listener;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ExactKey;
import io.github.cdcspring.internal.row.RowMapper;
import org.jspecify.annotations.Nullable;

/**
 * A change whose rows are maps. It maps them to {@link Order} or returns the map, and
 * records each mapper that was asked.
 */
record TestChange(Operation operation, @Nullable TableId table, @Nullable LogicalMessage message, Lsn lsn,
		@Nullable Long transactionId, @Nullable Instant commitTime, boolean snapshot, @Nullable RowKey key,
		@Nullable Map<String, ?> rowBefore, @Nullable Map<String, ?> rowAfter,
		List<RowMapper<?>> mapped) implements Change {

	static final TableId ORDERS = new TableId("public", "orders");

	static final Instant COMMITTED = Instant.parse("2026-01-02T03:04:05Z");

	static TestChange create(long id) {
		return of(Operation.CREATE, ORDERS, null, row(id, "ada"));
	}

	static TestChange update(long id, String before, String after) {
		return of(Operation.UPDATE, ORDERS, row(id, before), row(id, after));
	}

	static TestChange delete(long id) {
		return of(Operation.DELETE, ORDERS, row(id, "ada"), null);
	}

	static TestChange read(long id) {
		return new TestChange(Operation.READ, ORDERS, null, new Lsn(100 + id), null, COMMITTED, true, null, null,
				row(id, "ada"), new CopyOnWriteArrayList<>());
	}

	static TestChange truncate() {
		return new TestChange(Operation.TRUNCATE, ORDERS, null, new Lsn(100), 7L, COMMITTED, false, null, null, null,
				new CopyOnWriteArrayList<>());
	}

	static TestChange message(String prefix, String text) {
		return new TestChange(Operation.MESSAGE, null, new LogicalMessage(prefix, text.getBytes()), new Lsn(100), 7L,
				COMMITTED, false, null, null, null, new CopyOnWriteArrayList<>());
	}

	static TestChange of(Operation operation, TableId table, @Nullable Map<String, ?> before,
			@Nullable Map<String, ?> after) {
		Object id = Objects.requireNonNull((after != null) ? after : before).get("id");
		return new TestChange(operation, table, null, new Lsn(100 + (Long) id), 7L, COMMITTED, false,
				new RowKey(Map.of("id", id)), before, after, new CopyOnWriteArrayList<>());
	}

	/** The change, of which one method fails. */
	Change failingIn(String method, Runnable onCall) {
		return (Change) Proxy.newProxyInstance(Change.class.getClassLoader(), new Class<?>[] { Change.class },
				(proxy, called, arguments) -> {
					if (called.getName().equals(method)) {
						onCall.run();
						throw new CdcException("unreadable");
					}
					return called.invoke(this, arguments);
				});
	}

	static Map<String, Object> row(long id, String customer) {
		return Map.of("id", id, "customer", customer);
	}

	@Override
	public EventPosition position() {
		return new EventPosition(new Lsn(50), (this.transactionId != null) ? this.transactionId : 0, this.lsn, 0);
	}

	@Override
	public Object orderingKey() {
		if (this.message != null) {
			return this.message.prefix();
		}
		return List.of(Objects.requireNonNull(this.table), (this.key != null) ? this.key : "");
	}

	@Override
	public List<ExactKey> exactKeys() {
		return (this.key != null) ? List.of(new ExactKey(List.of("id"), List.of(this.key))) : List.of();
	}

	@Override
	public boolean changed(Collection<String> columns) {
		Map<String, ?> before = this.rowBefore;
		Map<String, ?> after = this.rowAfter;
		return before == null || after == null
				|| columns.stream().anyMatch((column) -> !Objects.equals(before.get(column), after.get(column)));
	}

	@Override
	public <T> @Nullable T before(RowMapper<T> mapper) {
		return map(mapper, this.rowBefore);
	}

	@Override
	public <T> @Nullable T after(RowMapper<T> mapper) {
		return map(mapper, this.rowAfter);
	}

	@SuppressWarnings("unchecked")
	private <T> @Nullable T map(RowMapper<T> mapper, @Nullable Map<String, ?> row) {
		this.mapped.add(mapper);
		return (row != null) ? (T) ((mapper.type() == Map.class) ? row : Order.of(row)) : null;
	}

	@Override
	public String toJson() {
		return "{}";
	}

}
