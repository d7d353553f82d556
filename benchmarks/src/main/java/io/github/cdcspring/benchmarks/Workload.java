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
import java.util.List;

/**
 * Changes that all contestants receive: a database of its own, filled once, and a slot
 * that stands before them, of which each contestant gets a copy.
 *
 * @param name the name, also of its database and slot
 * @param title what it is, for people
 * @param rows the type of its rows
 * @param events how many events there are
 * @param schema the statements that make it
 * @param tables the tables, for the publication
 * @param load makes the changes
 */
record Workload(String name, String title, String rows, long events, List<String> schema, String tables, Load load) {

	static final String PUBLICATION = "bench";

	void prepare(BenchmarkServer server) throws SQLException, IOException, InterruptedException {
		server.execute("postgres", "CREATE DATABASE " + this.name);
		server.execute(this.name, this.schema.toArray(String[]::new));
		server.execute(this.name, "CREATE TABLE marker (id int PRIMARY KEY)",
				"CREATE PUBLICATION " + PUBLICATION + " FOR TABLE marker, " + this.tables,
				"SELECT pg_create_logical_replication_slot('" + this.name + "', 'pgoutput')");
		this.load.run(server, this.name);
		server.execute(this.name, "INSERT INTO marker VALUES (1)");
	}

	void copySlot(BenchmarkServer server, String copy) throws SQLException {
		server.execute(this.name, isLive() ? "SELECT pg_create_logical_replication_slot('" + copy + "', 'pgoutput')"
				: "SELECT pg_copy_logical_replication_slot('" + this.name + "', '" + copy + "')");
	}

	/** Whether the changes are made while contestants receive them. */
	private boolean isLive() {
		return this.events == 0;
	}

	void drop(BenchmarkServer server) throws SQLException {
		server.dropSlot(this.name);
		server.execute("postgres", "DROP DATABASE " + this.name + " WITH (FORCE)");
	}

	/** Makes the changes. */
	interface Load {

		void run(BenchmarkServer server, String database) throws SQLException, IOException, InterruptedException;

	}

}
