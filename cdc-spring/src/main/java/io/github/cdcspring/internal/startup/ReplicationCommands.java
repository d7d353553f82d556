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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.ConnectionSource;
import org.postgresql.PGProperty;

/**
 * Commands of the replication protocol. Each one opens a connection of its own and closes
 * it; the role needs {@code REPLICATION}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">
 * PostgreSQL: Streaming Replication Protocol</a>
 */
public final class ReplicationCommands implements TimelineHistory {

	private final ConnectionSource source;

	/**
	 * Create the commands.
	 * @param source opens connections with the properties of {@link #properties}
	 */
	public ReplicationCommands(ConnectionSource source) {
		this.source = source;
	}

	/**
	 * Connection properties for the replication protocol.
	 * @param properties the other properties: user, password, SSL
	 * @return a copy with the properties of the protocol added
	 */
	public static Properties properties(Properties properties) {
		Properties all = new Properties();
		all.putAll(properties);
		PGProperty.REPLICATION.set(all, "database");
		PGProperty.PREFER_QUERY_MODE.set(all, "simple");
		PGProperty.ASSUME_MIN_SERVER_VERSION.set(all, "10");
		return all;
	}

	/**
	 * Read the identifier of the cluster and the timeline.
	 */
	SystemIdentity identifySystem() throws SQLException {
		try (Connection connection = this.source.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
			row.next();
			return new SystemIdentity(row.getString("systemid"), row.getInt("timeline"));
		}
	}

	@Override
	public Map<Integer, Lsn> endsBefore(int timeline) throws SQLException {
		try (Connection connection = this.source.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
			row.next();
			return parse(row.getString("content"));
		}
	}

	/**
	 * Parse a timeline history file: a line for each ancestor, with its timeline and its
	 * end, and comments.
	 */
	static Map<Integer, Lsn> parse(String content) {
		Map<Integer, Lsn> ends = new HashMap<>();
		content.lines()
			.map(String::strip)
			.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
			.forEach((line) -> {
				String[] fields = line.split("\\s+", 3);
				ends.put(Integer.valueOf(fields[0]), Lsn.parse(fields[1]));
			});
		return ends;
	}

	/**
	 * The identity of a server.
	 *
	 * @param systemIdentifier the identifier of the cluster
	 * @param timeline the timeline
	 */
	record SystemIdentity(String systemIdentifier, int timeline) {

	}

}
