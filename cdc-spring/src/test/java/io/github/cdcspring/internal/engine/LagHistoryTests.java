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

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LagHistoryTests {

	private final LagHistory history = new LagHistory();

	@Test
	void isAsOldAsTheFirstReadingOfUnprocessedWal() {
		assertThat(lag(100, 100L, 0)).isEqualTo(Duration.ZERO);
		assertThat(lag(200, 100L, 10)).isEqualTo(Duration.ZERO);
		assertThat(lag(300, 100L, 70)).isEqualTo(Duration.ofSeconds(60));
		assertThat(lag(300, 100L, 80)).isEqualTo(Duration.ofSeconds(70));
	}

	@Test
	void shrinksWithTheOffset() {
		lag(200, 100L, 10);
		lag(300, 100L, 70);
		assertThat(lag(400, 200L, 80)).isEqualTo(Duration.ofSeconds(10));
		assertThat(lag(400, 400L, 90)).isEqualTo(Duration.ZERO);
	}

	@Test
	void isUnknownWithoutAnOffset() {
		assertThat(lag(200, null, 10)).isNull();
	}

	@Test
	void keepsTheOldestOfManyReadings() {
		for (int i = 1; i <= 10_000; i++) {
			lag(100 + i, 100L, i);
		}
		assertThat(lag(20_000, 100L, 10_001)).isEqualTo(Duration.ofSeconds(10_000));
		assertThat(lag(20_000, 5_100L, 10_001).toSeconds()).isBetween(4_980L, 5_001L);
	}

	private @Nullable Duration lag(long server, @Nullable Long offset, long seconds) {
		ServerState state = new ServerState(180006, "18.6", new Lsn(server), false, 1, "7", "logical", 10, 10, null,
				Instant.EPOCH);
		return this.history.after(
				new ReplicationState(state, null, (offset != null)
						? new StoredOffset(new Lsn(offset), "{}", null, null, List.of(), false, Instant.EPOCH) : null),
				Instant.EPOCH.plusSeconds(seconds));
	}

}
