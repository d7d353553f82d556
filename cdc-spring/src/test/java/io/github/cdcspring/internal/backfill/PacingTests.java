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

	@Test
	void waitsForTheRestOfTheTimeThatTheRowsMayTake() {
		Pacing pacing = new Pacing(1_000);
		assertThat(pacing.pause(500, Duration.ofMillis(200))).isEqualTo(Duration.ofMillis(300));
		assertThat(pacing.pause(500, Duration.ofMillis(600))).isZero();
		assertThat(pacing.pause(0, Duration.ofMillis(1))).isZero();
	}

	@Test
	void readsNoMoreAtOnceThanTheRowsOfASecond() {
		assertThat(new Pacing(50).chunkSize(2_000)).isEqualTo(50);
		assertThat(new Pacing(5_000).chunkSize(2_000)).isEqualTo(2_000);
	}

	@Test
	void doesNotWaitWithoutALimit() {
		assertThat(new Pacing(null).pause(1_000_000, Duration.ZERO)).isZero();
		assertThat(new Pacing(null).chunkSize(2_000)).isEqualTo(2_000);
	}

}
