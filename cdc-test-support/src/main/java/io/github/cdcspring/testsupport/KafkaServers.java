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

package io.github.cdcspring.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A Kafka broker and a Kafka Connect worker as child processes, which listen on the
 * loopback interface only. The system property {@code kafka.classpath} names a file with
 * their class path, and {@code kafka.plugins} the directory of the worker's plugins.
 */
public final class KafkaServers implements AutoCloseable {

	private static final Duration START = Duration.ofMinutes(2);

	private static final List<String> QUICK_START = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

	private static final String HOST = "127.0.0.1";

	private final HttpClient http = HttpClient.newHttpClient();

	private final int brokerPort;

	private final int controllerPort;

	private final Path directory;

	private final List<String> jvmOptions;

	private final KafkaProcess broker;

	private int workerPort;

	private KafkaProcess worker;

	private int workers = 1;

	private KafkaServers(Path directory, boolean apart, int partitions, List<String> jvmOptions) {
		this.directory = directory;
		this.jvmOptions = jvmOptions;
		try {
			this.brokerPort = EmbeddedPostgresServer.freePort();
			this.controllerPort = EmbeddedPostgresServer.freePort();
			this.workerPort = EmbeddedPostgresServer.freePort();
			Map<String, String> broker = broker(Files.createDirectories(directory.resolve("broker")), partitions);
			if (apart) {
				this.broker = KafkaProcess.start(directory.resolve("broker"), broker, null, jvmOptions);
				this.worker = launchWorker();
			}
			else {
				this.broker = KafkaProcess.start(directory.resolve("broker"), broker, worker(), jvmOptions);
				this.worker = this.broker;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start broker and worker in one process.
	 * @param directory an empty directory for their files
	 */
	public static KafkaServers startTogether(Path directory) {
		return new KafkaServers(directory, false, 1, QUICK_START);
	}

	/**
	 * Start broker and worker in two processes.
	 * @param directory an empty directory for their files
	 * @param partitions the number of partitions of a topic that is created without one
	 */
	public static KafkaServers startApart(Path directory, int partitions) {
		return new KafkaServers(directory, true, partitions, QUICK_START);
	}

	/**
	 * Start broker and worker in two processes whose JVMs compile as they do by default.
	 * They start more slowly, and then need less CPU time.
	 * @param directory an empty directory for their files
	 */
	public static KafkaServers startToMeasure(Path directory) {
		return new KafkaServers(directory, true, 1, List.of());
	}

	private Map<String, String> broker(Path directory, int partitions) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("process.roles", "broker,controller");
		properties.put("node.id", "1");
		properties.put("controller.quorum.voters", "1@127.0.0.1:" + this.controllerPort);
		properties.put("listeners",
				"PLAINTEXT://127.0.0.1:" + this.brokerPort + ",CONTROLLER://127.0.0.1:" + this.controllerPort);
		properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + this.brokerPort);
		properties.put("controller.listener.names", "CONTROLLER");
		properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
		properties.put("log.dirs", directory.resolve("data").toString());
		properties.put("num.partitions", String.valueOf(partitions));
		properties.put("offsets.topic.num.partitions", "1");
		for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
			properties.put(topic + ".replication.factor", "1");
		}
		properties.put("transaction.state.log.min.isr", "1");
		properties.put("share.coordinator.state.topic.min.isr", "1");
		properties.put("group.initial.rebalance.delay.ms", "0");
		properties.put("group.min.session.timeout.ms", "1000");
		properties.put("log.cleaner.dedupe.buffer.size", "2097152");
		return properties;
	}

	private KafkaProcess launchWorker() throws IOException {
		String name = (this.workers > 1) ? "worker-" + this.workers : "worker";
		return KafkaProcess.start(Files.createDirectories(this.directory.resolve(name)), null, worker(),
				this.jvmOptions);
	}

	private Map<String, String> worker() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("bootstrap.servers", bootstrapServers());
		properties.put("group.id", "connect");
		properties.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
		properties.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
		for (String topic : List.of("config", "offset", "status")) {
			properties.put(topic + ".storage.topic", "connect-" + topic);
			properties.put(topic + ".storage.replication.factor", "1");
		}
		properties.put("offset.storage.partitions", "1");
		properties.put("status.storage.partitions", "1");
		properties.put("offset.flush.interval.ms", "200");
		properties.put("scheduled.rebalance.max.delay.ms", "0");
		properties.put("listeners", connectUrl());
		properties.put("config.providers", "file");
		properties.put("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
		properties.put("plugin.discovery", "service_load");
		properties.put("plugin.path", Objects.requireNonNull(System.getProperty("kafka.plugins"), "kafka.plugins"));
		return properties;
	}

	public String bootstrapServers() {
		return HOST + ":" + this.brokerPort;
	}

	/** The URL of the worker's REST API. */
	public String connectUrl() {
		return "http://" + HOST + ":" + this.workerPort;
	}

	/** Wait until the worker answers. */
	public void await() {
		long deadline = System.nanoTime() + START.toNanos();
		while (!answers()) {
			check();
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("Kafka Connect does not answer; its log is " + this.worker.log());
			}
			try {
				TimeUnit.MILLISECONDS.sleep(100);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}
	}

	private boolean answers() {
		try {
			HttpResponse<?> answer = this.http.send(
					HttpRequest.newBuilder(URI.create(connectUrl() + "/connectors")).timeout(START).build(),
					HttpResponse.BodyHandlers.discarding());
			return answer.statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Check that both run.
	 * @throws IllegalStateException if one has ended by itself
	 */
	public void check() {
		for (KafkaProcess process : processes()) {
			if (!process.isAlive()) {
				throw new IllegalStateException("A process of Kafka ended by itself:\n" + process.lastLines());
			}
		}
	}

	/** The CPU time that the broker's process has used. */
	public Duration brokerCpu() {
		return this.broker.cpu();
	}

	/** The CPU time that the worker's process has used. */
	public Duration workerCpu() {
		return this.worker.cpu();
	}

	/** Stop broker and worker as a machine that hangs, or let them continue. */
	public void freeze(boolean frozen) {
		processes().forEach((process) -> process.freeze(frozen));
	}

	/** Kill the worker with SIGKILL. */
	public void killWorker() {
		this.worker.close();
	}

	/** Start the worker again. */
	public void startWorker() {
		this.worker.startAgain();
	}

	/**
	 * Start another worker of the same group, and then end the present one as a
	 * deployment does. Connectors and tasks move to the other worker, whose REST API has
	 * another URL.
	 */
	public void replaceWorker() {
		KafkaProcess former = this.worker;
		this.workers++;
		try {
			this.workerPort = EmbeddedPostgresServer.freePort();
			this.worker = launchWorker();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		await();
		former.end();
	}

	/** Kill the broker with SIGKILL. */
	public void killBroker() {
		this.broker.close();
	}

	/** Start the broker again, with its data. */
	public void startBroker() {
		this.broker.startAgain();
	}

	private Set<KafkaProcess> processes() {
		return (this.broker != this.worker) ? Set.of(this.broker, this.worker) : Set.of(this.broker);
	}

	@Override
	public void close() {
		this.worker.close();
		this.broker.close();
	}

}
