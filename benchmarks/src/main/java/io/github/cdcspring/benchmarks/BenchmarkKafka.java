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

package io.github.cdcspring.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.benchmarks.contestant.Wait;
import io.github.cdcspring.testsupport.KafkaServers;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Kafka broker and a Kafka Connect worker, each in a process of its own, with one
 * connector that fills the topics of a workload.
 */
final class BenchmarkKafka implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final HttpClient http = HttpClient.newHttpClient();

	private final KafkaServers servers;

	private final Admin admin;

	private BenchmarkKafka(KafkaServers servers) {
		this.servers = servers;
		this.admin = Admin.create(Map.of("bootstrap.servers", servers.bootstrapServers()));
	}

	static BenchmarkKafka start(Path directory) throws IOException {
		KafkaServers servers = KafkaServers.startToMeasure(Files.createDirectories(directory));
		try {
			servers.await();
			return new BenchmarkKafka(servers);
		}
		catch (RuntimeException ex) {
			servers.close();
			throw ex;
		}
	}

	String bootstrapServers() {
		return this.servers.bootstrapServers();
	}

	void createTopics(Collection<String> topics, int partitions)
			throws ContestantFailedException, InterruptedException {
		get(this.admin.createTopics(topics.stream().map((topic) -> new NewTopic(topic, partitions, (short) 1)).toList())
			.all());
	}

	/** Create a connector, which begins to fill the topics. */
	void connect(String name, Map<String, String> configuration)
			throws ContestantFailedException, InterruptedException {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create(this.servers.connectUrl() + "/connectors/" + name + "/config"))
			.header("Content-Type", "application/json")
			.timeout(TIMEOUT)
			.PUT(HttpRequest.BodyPublishers.ofString(new JsonMapper().writeValueAsString(configuration)))
			.build();
		try {
			HttpResponse<String> response = this.http.send(request, HttpResponse.BodyHandlers.ofString());
			if (response.statusCode() >= 300) {
				throw new ContestantFailedException("has no connector: " + response.body());
			}
		}
		catch (IOException ex) {
			throw new ContestantFailedException("has no connector: " + ex.getMessage());
		}
	}

	/**
	 * Wait until a topic has a number of records.
	 * @return how many it has
	 */
	long awaitRecords(String topic, int partitions, long records, Duration timeout)
			throws ContestantFailedException, InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (true) {
			long found = records(topic, partitions);
			if (found >= records) {
				return found;
			}
			this.servers.check();
			if (System.nanoTime() > deadline) {
				throw new ContestantFailedException(
						"has a connector that did not send " + records + " records in time");
			}
			Wait.micros(100_000);
		}
	}

	Duration brokerCpu() {
		return this.servers.brokerCpu();
	}

	Duration workerCpu() {
		return this.servers.workerCpu();
	}

	private long records(String topic, int partitions) throws ContestantFailedException, InterruptedException {
		return get(this.admin
			.listOffsets(IntStream.range(0, partitions)
				.boxed()
				.collect(Collectors.toMap((partition) -> new TopicPartition(topic, partition),
						(partition) -> OffsetSpec.latest())))
			.all()).values().stream().mapToLong((end) -> end.offset()).sum();
	}

	/** What the brokers keep of a topic, which is what was sent to them. */
	long bytes(String topic) throws ContestantFailedException, InterruptedException {
		return get(this.admin.describeLogDirs(List.of(1)).allDescriptions()).values()
			.stream()
			.flatMap((directories) -> directories.values().stream())
			.map(LogDirDescription::replicaInfos)
			.flatMap((replicas) -> replicas.entrySet().stream())
			.filter((replica) -> replica.getKey().topic().equals(topic))
			.mapToLong((replica) -> replica.getValue().size())
			.sum();
	}

	private static <T> T get(KafkaFuture<T> future) throws ContestantFailedException, InterruptedException {
		try {
			return future.get();
		}
		catch (ExecutionException ex) {
			throw new ContestantFailedException("has no topics: " + ex.getCause());
		}
	}

	@Override
	public void close() {
		this.admin.close(Duration.ZERO);
		this.servers.close();
	}

}
