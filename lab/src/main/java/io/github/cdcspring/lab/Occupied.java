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

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What nobody else can have for a while: the connections, WAL senders or slots of a
 * server.
 */
final class Occupied implements AutoCloseable {

	private static final int MOST = 500;

	private final FaultScene scene;

	private final List<Connection> connections = new ArrayList<>();

	private final Opening opening;

	private int slots;

	private Occupied(FaultScene scene, Opening opening) {
		this.scene = scene;
		this.opening = opening;
	}

	/** All connections. */
	static Occupied connections(FaultScene scene) {
		return occupy(scene, () -> scene.server().database("postgres").connect());
	}

	/** All WAL senders. */
	static Occupied walSenders(FaultScene scene) {
		return occupy(scene, () -> {
			Properties properties = new Properties();
			properties.setProperty("user", "postgres");
			properties.setProperty("replication", "database");
			properties.setProperty("preferQueryMode", "simple");
			properties.setProperty("assumeMinServerVersion", "10");
			return DriverManager.getConnection(scene.database().jdbcUrl(), properties);
		});
	}

	/** All slots. */
	static Occupied slots(FaultScene scene) {
		Occupied occupied = new Occupied(scene, () -> {
			throw new SQLException("Slots are no connections");
		});
		try {
			while (occupied.slots < MOST) {
				scene.server().query("SELECT pg_create_physical_replication_slot('occupied_" + occupied.slots + "')");
				occupied.slots++;
			}
		}
		catch (IllegalStateException ex) {
			// There is none left
		}
		return occupied;
	}

	private static Occupied occupy(FaultScene scene, Opening opening) {
		Occupied occupied = new Occupied(scene, opening);
		occupied.fill();
		return occupied;
	}

	private void fill() {
		try {
			while (this.connections.size() < MOST) {
				this.connections.add(this.opening.open());
			}
		}
		catch (SQLException ex) {
			// There is none left
		}
	}

	/** Run a statement on one of the connections. */
	void execute(String sql) {
		try (Statement statement = this.connections.get(0).createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Keep them, and take those that become free meanwhile. */
	void hold(int millis) {
		long end = System.nanoTime() + millis * 1_000_000L;
		while (System.nanoTime() < end) {
			fill();
			Wait.pause(10);
		}
	}

	@Override
	public void close() {
		for (Connection connection : this.connections) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				// The server has ended it
			}
		}
		for (int slot = 0; slot < this.slots; slot++) {
			this.scene.server().query("SELECT pg_drop_replication_slot('occupied_" + slot + "')");
		}
	}

	@FunctionalInterface
	private interface Opening {

		Connection open() throws SQLException;

	}

}
