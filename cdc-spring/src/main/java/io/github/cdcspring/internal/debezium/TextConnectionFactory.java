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

import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.jdbc.JdbcConnection;
import org.postgresql.Driver;

/**
 * Opens Debezium's connections. Their result sets return the server's text as the value
 * of every column, see {@link TextResults}. Debezium creates this class by its name.
 */
public final class TextConnectionFactory implements JdbcConnection.ConnectionFactory {

	/** The names are those of Debezium's properties. */
	private static final String URL = "jdbc:postgresql://${hostname}:${port}/${dbname}";

	private final JdbcConnection.ConnectionFactory connections = JdbcConnection.patternBasedFactory(URL,
			Driver.class.getName(), Driver.class.getClassLoader());

	@Override
	public Connection connect(JdbcConfiguration configuration) throws SQLException {
		Connection connection = this.connections.connect(configuration);
		SessionSettings.apply(connection);
		if (configuration.hasKey("replication")) {
			return connection;
		}
		String id = configuration.getString(SourceConnections.PROPERTY);
		if (id != null) {
			SourceConnections.of(id).add(connection);
		}
		return TextResults.of(connection);
	}

}
