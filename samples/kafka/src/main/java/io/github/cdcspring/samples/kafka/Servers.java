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

package io.github.cdcspring.samples.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.samples.ledger.check.Ledger;
import io.github.cdcspring.samples.ledger.check.Resources;
import io.github.cdcspring.samples.ledger.check.Sample;
import io.github.cdcspring.samples.ledger.check.Victim;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.KafkaServers;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

import org.springframework.util.FileSystemUtils;

/**
 * All processes of a run: PostgreSQL, broker, worker, and two instances of the
 * application.
 */
final class Servers implements Victim {

	private static final int INSTANCES = 2;

	/** The consumer group, see {@code application-kafka.yml}. */
	private static final String GROUP = "ledger";

	private static final int PARTITIONS = 8;

	private static final Duration JOIN = Duration.ofMinutes(2);

	private final KafkaOptions options;

	private final EmbeddedPostgresServer postgres;

	private final KafkaServers kafka;

	private final Ledger ledger;

	private final List<Sample> instances = new ArrayList<>();

	private final List<String> urls = new ArrayList<>();

	private int kills;

	Servers(KafkaOptions options, int accounts, Resources resources)
			throws IOException, SQLException, InterruptedException {
		this.options = options;
		Path directory = options.ledger().directory();
		FileSystemUtils.deleteRecursively(directory.resolve("kafka"));
		this.kafka = resources
			.add(KafkaServers.startApart(Files.createDirectories(directory.resolve("kafka")), PARTITIONS));
		this.postgres = resources.add(EmbeddedPostgresServer.builder()
			.dataDirectory(directory.resolve("data"))
			.setting("max_wal_size", "4GB")
			.withoutShutdownHook()
			.start());
		this.ledger = resources.add(Ledger.create(options.ledger(), this.postgres, accounts));
		this.kafka.await();
		createTopic("ledger.public.pgbench_history");
		Path password = Files.writeString(directory.resolve("kafka").resolve("database.properties"),
				"password=" + this.ledger.source().password() + "\n");
		for (int i = 1; i <= INSTANCES; i++) {
			this.instances.add(resources.add(instance("instance-" + i, password)));
		}
	}

	/** Rows of a table without a key are in order only if the topic has one partition. */
	private void createTopic(String name) throws InterruptedException {
		try (Admin admin = admin()) {
			admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Sample instance(String name, Path password) throws IOException {
		int port = EmbeddedPostgresServer.freePort();
		this.urls.add("http://127.0.0.1:" + port + "/actuator/cdc");
		return new Sample(name, List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
				this.options.ledger(), this.ledger.source(), this.ledger.mirror(),
				List.of("--spring.profiles.active=kafka", "--ledger.instance=" + name, "--server.port=" + port,
						"--spring.kafka.bootstrap-servers=" + this.kafka.bootstrapServers(),
						"--cdc.kafka.connect.url=" + this.kafka.connectUrl(),
						"--cdc.kafka.connect.password-reference=file:" + password + ":password"));
	}

	/** Start the instances. The first one creates the connector. */
	void startInstances() throws SQLException, InterruptedException {
		int count = 0;
		for (Sample instance : this.instances) {
			instance.start();
			this.ledger.awaitStarts(++count, this);
		}
	}

	/** Wait until each instance has partitions. */
	void awaitSharing() throws InterruptedException {
		long deadline = System.nanoTime() + JOIN.toNanos();
		try (Admin admin = admin()) {
			while (members(admin) < INSTANCES) {
				check();
				if (System.nanoTime() > deadline) {
					throw new IllegalStateException("An instance has received no partition in time. See the logs in "
							+ this.options.ledger().directory());
				}
				TimeUnit.MILLISECONDS.sleep(200);
			}
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static long members(Admin admin) throws InterruptedException, ExecutionException {
		return admin.describeConsumerGroups(List.of(GROUP))
			.all()
			.get()
			.values()
			.stream()
			.flatMap((group) -> group.members().stream())
			.filter((member) -> !member.assignment().topicPartitions().isEmpty())
			.count();
	}

	private Admin admin() {
		return Admin.create(Map.of("bootstrap.servers", this.kafka.bootstrapServers()));
	}

	Ledger ledger() {
		return this.ledger;
	}

	TestDatabase mirror() {
		return this.ledger.mirror();
	}

	String postgres() {
		return "127.0.0.1:" + this.postgres.port();
	}

	KafkaServers kafka() {
		return this.kafka;
	}

	/** Where the instances show their engines. */
	List<String> urls() {
		return this.urls;
	}

	@Override
	public void check() {
		this.kafka.check();
		this.instances.forEach(Sample::check);
	}

	private Target target() {
		List<Target> targets = this.options.targets();
		return targets.get(this.kills % targets.size());
	}

	private Sample instance() {
		return this.instances.get(this.kills / this.options.targets().size() % INSTANCES);
	}

	@Override
	public String kill() throws IOException {
		switch (target()) {
			case WORKER -> this.kafka.killWorker();
			case BROKER -> this.kafka.killBroker();
			case POSTGRES -> this.postgres.kill();
			case INSTANCE -> {
				return instance().kill();
			}
		}
		return target().name().toLowerCase(Locale.ROOT);
	}

	@Override
	public void start() throws IOException {
		switch (target()) {
			case WORKER -> this.kafka.startWorker();
			case BROKER -> this.kafka.startBroker();
			case POSTGRES -> this.postgres.startAgain();
			case INSTANCE -> instance().start();
		}
		this.kills++;
	}

	int kills() {
		return this.kills;
	}

	/**
	 * Ask the instances to end, and wait.
	 * @return whether all did so in time
	 */
	boolean stopInstances() {
		boolean stopped = true;
		for (Sample instance : this.instances) {
			stopped &= instance.stop();
		}
		return stopped;
	}

}
