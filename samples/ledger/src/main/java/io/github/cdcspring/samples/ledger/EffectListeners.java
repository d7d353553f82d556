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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.RowKey;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Does what must be done once: a row for each change, and nothing that would take a
 * second one for the first. It is in the transaction that the starter begins
 * ({@code cdc.listener.transactional=true}), for it writes to the DataSource that has the
 * position. A row that a snapshot read is no change, and may be read again.
 */
@Component
@ConditionalOnBooleanProperty("ledger.once")
class EffectListeners {

	private final JdbcTemplate jdbc;

	EffectListeners(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@CdcListener({ "pgbench_accounts", "pgbench_tellers" })
	void list(List<ChangeEvent<Map<String, Object>>> changes) {
		this.jdbc.batchUpdate("INSERT INTO ledger_effect VALUES (?, ?, ?, ?, ?)",
				changes.stream().filter((change) -> !change.snapshot()).map(EffectListeners::row).toList());
	}

	@CdcListener({ "pgbench_branches", "ledger_extra" })
	void single(ChangeEvent<Map<String, Object>> change) {
		if (!change.snapshot()) {
			this.jdbc.update("INSERT INTO ledger_effect VALUES (?, ?, ?, ?, ?)", row(change));
		}
	}

	private static Object[] row(ChangeEvent<?> change) {
		RowKey key = change.key();
		if (change.table() == null || key == null || key.single() == null || change.transactionId() == null) {
			throw new IllegalStateException(change + " has no key");
		}
		return new Object[] { change.table().name(), key.single(), change.transactionId(), change.lsn().value(),
				change.operation().name() };
	}

}
