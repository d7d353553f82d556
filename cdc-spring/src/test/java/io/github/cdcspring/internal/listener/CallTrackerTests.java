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

import java.util.Objects;

import io.github.cdcspring.CdcListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class CallTrackerTests {

	private final CallTracker tracker = new CallTracker(true);

	@AfterEach
	void clearInterruption() {
		Thread.interrupted();
	}

	@Test
	void clearsTheInterruptionOfACallThatWasInterrupted() {
		begin();
		this.tracker.interrupt(Objects.requireNonNull(this.tracker.current()));
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
		assertThat(this.tracker.end()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void keepsTheInterruptionOfACallThatAnotherThreadInterrupted() {
		begin();
		Thread.currentThread().interrupt();
		assertThat(this.tracker.end()).isFalse();
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
	}

	@Test
	void doesNotInterruptTheCallThatFollows() {
		begin();
		CallTracker.Call call = Objects.requireNonNull(this.tracker.current());
		this.tracker.end();
		begin();
		this.tracker.interrupt(call);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(this.tracker.end()).isFalse();
	}

	private void begin() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of(Orders.class)) {
			ListenerEndpoint endpoint = context.getBean(ListenerRegistry.class).endpoints().get(0);
			this.tracker.begin(endpoint, TestChange.create(1));
		}
	}

	static class Orders {

		@CdcListener("orders")
		void on(Order order) {
		}

	}

}
