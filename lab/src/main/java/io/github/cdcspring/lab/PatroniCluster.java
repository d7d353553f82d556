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

package io.github.cdcspring.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.ChildProcess;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes that Patroni runs, with etcd, from Debian's packages. The application's
 * slot is a permanent logical slot of Patroni.
 *
 * @see <a href=
 * "https://patroni.readthedocs.io/en/latest/dynamic_configuration.html">Patroni: dynamic
 * configuration, slots</a>
 */
final class PatroniCluster implements Cluster {

	/** Where Debian's package has the programs of PostgreSQL. */
	static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int NODES = 3;

	private static final String SLOTS = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '%s'";

	/**
	 * Patroni copies a slot to a node that was built from a later backup, and copies it
	 * again when it moves it and finds that the WAL is missing. It copies it without its
	 * state of decoding, too.
	 */
	private static final String READY_SLOTS = """
			SELECT count(*) FROM pg_replication_slots,
				CAST(trunc((restart_lsn - '0/0') / 16777216) AS bigint) AS segment
			WHERE slot_name = '%s' AND EXISTS (SELECT FROM pg_ls_waldir() WHERE substr(name, 9)
				= upper(lpad(to_hex(segment / 256), 8, '0') || lpad(to_hex(segment %% 256), 8, '0')))
			AND EXISTS (SELECT FROM pg_ls_logicalsnapdir()
				WHERE name = replace(restart_lsn::text, '/', '-') || '.snap')""";

	private final String database;

	private final String slot;

	private final boolean synchronous;

	private final Loss loss;

	private final List<PatroniNode> nodes = new ArrayList<>();

	private final ChildProcess etcd;

	private final Thread hook = new Thread(this::killNodes, "lab-patroni");

	private int events;

	private PatroniCluster(Path directory, String database, String slot, boolean synchronous, Loss loss)
			throws IOException {
		this.database = database;
		this.slot = slot;
		this.synchronous = synchronous;
		this.loss = loss;
		int port = PatroniNode.freePort();
		String address = "127.0.0.1:" + port;
		String peer = "http://127.0.0.1:" + PatroniNode.freePort();
		this.etcd = ChildProcess.start(
				new ProcessBuilder("etcd", "--data-dir", directory.resolve("etcd").toString(), "--listen-client-urls",
						"http://" + address, "--advertise-client-urls", "http://" + address, "--listen-peer-urls", peer,
						"--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer)
					.redirectErrorStream(true)
					.redirectOutput(directory.resolve("etcd.log").toFile()));
		Runtime.getRuntime().addShutdownHook(this.hook);
		for (int i = 1; i <= NODES; i++) {
			PatroniNode node = new PatroniNode("node" + i, directory, port);
			node.configure(bootstrap());
			this.nodes.add(node);
		}
	}

	/** Why there can be no such cluster here, {@code null} if there can. */
	static @Nullable String missing() {
		List<String> missing = Stream.of(Path.of("/usr/bin/patroni"), Path.of("/usr/bin/etcd"), BINARIES)
			.filter(Files::notExists)
			.map(Path::toString)
			.toList();
		return missing.isEmpty() ? null
				: String.join(", ", missing) + " missing. Run: apt-get install patroni etcd-server postgresql-15";
	}

	/**
	 * Start the nodes, create a database, and have Patroni create the slot.
	 * @param synchronous whether a commit waits for a replica
	 * @param loss how a primary is lost
	 * @param prepare creates what must be older than the slot
	 */
	static PatroniCluster start(Path directory, String database, String slot, boolean synchronous, Loss loss,
			Preparation prepare) throws IOException, SQLException {
		PatroniCluster cluster = new PatroniCluster(directory, database, slot, synchronous, loss);
		try {
			cluster.nodes.get(0).start();
			Wait.until("the first node is the primary", TIMEOUT, () -> cluster.nodes.get(0).is("primary"));
			cluster.nodes.get(0).database("postgres").execute("CREATE DATABASE " + database);
			prepare.prepare(cluster.nodes.get(0).database(database));
			cluster.nodes.get(0).patchConfiguration(cluster.slotConfiguration());
			cluster.nodes.forEach((node) -> {
				if (!node.isRunning()) {
					node.start();
				}
			});
			Wait.until("Patroni has created the slot on all nodes", TIMEOUT, () -> cluster.isComplete(SLOTS));
			return cluster;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			cluster.close();
			throw ex;
		}
	}

	private String bootstrap() {
		return """
				dcs:
				  ttl: 20
				  loop_wait: 1
				  retry_timeout: 3
				  primary_start_timeout: 0
				  master_start_timeout: 0
				  maximum_lag_on_failover: 1048576
				  synchronous_mode: %s
				  postgresql:
				    use_pg_rewind: true
				    use_slots: true
				    parameters:
				      wal_level: logical
				      wal_log_hints: 'on'
				      hot_standby_feedback: 'on'
				      wal_keep_size: 256MB
				      wal_receiver_status_interval: 1
				      wal_sender_timeout: 4s
				""".formatted(this.synchronous);
	}

	private String slotConfiguration() {
		return """
				{"slots": {"%s": {"type": "logical", "database": "%s", "plugin": "pgoutput"}}}
				""".formatted(this.slot, this.database);
	}

	private PatroniNode leader() {
		AtomicReference<@Nullable PatroniNode> found = new AtomicReference<>();
		Wait.until("a node is the primary", TIMEOUT, () -> {
			found.set(findLeader());
			return found.get() != null;
		});
		return Objects.requireNonNull(found.get());
	}

	private @Nullable PatroniNode findLeader() {
		return this.nodes.stream().filter((node) -> node.isRunning() && node.is("primary")).findFirst().orElse(null);
	}

	/**
	 * Whether there is a primary with two replicas, and a query finds the slot on all of
	 * them. Patroni writes to etcd which replica is synchronous only after PostgreSQL
	 * knows it, and without that no replica takes over.
	 */
	private boolean isComplete(String slots) {
		PatroniNode leader = findLeader();
		return leader != null
				&& String.valueOf(NODES - 1)
					.equals(leader.query("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND "
							+ "application_name LIKE 'node%'"))
				&& (!this.synchronous || this.nodes.stream().anyMatch((node) -> node.is("synchronous")))
				&& this.nodes.stream()
					.allMatch((node) -> (node == leader || node.is("replica"))
							&& "1".equals(node.query(slots.formatted(this.slot))));
	}

	/** How others reach the nodes. */
	List<PatroniNetwork> networks() {
		return this.nodes.stream().map(PatroniNode::network).toList();
	}

	@Override
	public TestDatabase primary(String database) {
		return leader().database(database);
	}

	@Override
	public String jdbcUrl() {
		return "jdbc:postgresql://"
				+ this.nodes.stream().map((node) -> node.network().server()).collect(Collectors.joining(",")) + "/"
				+ this.database + "?targetServerType=primary";
	}

	@Override
	public List<String> arguments() {
		return List.of("--cdc.slot.name=" + this.slot, "--cdc.slot.survives-failover=patroni", "--cdc.slot.patroni-url="
				+ this.nodes.stream().map((node) -> "http://" + node.network().api()).collect(Collectors.joining(",")));
	}

	@Override
	public boolean awaitReady(Duration timeout) throws IOException {
		for (PatroniNode node : this.nodes) {
			node.network().restore();
		}
		this.nodes.stream().filter((node) -> !node.isRunning()).forEach(PatroniNode::start);
		return Wait.holds(timeout, () -> isComplete(READY_SLOTS));
	}

	@Override
	public String failOver() throws IOException {
		PatroniNode leader = leader();
		String event = lose(leader);
		Wait.until("another node is the primary", TIMEOUT,
				() -> this.nodes.stream()
					.anyMatch((node) -> node != leader && node.isRunning()
							&& "f".equals(node.query("SELECT pg_is_in_recovery()")) && node.is("primary")));
		return event;
	}

	/**
	 * If it is killed: a switchover, a kill of the server, and of the machine, in turn.
	 */
	private String lose(PatroniNode leader) throws IOException {
		if (this.loss == Loss.UNREACHABLE) {
			leader.network().drop();
			return "machine unreachable";
		}
		return switch (this.events++ % 3) {
			case 0 -> {
				leader.switchOver(candidate(leader).name());
				yield "switchover";
			}
			case 1 -> {
				leader.killServer();
				yield "server killed";
			}
			default -> {
				leader.killAll();
				yield "server and Patroni killed";
			}
		};
	}

	/** In synchronous mode, only the synchronous standby may take over. */
	private PatroniNode candidate(PatroniNode leader) {
		String synchronous = leader.query("SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'");
		return this.nodes.stream()
			.filter((node) -> node != leader && (synchronous == null || node.name().equals(synchronous)))
			.findFirst()
			.orElseThrow();
	}

	@Override
	public void attachStandby() {
		// The primary sends without a standby
	}

	private void killNodes() {
		this.nodes.forEach(PatroniNode::close);
	}

	@Override
	public void close() {
		killNodes();
		this.etcd.kill();
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// It runs already
		}
	}

	/**
	 * Prepares the database.
	 */
	@FunctionalInterface
	interface Preparation {

		void prepare(TestDatabase database) throws IOException, SQLException;

	}

}
