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

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PacingTests {

	private static final long SECOND = 1_000_000_000L;

	@Test
	void allReadersTogetherKeepTheRate() {
		Pacing pacing = new Pacing(1_000);
		assertThat(pacing.reserve(500, 0)).isZero();
		assertThat(pacing.reserve(500, 0)).isEqualTo(Duration.ofMillis(500));
		assertThat(pacing.reserve(100, 0)).isEqualTo(Duration.ofMillis(1_000));
		assertThat(pacing.reserve(100, SECOND)).isEqualTo(Duration.ofMillis(100));
		assertThat(pacing.reserve(100, 9 * SECOND)).isZero();
	}

	@Test
	void rowsThatDoNotExistTakeNoTime() {
		Pacing pacing = new Pacing(1_000);
		pacing.reserve(500, 0);
		pacing.unused(400);
		assertThat(pacing.reserve(500, 0)).isEqualTo(Duration.ofMillis(100));
	}

	@Test
	void readsNoMoreAtOnceThanTheRowsOfASecond() {
		assertThat(new Pacing(50).chunkSize(2_000)).isEqualTo(50);
		assertThat(new Pacing(5_000).chunkSize(2_000)).isEqualTo(2_000);
	}

	@Test
	void doesNotWaitWithoutALimit() {
		assertThat(new Pacing(null).reserve(1_000_000, 0)).isZero();
		assertThat(new Pacing(null).chunkSize(2_000)).isEqualTo(2_000);
	}

}
