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
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import io.github.cdcspring.testsupport.TestDatabase;

/**
 * Servers of which one is the primary, and another one can become it.
 */
interface Cluster extends AutoCloseable {

	/** A database on the node that is the primary now. */
	TestDatabase primary(String database);

	/** A URL with all nodes, by which the driver finds the primary. */
	String jdbcUrl();

	/** What the application must be told of this cluster. */
	List<String> arguments();

	/**
	 * Wait until the cluster is complete and the application's slot would survive.
	 * @return whether it would
	 */
	boolean awaitReady(Duration timeout) throws IOException;

	/**
	 * Make another node the primary, and wait until it is.
	 * @return how, in words
	 */
	String failOver() throws IOException;

	/** Complete what the new primary needs to send to the application. */
	void attachStandby() throws IOException, SQLException;

	@Override
	void close();

}
