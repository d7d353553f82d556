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

package io.github.cdcspring.samples.ledger.check;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The effects of the run, which is killed.
 */
class LedgerEffectsIT {

	private final SmallRun run = new SmallRun();

	@Test
	void doesOnceWhatMustBeDoneOnce() {
		assertThat(this.run.endsEqual("once", "--kills=2", "--snapshot-kills=0", "--lanes=4", "--once", "--seed=7"))
			.as(this.run.output())
			.isTrue();
		assertThat(this.run.lastLine()).startsWith("ledger: equal, ").contains(" effects, 0 of them twice");
	}

}
