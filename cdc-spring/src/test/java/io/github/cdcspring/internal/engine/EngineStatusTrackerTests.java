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

import java.util.concurrent.CompletableFuture;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.listener.FailedDelivery;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EngineStatusTrackerTests {

	private static final FailedDelivery DELIVERY = new FailedDelivery("orders", null, Lsn.parse("0/1"), 1, "Failure");

	private final EngineStatusTracker tracker = new EngineStatusTracker((status) -> {
	});

	@Test
	void aStatusKeepsItsFailedDelivery() {
		this.tracker.enter(EngineState.FAILED, "It failed.", DELIVERY);
		TrackedStatus failed = this.tracker.current();
		this.tracker.enter(EngineState.STARTING);
		assertThat(failed.status().state()).isEqualTo(EngineState.FAILED);
		assertThat(failed.failedDelivery()).isEqualTo(DELIVERY);
		assertThat(this.tracker.current().failedDelivery()).isNull();
	}

	@Test
	void noReaderSeesAFailureWithoutItsDeliveryOrTheOtherWayAround() {
		CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 100_000; i++) {
				this.tracker.enter(EngineState.BACKING_OFF, "It failed.", DELIVERY);
				this.tracker.enter(EngineState.RUNNING);
			}
		});
		while (!changes.isDone()) {
			TrackedStatus seen = this.tracker.current();
			assertThat(seen.failedDelivery() != null).isEqualTo(seen.status().failure() != null);
		}
		changes.join();
	}

}
