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

package io.github.cdcspring.samples.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Map;

import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/** Events as the starter would deliver them. */
final class Events {

	private Events() {
	}

	static ChangeEvent<Account> account(Operation operation, long lsn, int aid, int balance) {
		Account row = new Account(aid, 1, balance, "filler");
		return event(operation, "pgbench_accounts", key("aid", aid), row, lsn, 700);
	}

	static ChangeEvent<ExtraEntry> extra(Operation operation, long lsn, int id, String note) {
		ExtraEntry row = (operation != Operation.DELETE)
				? new ExtraEntry(id, ColumnValue.of(note), ColumnValue.of(new BigDecimal("1.50")),
						ColumnValue.of(OffsetDateTime.parse("2026-01-01T00:00Z")))
				: new ExtraEntry(id, ColumnValue.unavailable(), ColumnValue.unavailable(), ColumnValue.unavailable());
		return event(operation, "ledger_extra", key("id", id), row, lsn, 700);
	}

	static ChangeEvent<HistoryEntry> history(Operation operation, long lsn, long transaction, int delta) {
		return history(operation, lsn, transaction, 0, delta);
	}

	static ChangeEvent<HistoryEntry> history(Operation operation, long lsn, long transaction, long ordinal, int delta) {
		HistoryEntry row = new HistoryEntry(1, 1, 1, delta, LocalDateTime.parse("2026-01-01T00:00"), null);
		return event(operation, "pgbench_history", null, row, lsn, transaction, ordinal);
	}

	private static RowKey key(String column, int value) {
		return new RowKey(Map.of(column, value));
	}

	private static <T> ChangeEvent<T> event(Operation operation, String table, @Nullable RowKey key, T row, long lsn,
			long transaction) {
		return event(operation, table, key, row, lsn, transaction, 0);
	}

	private static <T> ChangeEvent<T> event(Operation operation, String table, @Nullable RowKey key, T row, long lsn,
			long transaction, long ordinal) {
		boolean delete = operation == Operation.DELETE;
		return new ChangeEvent<>(operation, new TableId("public", table), key, delete ? row : null, delete ? null : row,
				null, new Lsn(lsn), (operation != Operation.READ)
						? new EventPosition(new Lsn(0), transaction, new Lsn(lsn), ordinal) : null,
				Instant.EPOCH);
	}

}
