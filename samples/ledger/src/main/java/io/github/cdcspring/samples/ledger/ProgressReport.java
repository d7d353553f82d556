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

import javax.sql.DataSource;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.engine.CdcBackfillCompleted;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Writes into the mirror how far existing rows are read, for whatever shows it to people.
 */
@Component
@ConditionalOnBooleanProperty("ledger.progress")
@EnableScheduling
class ProgressReport {

	private static final String SAVE = """
			INSERT INTO ledger_progress VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (table_name) DO UPDATE SET read = excluded.read, estimated = excluded.estimated,
				rows_per_second = excluded.rows_per_second, seconds_left = excluded.seconds_left, done = excluded.done""";

	private final CdcBackfill backfill;

	private final JdbcTemplate mirror;

	ProgressReport(CdcBackfill backfill, @Qualifier("mirror") DataSource mirror) {
		this.backfill = backfill;
		this.mirror = new JdbcTemplate(mirror);
	}

	@Scheduled(fixedDelay = 500)
	synchronized void report() {
		for (Status status : this.backfill.list()) {
			String table = status.table().name();
			this.mirror.update(SAVE, table, status.rows(), status.estimatedRows(), status.rowsPerSecond(),
					(status.timeLeft() != null) ? status.timeLeft().toSeconds() : null, false);
		}
	}

	@EventListener
	synchronized void completed(CdcBackfillCompleted event) {
		this.mirror.update(SAVE, event.table().name(), event.rows(), event.rows(), null, null, true);
	}

}
