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

package io.github.cdcspring.samples.ledger.check;

import java.io.IOException;
import java.sql.SQLException;

import io.github.cdcspring.testsupport.TestDatabase;

/**
 * The load that pgbench calls "TPC-B (sort of)".
 *
 * @see <a href="https://www.postgresql.org/docs/current/pgbench.html">PostgreSQL:
 * pgbench</a>
 */
interface Load {

	/** Create and fill the four tables in the source. */
	void initialise(int scale) throws IOException, SQLException, InterruptedException;

	/**
	 * Run the load and wait for its end.
	 * @param transactions how many in all
	 * @param clients how many connections
	 * @param rate transactions a second, 0 for as many as go
	 */
	void run(int transactions, int clients, int rate) throws IOException, SQLException, InterruptedException;

	/** Who runs it. */
	String name();

	static Load of(Options options, TestDatabase source) {
		return switch (options.load()) {
			case PGBENCH -> new PgbenchProgram(source, options);
			case JDBC -> new PgbenchStatements(source.dataSource(), options);
			case AUTO -> PgbenchProgram.isInstalled() ? new PgbenchProgram(source, options)
					: new PgbenchStatements(source.dataSource(), options);
		};
	}

}
