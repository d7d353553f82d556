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
 * The changes that all contestants receive. Each workload has its own database, which is
 * filled once, and a slot that precedes the changes. Each contestant gets a copy of the
 * slot.
 *
 * @param name the name of the workload, its database and its slot
 * @param title the title in reports
 * @param rows the name of the row type
 * @param events the number of events
 * @param schema the statements that create the schema
 * @param tables the tables of the publication
 * @param load writes the changes
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

	/** Whether the changes are written while contestants receive them. */
	private boolean isLive() {
		return this.events == 0;
	}

	void drop(BenchmarkServer server) throws SQLException {
		server.dropSlot(this.name);
		server.execute("postgres", "DROP DATABASE " + this.name + " WITH (FORCE)");
	}

	/** Writes the changes. */
	interface Load {

		void run(BenchmarkServer server, String database) throws SQLException, IOException, InterruptedException;

	}

}
