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

package io.github.cdcspring.internal.backfill;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.CdcBackfill.State;
import io.github.cdcspring.CdcBackfill.Status;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class InitialSnapshotTests {

	/** Without an estimate, the progress is shown nevertheless. */
	private static final ConnectionSource NO_SERVER = () -> {
		throw new SQLException("no server", "08001");
	};

	private static final TableId ORDERS = new TableId("public", "orders");

	private static final TableId ITEMS = new TableId("public", "items");

	private final List<BackfillStep> steps = new ArrayList<>();

	private final InitialSnapshot snapshot = new InitialSnapshot(this.steps::add);

	@Test
	void showsTablesUntilTheirRowsAreReadAndHandled() {
		this.snapshot.begin("default", List.of(ORDERS, ITEMS), NO_SERVER);
		deliver(ORDERS, 3);
		assertThat(this.snapshot.status()).extracting(Status::table, Status::state, Status::rows, Status::estimatedRows)
			.containsExactly(tuple(ORDERS, State.SNAPSHOT, 2L, null), tuple(ITEMS, State.SNAPSHOT, 0L, null));
		this.snapshot.read("public.orders", 3);
		assertThat(tables()).containsExactly(ORDERS, ITEMS);
		this.snapshot.handled(ORDERS);
		assertThat(tables()).containsExactly(ITEMS);
	}

	@Test
	void endsATableWhoseRowsWereHandledBeforeDebeziumHasReadItToTheEnd() {
		this.snapshot.begin("default", List.of(ORDERS, ITEMS), NO_SERVER);
		deliver(ORDERS, 3);
		this.snapshot.handled(ORDERS);
		assertThat(tables()).containsExactly(ORDERS, ITEMS);
		this.snapshot.read("public.orders", 3);
		assertThat(tables()).containsExactly(ITEMS);
	}

	@Test
	void endsAnEmptyTableWhenDebeziumHasReadIt() {
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		this.snapshot.read("public.orders", 0);
		assertThat(tables()).isEmpty();
	}

	@Test
	void endsAllTablesWithTheStreamIfTheirRowsAreHandled() {
		this.snapshot.begin("default", List.of(ORDERS, ITEMS), NO_SERVER);
		deliver(ORDERS, 2);
		this.snapshot.received();
		assertThat(tables()).containsExactly(ORDERS);
		this.snapshot.handled(ORDERS);
		assertThat(tables()).isEmpty();
	}

	@Test
	void forgetsWhatAnEndedRunHasRead() {
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		deliver(ORDERS, 2);
		this.snapshot.end();
		this.snapshot.handled(ORDERS);
		assertThat(tables()).isEmpty();
	}

	@Test
	void showsNothingOfARunThatEndedWhileItsRowsWereEstimated() {
		this.snapshot.begin("default", List.of(ORDERS), () -> {
			this.snapshot.end();
			this.snapshot.open();
			throw new SQLException("no server", "08001");
		});
		assertThat(tables()).isEmpty();
		this.snapshot.end();
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		assertThat(tables()).isEmpty();
		this.snapshot.open();
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		assertThat(tables()).containsExactly(ORDERS);
	}

	@Test
	void showsTheTablesWhateverFailsInTheirEstimate() {
		this.snapshot.begin("default", List.of(ORDERS), () -> {
			throw new IllegalStateException("closed");
		});
		assertThat(tables()).containsExactly(ORDERS);
	}

	@Test
	void tellsWhenTheRowsOfATableArriveAndWhenAllWereHandled() {
		this.snapshot.begin("default", List.of(ORDERS, ITEMS), NO_SERVER);
		List<Instant> requestedAt = this.snapshot.status().stream().map(Status::requestedAt).distinct().toList();
		assertThat(requestedAt).hasSize(1);
		assertThat(this.steps).isEmpty();
		deliver(ORDERS, 3);
		BackfillStep begun = step(ORDERS, requestedAt.get(0), 0, false);
		assertThat(this.steps).containsExactly(begun);
		this.snapshot.read("public.orders", 3);
		assertThat(this.steps).containsExactly(begun);
		this.snapshot.handled(ORDERS);
		BackfillStep completed = step(ORDERS, requestedAt.get(0), 3, true);
		assertThat(this.steps).containsExactly(begun, completed);
		this.snapshot.read("public.items", 0);
		assertThat(this.steps).containsExactly(begun, completed, step(ITEMS, requestedAt.get(0), 0, false),
				step(ITEMS, requestedAt.get(0), 0, true));
	}

	@Test
	void doesNotTellThatATableIsCompletedThatDebeziumHasLeftOut() {
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		this.snapshot.received();
		assertThat(tables()).isEmpty();
		assertThat(this.steps).isEmpty();
	}

	@Test
	void tellsThatATableIsCompletedIfRowsWereLeftOutOnTheWay() {
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		deliver(ORDERS, 2);
		this.snapshot.read("public.orders", 3);
		this.snapshot.received();
		this.snapshot.handled(ORDERS);
		assertThat(this.steps).extracting(BackfillStep::completed, BackfillStep::rows)
			.containsExactly(tuple(false, 0L), tuple(true, 2L));
	}

	@Test
	void doesNotTellThatATableIsCompletedWhoseRunHasEnded() {
		this.snapshot.begin("default", List.of(ORDERS), NO_SERVER);
		deliver(ORDERS, 2);
		this.snapshot.end();
		this.snapshot.handled(ORDERS);
		assertThat(this.steps).extracting(BackfillStep::completed).containsExactly(false);
	}

	private static BackfillStep step(TableId table, Instant requestedAt, long rows, boolean completed) {
		return new BackfillStep(table, null, requestedAt, rows, completed, List.of());
	}

	/** Deliver rows, the last of which is not handled yet. */
	private void deliver(TableId table, int rows) {
		for (int row = 1; row <= rows; row++) {
			this.snapshot.received(table);
			if (row < rows) {
				this.snapshot.handled(table);
			}
		}
	}

	private List<TableId> tables() {
		return this.snapshot.status().stream().map(Status::table).toList();
	}

}
