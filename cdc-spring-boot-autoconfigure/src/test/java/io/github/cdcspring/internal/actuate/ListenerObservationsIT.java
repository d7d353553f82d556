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

package io.github.cdcspring.internal.actuate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.observation.CdcListenerObservationContext;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Observations of listener calls, which continue the trace of the writer.
 */
@PostgresTest
class ListenerObservationsIT {

	private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void eachCallIsObservedAndContinuesTheWritersTrace(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Observed.class,
				"cdc.tracing.message-prefix=cdc.trace")) {
			database.inTransaction("SELECT pg_logical_emit_message(true, 'cdc.trace', '" + TRACEPARENT + "')",
					"INSERT INTO numbers VALUES (1)", "INSERT INTO numbers VALUES (2)");
			database.inTransaction("SELECT pg_logical_emit_message(true, 'cdc.trace', 'not a trace, but a secret')",
					"INSERT INTO numbers VALUES (3)");
			Handler handler = application.bean(Handler.class);
			await().until(() -> handler.contexts.size() == 3);
			assertThat(handler.contexts).extracting((context) -> context.getCarrier().get("traceparent"))
				.containsExactly(TRACEPARENT, TRACEPARENT, null);
			CdcListenerObservationContext context = handler.contexts.get(0);
			assertThat(context.getName()).isEqualTo("cdc.listener");
			assertThat(context.getLowCardinalityKeyValues()).extracting((key) -> key.getKey() + "=" + key.getValue())
				.containsExactlyInAnyOrder("engine=default", "listener=numbers");
			assertThat(context.getHighCardinalityKeyValue("cdc.table").getValue()).isEqualTo("public.numbers");
		}
	}

	@Test
	void writersMessagesAreNotReceivedUnlessAskedFor(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Observed.class)) {
			database.inTransaction("SELECT pg_logical_emit_message(true, 'cdc.trace', '" + TRACEPARENT + "')",
					"INSERT INTO numbers VALUES (1)");
			Handler handler = application.bean(Handler.class);
			await().until(() -> handler.contexts.size() == 1);
			assertThat(handler.contexts.get(0).getCarrier()).isEmpty();
			await().untilAsserted(() -> assertThat(application.engine().deliveryStatistics().counts()).hasSize(1));
		}
	}

	static class Observed extends Numbers {

		@Bean
		Handler handler() {
			return new Handler();
		}

	}

	static class Handler implements ObservationHandler<CdcListenerObservationContext> {

		final List<CdcListenerObservationContext> contexts = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(CdcListenerObservationContext context) {
			this.contexts.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof CdcListenerObservationContext;
		}

	}

}
