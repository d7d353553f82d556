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
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * A primary and a standby that receives its WAL and its failover slots. When the primary
 * is lost, the standby is promoted, and the lost node comes back as its standby. Each
 * node is reached through a proxy.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/logicaldecoding-explanation.html#LOGICALDECODING-REPLICATION-SLOTS-SYNCHRONIZATION">PostgreSQL:
 * replication slot synchronization</a>
 */
final class PostgresCluster implements Cluster {

	/** The physical slot of the standby, on whichever node is the primary. */
	private static final String STANDBY_SLOT = "standby";

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private final String database;

	private final Loss loss;

	private final Map<PostgresNode, TcpProxy> network = new HashMap<>();

	private PostgresNode primary;

	private @Nullable PostgresNode standby;

	private PostgresNode lost;

	private PostgresCluster(PostgresNode primary, String database, Loss loss) {
		this.primary = primary;
		this.database = database;
		this.loss = loss;
		this.lost = primary.sibling("two");
		for (PostgresNode node : List.of(this.primary, this.lost)) {
			this.network.put(node, TcpProxy.to("localhost", node.port()));
		}
	}

	/**
	 * Start a primary with an empty database, and its standby.
	 * @param loss how the primary is lost
	 */
	static PostgresCluster start(Path directory, String database, Loss loss) throws IOException, SQLException {
		PostgresNode primary = PostgresNode.create("one", directory);
		PostgresCluster cluster = new PostgresCluster(primary, database, loss);
		try {
			primary.set("synchronized_standby_slots", STANDBY_SLOT);
			primary.start();
			primary.query("CREATE DATABASE " + database);
			cluster.attachStandby();
			return cluster;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			cluster.close();
			throw ex;
		}
	}

	@Override
	public TestDatabase primary(String database) {
		return this.primary.database(database);
	}

	PostgresNode standby() {
		PostgresNode standby = this.standby;
		if (standby == null) {
			throw new IllegalStateException("There is no standby now");
		}
		return standby;
	}

	@Override
	public String jdbcUrl() {
		return "jdbc:postgresql://localhost:" + proxy(this.primary).port() + ",localhost:"
				+ proxy((this.standby != null) ? this.standby : this.lost).port() + "/" + this.database
				+ "?targetServerType=primary";
	}

	private TcpProxy proxy(PostgresNode node) {
		return Objects.requireNonNull(this.network.get(node));
	}

	@Override
	public List<String> arguments() {
		return List.of("--cdc.slot.survives-failover=failover_slot");
	}

	/** Build the lost node again as a standby of the primary, and wait for its stream. */
	@Override
	public void attachStandby() throws IOException, SQLException {
		PostgresNode node = this.lost;
		// A primary that nobody reaches still writes
		node.kill();
		this.primary.query("SELECT pg_create_physical_replication_slot('" + STANDBY_SLOT
				+ "', true) WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '" + STANDBY_SLOT
				+ "')");
		node.copyFrom(this.primary);
		node.set("primary_conninfo", "host=localhost port=" + proxy(this.primary).port() + " user=postgres dbname="
				+ this.database + " application_name=" + STANDBY_SLOT);
		node.set("primary_slot_name", STANDBY_SLOT);
		node.set("sync_replication_slots", "on");
		node.set("hot_standby_feedback", "on");
		node.set("wal_receiver_status_interval", "1s");
		node.set("wal_retrieve_retry_interval", "200ms");
		// In force once this node is the primary
		node.set("synchronized_standby_slots", STANDBY_SLOT);
		proxy(node).restore();
		node.start();
		this.standby = node;
		Wait.until("the standby receives WAL", TIMEOUT, this::isStandbyStreaming);
	}

	private boolean isStandbyStreaming() {
		return "t".equals(this.primary
			.query("SELECT bool_or(state = 'streaming') FROM pg_stat_replication WHERE application_name = '"
					+ STANDBY_SLOT + "'"));
	}

	/**
	 * Wait until every failover slot would survive a promotion. The standby creates such
	 * a slot as a temporary one, and keeps it once its own WAL reaches back far enough.
	 * @return whether there is such a slot, and all of them are kept
	 */
	@Override
	public boolean awaitReady(Duration timeout) {
		AtomicLong asked = new AtomicLong(System.nanoTime());
		return Wait.holds(timeout, () -> {
			if (System.nanoTime() - asked.get() > Duration.ofMillis(500).toNanos()) {
				asked.set(System.nanoTime());
				this.primary.query("SELECT pg_log_standby_snapshot()");
			}
			String slots = this.primary.query("SELECT count(*) FROM pg_replication_slots WHERE failover");
			return !"0".equals(slots) && String.valueOf(slots)
				.equals(standby().query("SELECT count(*) FROM pg_replication_slots WHERE synced AND NOT temporary "
						+ "AND invalidation_reason IS NULL"));
		});
	}

	/** Lose the primary and promote the standby. */
	@Override
	public String failOver() throws IOException {
		PostgresNode promoted = standby();
		String event = lose(this.primary);
		promoted.promote();
		this.lost = this.primary;
		this.primary = promoted;
		this.standby = null;
		return event;
	}

	private String lose(PostgresNode node) throws IOException {
		if (this.loss == Loss.KILLED) {
			node.kill();
			return "server killed";
		}
		proxy(node).drop();
		return "server unreachable";
	}

	@Override
	public void close() {
		this.network.values().forEach(TcpProxy::close);
		this.primary.close();
		this.lost.close();
		if (this.standby != null) {
			this.standby.close();
		}
	}

}
