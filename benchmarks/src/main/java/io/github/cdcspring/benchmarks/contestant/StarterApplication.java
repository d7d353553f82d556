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

package io.github.cdcspring.benchmarks.contestant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/**
 * An application that uses the starter.
 */
final class StarterApplication implements Receiver {

	private static final String EXCLUDE = "spring.autoconfigure.exclude";

	/** What only another part needs is on the class path. */
	private static final Map<String, Object> WITHOUT_KAFKA = Map.of(EXCLUDE,
			"org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration");

	@Override
	public void receive(Task task, Sink sink) throws Exception {
		builder(task.rows()).initializers(sink(sink)).properties(properties(task)).run();
		if ("false".equals(task.settings().get("cdc.enabled"))) {
			// It receives nothing: this is the time that the application itself takes
			sink.event();
		}
		new CountDownLatch(1).await();
	}

	/**
	 * Describe the application without its task. Spring AOT knows it by the name of its
	 * main class.
	 */
	static SpringApplicationBuilder builder(String rows) {
		return new SpringApplicationBuilder(Application.class, listeners(rows)).main(PgbenchApplication.class)
			.web(WebApplicationType.NONE)
			.properties(WITHOUT_KAFKA);
	}

	private static ApplicationContextInitializer<ConfigurableApplicationContext> sink(Sink sink) {
		return (context) -> ((GenericApplicationContext) context).registerBean(Sink.class, () -> sink);
	}

	private static Map<String, Object> properties(Task task) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.main.banner-mode", "off");
		properties.put("spring.main.keep-alive", "true");
		properties.put("spring.datasource.url", task.url());
		properties.put("spring.datasource.username", Task.USER);
		properties.put("spring.datasource.password", Task.PASSWORD);
		properties.put("cdc.slot.name", task.slot());
		properties.put("cdc.publication.name", task.publication());
		properties.put("cdc.publication.create", "false");
		properties.put("cdc.snapshot.mode", "no_data");
		properties.put("cdc.offset.jdbc.table", "offset_" + task.slot());
		// pgbench_history has no key, but pgbench only inserts into it
		properties.put("cdc.safety.accept", "replica-identity");
		if (task.settings().containsKey("cdc.source")) {
			properties.put(EXCLUDE, "");
		}
		properties.putAll(task.settings());
		return properties;
	}

	private static Class<?> listeners(String rows) {
		return switch (rows) {
			case "pgbench" -> PgbenchListeners.class;
			case "items" -> ItemListener.class;
			case "wide" -> WideListener.class;
			case "ping" -> PingListener.class;
			case "counters" -> CounterListener.class;
			case "existing" -> ExistingRowListener.class;
			default -> throw new IllegalArgumentException("No listeners exist for '" + rows + "'");
		};
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/** Listens to the marker; subclasses also listen to a table. */
	abstract static class Listener {

		final Sink sink;

		Listener(Sink sink) {
			this.sink = sink;
		}

		@CdcListener("marker")
		void marker(Rows.Marker marker) {
			this.sink.marker();
		}

	}

	static class PgbenchListeners extends Listener {

		PgbenchListeners(Sink sink) {
			super(sink);
		}

		@CdcListener("pgbench_accounts")
		void account(Rows.Account row) {
			this.sink.event();
		}

		@CdcListener("pgbench_tellers")
		void teller(Rows.Teller row) {
			this.sink.event();
		}

		@CdcListener("pgbench_branches")
		void branch(Rows.Branch row) {
			this.sink.event();
		}

		@CdcListener("pgbench_history")
		void history(Rows.History row) {
			this.sink.event();
		}

	}

	static class ItemListener extends Listener {

		ItemListener(Sink sink) {
			super(sink);
		}

		@CdcListener("item_*")
		void item(Rows.Item row) {
			this.sink.event();
		}

	}

	/** Existing rows, and changes meanwhile. */
	static class ExistingRowListener {

		private final Sink sink;

		ExistingRowListener(Sink sink) {
			this.sink = sink;
		}

		@CdcListener("item_*")
		void item(Rows.Item row) {
			this.sink.event();
		}

		@CdcListener(tables = "ping", operations = Operation.CREATE)
		void ping(Rows.Ping row) {
			this.sink.ping(row.phase(), row.due());
		}

	}

	static class CounterListener extends Listener {

		CounterListener(Sink sink) {
			super(sink);
		}

		@CdcListener("counter")
		void counter(Rows.Counter row) {
			this.sink.counter(row.id(), row.value());
		}

	}

	static class WideListener extends Listener {

		WideListener(Sink sink) {
			super(sink);
		}

		@CdcListener("wide")
		void wide(Rows.Wide row) {
			this.sink.event();
		}

	}

	static class PingListener {

		private final Sink sink;

		PingListener(Sink sink) {
			this.sink = sink;
		}

		@CdcListener("ping")
		void ping(Rows.Ping row) {
			this.sink.ping(row.phase(), row.due());
		}

	}

}
