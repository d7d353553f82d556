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

package io.github.cdcspring.internal.debezium;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the sessions on the server that read rows. A database or a role may set
 * them to values that change the text that the server sends, or that end a snapshot. The
 * driver itself sets {@code client_encoding}, {@code DateStyle} and {@code TimeZone}.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/runtime-config-client.html">PostgreSQL: client
 * connection defaults</a>
 */
public final class SessionSettings {

	private static final Map<String, String> SETTINGS = new TreeMap<>(
			Map.of("bytea_output", "hex", "extra_float_digits", "3", "IntervalStyle", "postgres",
					"quote_all_identifiers", "off", "standard_conforming_strings", "on", "statement_timeout", "0",
					"lock_timeout", "0", "idle_in_transaction_session_timeout", "0"));

	/**
	 * Settings of newer servers, by the version that brought them. An older server would
	 * refuse a connection whose options name them. They end a session that waits for the
	 * stream, and a transaction that reads a large table or decodes for a slow consumer.
	 */
	private static final Map<String, Integer> NEWER = Map.of("idle_session_timeout", 14, "transaction_timeout", 17);

	private static final String OPTIONS = SETTINGS.entrySet()
		.stream()
		.map((setting) -> "-c " + setting.getKey() + "=" + setting.getValue())
		.collect(Collectors.joining(" "));

	private SessionSettings() {
	}

	/**
	 * Return the value of the driver property {@code options}.
	 * @param own the value that the application has set. The settings of this class
	 * override it.
	 * @return the value
	 */
	public static String options(@Nullable String own) {
		return (own != null) ? own + " " + OPTIONS : OPTIONS;
	}

	/**
	 * Make the settings that a startup option cannot make: those that only newer servers
	 * know, and the search path, for which the driver's {@code currentSchema} wins. The
	 * connection is closed if that fails.
	 * @param connection a new connection that reads rows; it may speak the replication
	 * protocol
	 * @throws SQLException if they cannot be made
	 */
	public static void apply(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			// The server leaves out a schema of the path when it writes a name, as of a
			// regclass
			statement.execute("SET search_path = pg_catalog");
			int version = connection.getMetaData().getDatabaseMajorVersion();
			for (Map.Entry<String, Integer> setting : NEWER.entrySet()) {
				if (version >= setting.getValue()) {
					statement.execute("SET " + setting.getKey() + " = 0");
				}
			}
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

}
