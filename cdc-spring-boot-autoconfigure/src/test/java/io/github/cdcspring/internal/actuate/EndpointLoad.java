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

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.OperatingSystemMXBean;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Cost of fifty requests a second: CPU of the application, compared with the cheapest
 * endpoint, and queries to the server according to its log. Windows without requests,
 * with requests to {@code info} and with requests to {@code cdc} alternate, so that other
 * load of the machine affects all of them. The test takes four minutes, so it runs only
 * with {@code -Dtest=EndpointLoad}.
 */
class EndpointLoad {

	private static final Logger logger = LoggerFactory.getLogger(EndpointLoad.class);

	private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("cdc.load.warm-up", 30));

	private static final Duration WINDOW = Duration.ofSeconds(Integer.getInteger("cdc.load.window", 20));

	private static final int ROUNDS = Integer.getInteger("cdc.load.rounds", 3);

	private static final int RATE = 50;

	@Test
	void fiftyRequestsASecondCostLittle(@TempDir Path logs) throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of("logging_collector", "on", "log_directory",
				logs.toString(), "log_filename", StatementLog.FILE))) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			StatementLog log = StatementLog.of(database, logs);
			try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
				URI base = URI.create("http://localhost:"
						+ application.bean(Environment.class).getProperty("local.server.port") + "/actuator/");
				List<URI> endpoints = List.of(base.resolve("info"), base.resolve("cdc"));
				for (URI uri : endpoints) {
					warmUp(uri);
				}
				Costs idle = new Costs();
				Costs info = new Costs();
				Costs cdc = new Costs();
				for (int round = 0; round < ROUNDS; round++) {
					idle.measure(null, log);
					info.measure(endpoints.get(0), log);
					cdc.measure(endpoints.get(1), log);
				}
				logger.warn(
						"No requests: {}\ninfo: {}\ncdc: {}\nA request to info costs {} ms of CPU, one to cdc {} ms, "
								+ "{} times as much, {} % of one core",
						idle, info, cdc, "%.2f".formatted(info.millisARequest(idle)),
						"%.2f".formatted(cdc.millisARequest(idle)),
						"%.2f".formatted(cdc.millisARequest(idle) / info.millisARequest(idle)),
						"%.1f".formatted((cdc.cpuSeconds - idle.cpuSeconds) / Costs.seconds() * 100));
				assertThat(info.requests).isGreaterThan((long) (RATE * Costs.seconds() * 0.9));
				assertThat(cdc.requests).isGreaterThan((long) (RATE * Costs.seconds() * 0.9));
				// responses without a query would be cheap
				assertThat(cdc.readings()).isGreaterThan(Costs.seconds() / 2);
				assertThat(cdc.queries() - idle.queries()).isLessThanOrEqualTo(Costs.seconds() + ROUNDS);
			}
		}
	}

	/** Warm up with as many requests as possible, so that compiled code is measured. */
	private static void warmUp(URI uri) {
		long end = System.nanoTime() + WARM_UP.toNanos();
		while (System.nanoTime() - end < 0) {
			assertThat(Client.isAnswered(uri)).isTrue();
		}
	}

	private static void pass(Duration duration) throws InterruptedException {
		new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Cost of several windows of time.
	 */
	private static final class Costs {

		private final Map<String, Long> statements = new TreeMap<>();

		private double cpuSeconds;

		private long requests;

		void measure(@Nullable URI uri, StatementLog log) throws InterruptedException {
			log.read();
			long cpu = cpuNanos();
			if (uri == null) {
				pass(WINDOW);
			}
			else {
				try (Client client = new Client(uri)) {
					pass(WINDOW);
					this.requests += client.answered();
					cpu += client.cpuNanos();
				}
			}
			this.cpuSeconds += (cpuNanos() - cpu) / 1e9;
			log.read().forEach((statement) -> this.statements.merge(statement, 1L, Long::sum));
		}

		static long seconds() {
			return WINDOW.toSeconds() * ROUNDS;
		}

		long queries() {
			return this.statements.values().stream().mapToLong(Long::longValue).sum();
		}

		/** Queries that the responses of the endpoint are based on. */
		long readings() {
			return this.statements.entrySet()
				.stream()
				.filter((statement) -> statement.getKey().startsWith("SELECT current_setting('server_version_num')"))
				.mapToLong(Map.Entry::getValue)
				.sum();
		}

		double millisARequest(Costs idle) {
			return (this.cpuSeconds - idle.cpuSeconds) * 1000 / this.requests;
		}

		private static long cpuNanos() {
			return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
		}

		@Override
		public String toString() {
			return "%d requests in %d s, %.2f s of CPU, %d queries to the server (%.2f a second) %s".formatted(
					this.requests, seconds(), this.cpuSeconds, queries(), (double) queries() / seconds(),
					this.statements);
		}

	}

	/**
	 * Sends requests at a constant rate from two threads.
	 */
	private static final class Client implements AutoCloseable {

		private final List<Thread> threads = new ArrayList<>();

		private final AtomicLong answered = new AtomicLong();

		private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, (task) -> {
			Thread thread = new Thread(task);
			this.threads.add(thread);
			return thread;
		});

		Client(URI uri) {
			for (int i = 0; i < 2; i++) {
				this.executor.scheduleAtFixedRate(() -> {
					if (isAnswered(uri)) {
						this.answered.incrementAndGet();
					}
				}, i * 1000 / RATE, 2 * 1000 / RATE, TimeUnit.MILLISECONDS);
			}
		}

		private static boolean isAnswered(URI uri) {
			try {
				HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
				// the default Accept header would get the page
				connection.setRequestProperty("Accept", "application/json");
				try (InputStream body = connection.getInputStream()) {
					body.readAllBytes();
				}
				return connection.getContentType().contains("json");
			}
			catch (IOException ex) {
				return false;
			}
		}

		long answered() {
			return this.answered.get();
		}

		/** CPU of the client threads, which is subtracted. */
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
