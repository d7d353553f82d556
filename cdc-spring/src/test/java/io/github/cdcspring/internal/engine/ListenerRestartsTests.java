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

package io.github.cdcspring.internal.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.startup.check.TestEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerRestartsTests {

	private static final TableId ITEMS = new TableId("public", "items");

	private static final TableId NOTES = new TableId("public", "notes");

	private final Map<TableId, Long> advances = new HashMap<>(Map.of(ITEMS, 7L, NOTES, 7L));

	private final ListenerRestarts restarts = new ListenerRestarts(new TestEngine().settings(), this.advances::get);

	@Test
	void offsetTellsThatAnEventIsProcessed() {
		this.restarts.failed(failureAt(new Lsn(100)));
		this.advances.put(ITEMS, 8L);
		assertThat(this.restarts.stored(new Lsn(100))).isFalse();
		assertThat(this.restarts.unprocessed()).isNotNull();
		assertThat(this.restarts.stored(new Lsn(101))).isTrue();
		assertThat(this.restarts.unprocessed()).isNull();
	}

	@Test
	void rowOfABackfillIsNotProcessedUnlessTheBackfillOfItsTableAdvances() {
		this.restarts.failed(failureAt(Lsn.ZERO, ITEMS));
		assertThat(this.restarts.stored(new Lsn(100))).isFalse();
		this.advances.put(NOTES, 8L);
		assertThat(this.restarts.stored(new Lsn(100))).isFalse();
		this.advances.put(ITEMS, 8L);
		assertThat(this.restarts.stored(new Lsn(100))).isTrue();
	}

	private static EngineFailure failureAt(Lsn processedPast, TableId... backfilled) {
		return new EngineFailure("it failed", EngineFailure.Kind.LISTENER, null, processedPast, Set.of(backfilled),
				null);
	}

}
