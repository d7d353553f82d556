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

package io.github.cdcspring.internal.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.settings.EngineSettings;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.awaitility.Awaitility.await;

class ListenerTimeoutMonitorTests {

	@Test
	void watchesLaterCallsAfterOneThatItCouldNotDescribe() {
		ListenerTimeoutMonitor monitor = new ListenerTimeoutMonitor("test",
				new EngineSettings.Timeout(Duration.ofMillis(1), false));
		CallTracker tracker = monitor.open();
		AtomicBoolean described = new AtomicBoolean();
		Change change = TestChange.create(1).failingIn("lsn", () -> described.set(true));
		try (AnnotationConfigApplicationContext context = ListenerContext.of(Orders.class)) {
			ListenerEndpoint endpoint = context.getBean(ListenerRegistry.class).endpoints().get(0);
			tracker.begin(endpoint, change);
			await().untilTrue(described);
			tracker.end();
			tracker.begin(endpoint, TestChange.create(2));
			await().until(() -> {
				RunningCall call = monitor.oldestCall();
				return call != null && call.overdue();
			});
			tracker.end();
		}
		finally {
			monitor.close(tracker);
		}
	}

	static class Orders {

		@CdcListener("orders")
		void on(Order order) {
		}

	}

}
