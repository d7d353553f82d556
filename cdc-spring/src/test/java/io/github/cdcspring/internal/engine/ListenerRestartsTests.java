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

import java.util.concurrent.atomic.AtomicLong;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.startup.check.TestEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerRestartsTests {

	private final AtomicLong advances = new AtomicLong(7);

	private final ListenerRestarts restarts = new ListenerRestarts(new TestEngine().settings(), this.advances::get);

	@Test
	void offsetTellsThatAnEventIsProcessed() {
		this.restarts.failed(failureAt(new Lsn(100)));
		this.advances.incrementAndGet();
		assertThat(this.restarts.stored(new Lsn(100))).isFalse();
		assertThat(this.restarts.problem()).isEqualTo("it failed");
		assertThat(this.restarts.stored(new Lsn(101))).isTrue();
		assertThat(this.restarts.problem()).isNull();
	}

	@Test
	void rowOfABackfillIsNotProcessedUnlessTheBackfillAdvances() {
		this.restarts.failed(failureAt(Lsn.ZERO));
		assertThat(this.restarts.stored(new Lsn(100))).isFalse();
		this.advances.incrementAndGet();
		assertThat(this.restarts.stored(new Lsn(100))).isTrue();
	}

	private static EngineFailure failureAt(Lsn processedPast) {
		return new EngineFailure("it failed", EngineFailure.Kind.LISTENER, null, processedPast);
	}

}
