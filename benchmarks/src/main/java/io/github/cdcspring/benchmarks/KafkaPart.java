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
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.benchmarks.contestant.Wait;

/**
 * Measures the way of a row from the slot through Kafka Connect and Kafka to a listener,
 * and how listeners that take a while share a topic.
 */
final class KafkaPart {

	static final String PART = "kafka";

	static final String FILL = "kafka-fill";

	static final String WORK = "kafka-work";

	/** Debezium's connector and Kafka's converter with their defaults. */
	static final String JSON = "kafka-json";

	static final String STARTER = "kafka-starter";

	static final String ONE_LANE = "kafka-starter-1x1";

	static final String SIXTEEN_LANES = "kafka-starter-2x8";

	private static final double WARM_UP = 0.3;

	private static final double MEASURED = 0.5;

	/** At the end of the topic, the instance that is the last would be measured alone. */
	private static final double SHARED = 0.7;

	private static final int PARTITIONS = 8;

	private static final long ONE_MILLISECOND = 1_000;

	private final Stage stage;

	private final Results results;

	private final Workload workload;

	/** The events that one lane receives while it is measured. */
	private final long perLane;

	KafkaPart(Stage stage, Results results, Workload workload, long perLane) {
		this.stage = stage;
		this.results = results;
		this.workload = workload;
		this.perLane = perLane;
	}

	void run(Contestant starter, int rounds) throws InterruptedException {
		Contestant application = starter.with(STARTER, "**starter**, the plugin's connector, compact, typed listener",
				Map.of("cdc.source", "kafka"));
		List<Contestant> contestants = List.of(
				new Contestant(JSON, "Debezium's connector, JSON, `@KafkaListener` with Jackson", "spring-kafka",
						Map.of("schemas", "true")),
				new Contestant("kafka-json-small", "the same, JSON without schemas", "spring-kafka",
						Map.of("schemas", "false")),
				application);
		for (int round = 1; round <= rounds; round++) {
			for (int i = 0; i < contestants.size(); i++) {
				// Rotate the order, so that no contestant is always the first
				drain(contestants.get((i + round - 1) % contestants.size()), round);
			}
			work(application, round);
		}
	}

	/** Broker and worker are started again for each contestant, so all begin alike. */
	private void drain(Contestant contestant, int round) throws InterruptedException {
		measure(PART, contestant, round, (kafka, run) -> {
			Map<String, Double> figures = new LinkedHashMap<>();
			long events = this.workload.events();
			try (Child child = start(contestant, kafka, run, events, 0)) {
				kafka.connect(run, connector(contestant, run));
				child.await("first", Duration.ofMinutes(2));
				Child.Figures done = child.await("done", Stage.patience(events, 500));
				figures.put("rowsPerSecond", done.get("events") * 1e9 / done.get("nanos"));
				figures.put("cpuMicrosPerEvent", done.get("cpu") / 1e3 / done.get("events"));
				figures.put("wireBytesPerRow", (double) kafka.bytes(topic(run)) / events);
			}
			this.results.add(PART, this.workload.name(), contestant, round, figures);
			this.stage.progress()
				.log("%s, round %d, %s: %,.0f rows/s, %.1f us of the listener's CPU time and %,.0f bytes on the wire per row",
						PART, round, contestant.id(), figures.get("rowsPerSecond"), figures.get("cpuMicrosPerEvent"),
						figures.get("wireBytesPerRow"));
		});
	}

	/** The topic is full before, so that only the listeners limit. */
	private void work(Contestant starter, int round) throws InterruptedException {
		measure(WORK, starter, round, (kafka, run) -> {
			fill(starter, kafka, run, round);
			work(starter.with(ONE_LANE, "1 instance, 1 lane", Map.of()), kafka, run, round, 1, 1);
			work(starter.with(SIXTEEN_LANES, "2 instances, 8 lanes each", Map.of()), kafka, run, round, 2, 8);
		});
	}

	/** Without a listener, what limits is the connector, which is one thread. */
	private void fill(Contestant starter, BenchmarkKafka kafka, String run, int round)
			throws ContestantFailedException, InterruptedException {
		long events = this.workload.events();
		kafka.connect(run, connector(starter, run));
		long before = kafka.awaitRecords(topic(run), PARTITIONS, (long) (events * WARM_UP),
				Stage.patience(events, 500));
		long begin = System.nanoTime();
		Duration broker = kafka.brokerCpu();
		Duration worker = kafka.workerCpu();
		double measured = kafka.awaitRecords(topic(run), PARTITIONS, events, Stage.patience(events, 500)) - before;
		Map<String, Double> figures = Map.of("rowsPerSecond", measured * 1e9 / (System.nanoTime() - begin),
				"workerCpuMicrosPerEvent", kafka.workerCpu().minus(worker).toNanos() / 1e3 / measured,
				"brokerCpuMicrosPerEvent", kafka.brokerCpu().minus(broker).toNanos() / 1e3 / measured);
		this.results.add(FILL, this.workload.name(), starter, round, figures);
		this.stage.progress()
			.log("%s, round %d: %,.0f rows/s, %.1f us of CPU time of the worker and %.1f us of the broker per row",
					FILL, round, figures.get("rowsPerSecond"), figures.get("workerCpuMicrosPerEvent"),
					figures.get("brokerCpuMicrosPerEvent"));
	}

	private void work(Contestant contestant, BenchmarkKafka kafka, String run, int round, int instances, int lanes)
			throws ContestantFailedException, InterruptedException, IOException {
		Contestant group = contestant.with(contestant.id(), contestant.title(),
				Map.of("cdc.listener.concurrency", String.valueOf(lanes), "cdc.kafka.group-id", contestant.id()));
		long events = Math.min(this.workload.events(), this.perLane * instances * lanes);
		List<Child> children = new ArrayList<>();
		try {
			for (int i = 0; i < instances; i++) {
				children.add(start(group, kafka, run, 0, ONE_MILLISECOND));
			}
			long deadline = System.nanoTime() + Stage.patience(events, 400).toNanos();
			Count begin = await(children, (long) (events * WARM_UP), deadline);
			long measured = Math.min((long) (events * MEASURED),
					(long) ((this.workload.events() - begin.events()) * SHARED));
			Count end = await(children, begin.events() + measured, deadline);
			double rate = (end.events() - begin.events()) * 1e9 / (end.nanos() - begin.nanos());
			this.results.add(WORK, this.workload.name(), contestant, round, Map.of("rowsPerSecond", rate));
			this.stage.progress().log("%s, round %d, %s: %,.0f rows/s", WORK, round, contestant.id(), rate);
		}
		finally {
			for (Child child : children) {
				child.close();
			}
		}
	}

	/**
	 * Wait until all instances receive, and have received a number of events together.
	 */
	private static Count await(List<Child> children, long events, long deadline)
			throws ContestantFailedException, InterruptedException {
		while (true) {
			long counted = 0;
			boolean all = true;
			for (Child child : children) {
				long count = child.ask("count", "count").get("events");
				counted += count;
				all &= count > 0;
			}
			if (all && counted >= events) {
				return new Count(counted, System.nanoTime());
			}
			if (System.nanoTime() > deadline) {
				throw new ContestantFailedException("did not deliver " + events + " events in time");
			}
			Wait.micros(5_000);
		}
	}

	private Child start(Contestant contestant, BenchmarkKafka kafka, String run, long events, long work)
			throws IOException {
		Contestant connected = contestant.with(contestant.id(), contestant.title(),
				Map.of("spring.kafka.bootstrap-servers", kafka.bootstrapServers(), "spring.application.name", run));
		return this.stage.start(this.workload, connected, run, events, (long) (events * WARM_UP), work);
	}

	private String topic(String run) {
		return run + ".public.item_0000";
	}

	/** What is not set has the default of Debezium or Kafka Connect. */
	private Map<String, String> connector(Contestant contestant, String run) {
		boolean plain = contestant.settings().containsKey("schemas");
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("connector.class", plain ? "io.debezium.connector.postgresql.PostgresConnector"
				: "io.github.cdcspring.connect.CdcPostgresConnector");
		properties.put("tasks.max", "1");
		properties.put("database.hostname", "127.0.0.1");
		properties.put("database.port", String.valueOf(this.stage.server().port()));
		properties.put("database.user", BenchmarkServer.USER);
		properties.put("database.password", BenchmarkServer.USER);
		properties.put("database.dbname", this.workload.name());
		properties.put("topic.prefix", run);
		properties.put("slot.name", run);
		properties.put("plugin.name", "pgoutput");
		properties.put("publication.name", Workload.PUBLICATION);
		properties.put("publication.autocreate.mode", "disabled");
		properties.put("snapshot.mode", "no_data");
		if (plain) {
			properties.put("decimal.handling.mode", "string");
			for (String converter : List.of("key.converter", "value.converter")) {
				properties.put(converter, "org.apache.kafka.connect.json.JsonConverter");
				properties.put(converter + ".schemas.enable", contestant.settings().get("schemas"));
			}
		}
		else {
			for (String converter : List.of("key.converter", "value.converter", "header.converter")) {
				properties.put(converter, "io.github.cdcspring.connect.CdcConverter");
			}
			properties.put("value.converter.compact", "true");
		}
		return properties;
	}

	private void measure(String part, Contestant contestant, int round, Measurement measurement)
			throws InterruptedException {
		String run = this.stage.nextSlot();
		try {
			this.workload.copySlot(this.stage.server(), run);
			try (BenchmarkKafka kafka = BenchmarkKafka.start(this.stage.directory().resolve(run + "-kafka"))) {
				kafka.createTopics(List.of(topic(run)), PARTITIONS);
				kafka.createTopics(List.of(run + ".public.marker"), 1);
				measurement.run(kafka, run);
			}
			finally {
				this.stage.server().dropSlot(run);
			}
		}
		catch (ContestantFailedException | IOException | SQLException | IllegalStateException ex) {
			this.results.fail(part, this.workload.name(), contestant, round, String.valueOf(ex.getMessage()));
			this.stage.progress().log("%s: %s FAILED: %s", part, contestant.id(), ex.getMessage());
		}
	}

	/** Uses a broker and a worker. */
	private interface Measurement {

		void run(BenchmarkKafka kafka, String run) throws ContestantFailedException, InterruptedException, IOException;

	}

	/**
	 * A number of events at a time.
	 */
	private record Count(long events, long nanos) {
	}

}
