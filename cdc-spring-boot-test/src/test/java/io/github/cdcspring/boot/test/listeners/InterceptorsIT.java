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

package io.github.cdcspring.boot.test.listeners;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.boot.test.CdcTest;
import io.github.cdcspring.boot.test.CdcTestEngine;
import io.github.cdcspring.boot.test.CdcTestEvent;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What interceptors see of the calls of a listener.
 */
class InterceptorsIT {

	@Nested
	@CdcTest(startEngines = false, properties = "spring.sql.init.mode=never")
	@Import(Intercepted.class)
	class InOneLane extends Calls {

	}

	@Nested
	@CdcTest(startEngines = false, properties = { "spring.sql.init.mode=never", "cdc.listener.concurrency=4" })
	@Import(Intercepted.class)
	class InFourLanes extends Calls {

	}

	abstract static class Calls {

		@Test
		void interceptorsStandAroundEachAttemptInTheirOrder(@Autowired CdcTestEngine engine,
				@Autowired Intercepted listener) {
			listener.log.clear();
			engine.deliver(CdcTestEvent.create("numbers", new Number(1, "a")));
			assertThat(listener.log).containsExactly("outer numbers numbers 1 attempt 1 in default as 1 event", "inner",
					"failed", "inner threw", "outer threw", "outer numbers numbers 1 attempt 2 in default as 1 event",
					"inner", "1", "inner returned", "outer returned");
		}

	}

	record Number(Integer id, String note) {

	}

	static class Intercepted {

		final List<String> log = new CopyOnWriteArrayList<>();

		@CdcListener(id = "numbers", tables = "numbers")
		void on(Number number) {
			if (!this.log.contains("failed")) {
				this.log.add("failed");
				throw new IllegalStateException("once");
			}
			this.log.add(String.valueOf(number.id()));
		}

		@Bean
		@Order(2)
		CdcListenerInterceptor inner() {
			return (call) -> {
				this.log.add("inner");
				around("inner", call::proceed);
			};
		}

		@Bean
		@Order(1)
		CdcListenerInterceptor outer() {
			return (call) -> {
				this.log.add("outer " + call.listener() + " " + call.table().name() + " " + call.key().single()
						+ " attempt " + call.attempt() + " in " + call.engine() + " as " + call.events() + " event");
				around("outer", call::proceed);
			};
		}

		private void around(String name, Proceeding call) throws Throwable {
			try {
				call.proceed();
				this.log.add(name + " returned");
			}
			catch (IllegalStateException ex) {
				this.log.add(name + " threw");
				throw ex;
			}
		}

		interface Proceeding {

			void proceed() throws Throwable;

		}

	}

}
