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

package io.github.cdcspring.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import com.sun.management.OperatingSystemMXBean;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.test.TestDatabase;
import io.github.cdcspring.test.TestPostgres;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What it costs to be looked at fifty times a second: CPU of the application, and
 * questions to the server. Takes three minutes, so it runs only when it is named:
 * {@code -Dtest=EndpointLoad}.
 */
class EndpointLoad {

	private static final Logger logger = LoggerFactory.getLogger(EndpointLoad.class);

	private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("cdc.load.warm-up", 20));

	private static final Duration WINDOW = Duration.ofSeconds(Integer.getInteger("cdc.load.window", 60));

	private static final int RATE = 50;

	@Test
	void fiftyRequestsASecondCostLittle() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
				URI uri = URI
					.create("http://localhost:" + application.bean(Environment.class).getProperty("local.server.port")
							+ "/actuator/" + System.getProperty("cdc.load.path", "cdc"));
				AtomicLong requests = new AtomicLong();
				try (Asking warmUp = new Asking(uri, requests)) {
					pass(WARM_UP);
				}
				Window idle = Window.measure(database, () -> 0L);
				requests.set(0);
				Window asked;
				try (Asking asking = new Asking(uri, requests)) {
					asked = Window.measure(database, asking::cpuNanos);
				}
				long readings = asked.transactions() - idle.transactions();
				logger.warn(
						"Idle: {}. {} requests: {}. Questions to the server beyond idle: {}, {} a second. CPU beyond "
								+ "idle: {} % of one core, {} ms a request",
						idle, requests, asked, readings, "%.2f".formatted((double) readings / WINDOW.toSeconds()),
						"%.1f".formatted((asked.cpuSeconds() - idle.cpuSeconds()) / WINDOW.toSeconds() * 100),
						"%.2f".formatted((asked.cpuSeconds() - idle.cpuSeconds()) * 1000 / requests.get()));
				assertThat(requests.get()).isGreaterThan((long) (RATE * WINDOW.toSeconds() * 0.9));
				assertThat(readings).isLessThanOrEqualTo(WINDOW.toSeconds() + 3);
			}
		}
	}

	private static void pass(Duration duration) throws InterruptedException {
		new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * What a window of time cost.
	 */
	private record Window(double cpuSeconds, long transactions) {

		/**
		 * @param client the CPU that whoever asks has used, which does not count
		 */
		static Window measure(TestDatabase database, LongSupplier client) throws InterruptedException {
			OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
			long transactions = transactions(database);
			long cpu = system.getProcessCpuTime() - client.getAsLong();
			pass(WINDOW);
			return new Window((system.getProcessCpuTime() - client.getAsLong() - cpu) / 1e9,
					transactions(database) - transactions);
		}

		/** A session tells of its transactions when it has been quiet for a while. */
		private static long transactions(TestDatabase database) {
			return Long.parseLong(String.valueOf(database
				.queryForText("SELECT xact_commit FROM pg_stat_database WHERE datname = '" + database.name() + "'")));
		}

	}

	/**
	 * Asks at a constant rate, by two threads.
	 */
	private static final class Asking implements AutoCloseable {

		private final List<Thread> threads = new ArrayList<>();

		private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, (task) -> {
			Thread thread = new Thread(task);
			this.threads.add(thread);
			return thread;
		});

		Asking(URI uri, AtomicLong requests) {
			for (int i = 0; i < 2; i++) {
				this.executor.scheduleAtFixedRate(() -> {
					if (isAnswered(uri)) {
						requests.incrementAndGet();
					}
				}, i * 1000 / RATE, 2 * 1000 / RATE, TimeUnit.MILLISECONDS);
			}
		}

		private static boolean isAnswered(URI uri) {
			try {
				HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
				try (InputStream body = connection.getInputStream()) {
					body.readAllBytes();
				}
				return connection.getResponseCode() == 200;
			}
			catch (IOException ex) {
				return false;
			}
		}

		long cpuNanos() {
			return this.threads.stream()
				.mapToLong((thread) -> ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()))
				.sum();
		}

		@Override
		public void close() {
			this.executor.shutdownNow();
		}

	}

}
