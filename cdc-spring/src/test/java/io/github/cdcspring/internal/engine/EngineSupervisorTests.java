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
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class EngineSupervisorTests {

	private final EngineSettings settings = new TestEngine().settings();

	private final EngineStatusTracker status = new EngineStatusTracker((status) -> {
	});

	@Test
	void noRunBeginsWhileACallOfTheFormerOneIsRunning() {
		Runner runner = new Runner();
		EngineSupervisor supervisor = new EngineSupervisor(this.settings, runner, this.status,
				new EngineLog(this.settings));
		supervisor.start();
		try {
			await().until(() -> this.status.is(EngineState.BACKING_OFF));
			await().until(() -> runner.asked.get() > 3 || runner.runs.get() > 1);
			assertThat(runner.runs).hasValue(1);
			runner.delivering = false;
			await().until(() -> runner.runs.get() == 2);
		}
		finally {
			runner.delivering = false;
			supervisor.stop();
		}
	}

	@Test
	void standbyWarmsUpOnce() {
		AtomicInteger prepared = new AtomicInteger();
		AtomicInteger warmedUp = new AtomicInteger();
		EngineSupervisor supervisor = new EngineSupervisor(this.settings, new Runner() {

			@Override
			public PreparedRun prepare() {
				prepared.incrementAndGet();
				throw SlotHeldException.receiving("orders", 1);
			}

			@Override
			public void warmUp() {
				warmedUp.incrementAndGet();
			}

		}, this.status, new EngineLog(this.settings));
		supervisor.start();
		try {
			await().until(() -> prepared.get() > 2);
			assertThat(this.status.is(EngineState.STANDBY)).isTrue();
			assertThat(warmedUp).hasValue(1);
		}
		finally {
			supervisor.stop();
		}
	}

	/** Its runs fail and leave a call behind. */
	private static class Runner implements EngineRunner {

		final AtomicInteger runs = new AtomicInteger();

		final AtomicInteger asked = new AtomicInteger();

		volatile boolean delivering;

		@Override
		public PreparedRun prepare() {
			return (observer) -> {
				this.delivering = this.runs.incrementAndGet() == 1;
				return EngineFailure.of(null, new NotReadyException("Expected"));
			};
		}

		@Override
		public void judge() {
		}

		@Override
		public boolean stop(Duration timeout) {
			return true;
		}

		@Override
		public boolean isDelivering() {
			if (this.delivering) {
				this.asked.incrementAndGet();
			}
			return this.delivering;
		}

		@Override
		public Lsn storedLsn() {
			return Lsn.ZERO;
		}

	}

}
