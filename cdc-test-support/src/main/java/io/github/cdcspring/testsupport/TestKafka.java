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
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * Kafka and Kafka Connect with the plugin, on loopback.
 */
public final class TestKafka implements AutoCloseable {

	private static final Duration START = Duration.ofMinutes(2);

	private static final ObjectMapper JSON = new ObjectMapper();

	private final HttpClient http = HttpClient.newHttpClient();

	private final KafkaServers servers;

	private TestKafka(KafkaServers servers) {
		this.servers = servers;
		servers.await();
	}

	/**
	 * Start broker and worker in one process.
	 */
	public static TestKafka start() {
		return new TestKafka(KafkaServers.startTogether(directory()));
	}

	/**
	 * Start broker and worker in two processes.
	 */
	public static TestKafka startApart() {
		return new TestKafka(KafkaServers.startApart(directory(), 1));
	}

	private static Path directory() {
		try {
			return Files.createTempDirectory(Files.createDirectories(Path.of("target", "kafka").toAbsolutePath()),
					"run");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public String bootstrapServers() {
		return this.servers.bootstrapServers();
	}

	/** The URL of the worker's REST API. */
	public String connectUrl() {
		return this.servers.connectUrl();
	}

	/** Pause or resume a connector, with its task. */
	public void pause(TestDatabase database, boolean paused) {
		send("PUT", "/connectors/" + database.name() + (paused ? "/pause" : "/resume"), null);
	}

	/** Stop a connector, so that its offsets can be changed. */
	public void stop(TestDatabase database) {
		send("PUT", "/connectors/" + database.name() + "/stop", null);
		await().until(() -> get("/connectors/" + database.name() + "/status").path("tasks").isEmpty());
	}

	/** Create a connector that does not run, so that it can get an offset. */
	public void createStopped(TestDatabase database, Map<String, String> config) {
		await().atMost(START)
			.until(() -> post("POST", "/connectors",
					Map.of("name", database.name(), "config", config, "initial_state", "STOPPED"))
				.statusCode() == 201);
	}

	/**
	 * Store an offset for a connector that is stopped.
	 * @param offset Debezium's offset, a JSON object
	 */
	public void seed(TestDatabase database, String offset) {
		JsonNode position = json(offset);
		await().until(() -> post("PATCH", "/connectors/" + database.name() + "/offsets",
				Map.of("offsets", List.of(Map.of("partition", Map.of("server", database.name()), "offset", position))))
			.statusCode() == 200);
	}

	/** Let a connector run that was stopped, and wait until it streams. */
	public void resume(TestDatabase database) {
		send("PUT", "/connectors/" + database.name() + "/resume", null);
		awaitStreaming(database);
	}

	/** The offset that Kafka Connect has stored, a JSON object. */
	public String storedOffset(TestDatabase database) {
		return offset(database).toString();
	}

	/**
	 * How many records in the topics of a connector a consumer group has not committed,
	 * as the brokers know it.
	 */
	public long lag(TestDatabase database, String group) {
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of("bootstrap.servers", bootstrapServers(), "group.id", group), new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			Set<TopicPartition> partitions = consumer.listTopics()
				.values()
				.stream()
				.flatMap(List::stream)
				.filter((partition) -> partition.topic().startsWith(database.name() + "."))
				.map((partition) -> new TopicPartition(partition.topic(), partition.partition()))
				.collect(Collectors.toSet());
			Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
			return consumer.endOffsets(partitions)
				.entrySet()
				.stream()
				.mapToLong((end) -> end.getValue()
						- ((committed.get(end.getKey()) != null) ? committed.get(end.getKey()).offset() : 0))
				.sum();
		}
	}

	/** The configuration of a connector, as Kafka Connect returns it. */
	public Map<String, String> configuration(TestDatabase database) {
		Map<String, String> configuration = new LinkedHashMap<>();
		get("/connectors/" + database.name() + "/config").properties()
			.forEach((property) -> configuration.put(property.getKey(), property.getValue().asText()));
		return configuration;
	}

	/** Create a topic. */
	public void createTopic(String name, int partitions) {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
			admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Stop broker and worker as a machine that hangs, or let them continue. */
	public void freeze(boolean frozen) {
		this.servers.freeze(frozen);
	}

	/** Kill the process of the worker with SIGKILL. */
	public void killWorkerAndStartAgain() {
		this.servers.killWorker();
		this.servers.startWorker();
		this.servers.await();
	}

	/** Let another worker take over, as in a rolling deployment. */
	public void replaceWorker() {
		this.servers.replaceWorker();
	}

	/**
	 * The configuration of a connector for all tables of a database, which creates its
	 * publication and so owns the tables. The slot, the connector and the topics have the
	 * name of the database.
	 */
	public static Map<String, String> connector(TestDatabase database, String type) {
		database.grantOwnership();
		Map<String, String> config = new LinkedHashMap<>();
		config.put("connector.class", type);
		config.put("tasks.max", "1");
		config.put("database.hostname", database.host());
		config.put("database.port", String.valueOf(database.port()));
		config.put("database.user", database.applicationRole());
		config.put("database.password", database.password());
		config.put("database.dbname", database.name());
		config.put("topic.prefix", database.name());
		config.put("slot.name", database.name());
		config.put("plugin.name", "pgoutput");
		config.put("publication.name", database.name());
		config.put("publication.autocreate.mode", "filtered");
		config.put("poll.interval.ms", "20");
		return config;
	}

	/**
	 * The configuration of the plugin's connector, with its converter.
	 */
	public static Map<String, String> connector(TestDatabase database) {
		Map<String, String> config = connector(database, "io.github.cdcspring.connect.CdcPostgresConnector");
		for (String converter : List.of("key.converter", "value.converter", "header.converter")) {
			config.put(converter, "io.github.cdcspring.connect.CdcConverter");
		}
		return config;
	}

	/**
	 * Create or change a connector, and wait until it streams.
	 */
	public void run(TestDatabase database, Map<String, String> config) {
		run(database, config, "PUT");
	}

	/**
	 * Create or change a connector, and wait until it streams.
	 * @param method {@code PUT} for the whole configuration, {@code PATCH} for a part
	 */
	public void run(TestDatabase database, Map<String, String> config, String method) {
		// 409 while a rebalance is under way
		HttpResponse<String> response = await().atMost(START)
			.until(() -> send(method, "/connectors/" + database.name() + "/config", config),
					(answer) -> answer.statusCode() != 409);
		if (response.statusCode() >= 300) {
			throw new AssertionError(response.body());
		}
		awaitStreaming(database);
	}

	private void awaitStreaming(TestDatabase database) {
		await().atMost(START).until(() -> {
			JsonNode task = get("/connectors/" + database.name() + "/status").path("tasks").path(0);
			String trace = task.path("trace").asText("");
			if (!trace.isEmpty()) {
				throw new AssertionError(trace);
			}
			return "RUNNING".equals(task.path("state").asText()) && database.isStreaming(database.name());
		});
	}

	public void delete(TestDatabase database) {
		await().until(() -> {
			int status = send("DELETE", "/connectors/" + database.name(), null).statusCode();
			return status < 300 || status == 404;
		});
		await().until(() -> "f".equals(database
			.queryForText("SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
	}

	/** Restart the task of a connector, which sends the open transaction again. */
	public void restartTask(TestDatabase database) {
		// 409 while a rebalance is under way
		await()
			.until(() -> send("POST", "/connectors/" + database.name() + "/tasks/0/restart", null).statusCode() < 300);
	}

	public HttpResponse<String> validate(Map<String, String> config) {
		return send("PUT", "/connector-plugins/" + config.get("connector.class") + "/config/validate", config);
	}

	/**
	 * The offset that Kafka Connect has stored.
	 */
	public JsonNode offset(TestDatabase database) {
		return get("/connectors/" + database.name() + "/offsets").path("offsets").path(0).path("offset");
	}

	public JsonNode get(String path) {
		return json(send("GET", path, null).body());
	}

	private static JsonNode json(String text) {
		try {
			return JSON.readTree(text);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public HttpResponse<String> send(String method, String path, @Nullable Map<String, String> body) {
		return post(method, path, body);
	}

	private HttpResponse<String> post(String method, String path, @Nullable Map<String, ?> body) {
		try {
			HttpRequest.BodyPublisher publisher = (body != null)
					? HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))
					: HttpRequest.BodyPublishers.noBody();
			HttpRequest request = HttpRequest.newBuilder(URI.create(connectUrl() + path))
				.header("Content-Type", "application/json")
				.timeout(START)
				.method(method, publisher)
				.build();
			return this.http.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return a consumer at the beginning of a topic with one partition.
	 */
	public KafkaConsumer<byte[], byte[]> consumer(String topic) {
		KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrapServers(),
				"enable.auto.commit", "false", "auto.offset.reset", "earliest"), new ByteArrayDeserializer(),
				new ByteArrayDeserializer());
		consumer.assign(List.of(new TopicPartition(topic, 0)));
		return consumer;
	}

	@Override
	public void close() {
		this.servers.close();
	}

}
