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

import java.sql.SQLException;

import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The server process at the other end of Debezium's replication connection.
 */
final class WalSender {

	private volatile @Nullable JdbcConnection connection;

	void connectedBy(ReplicationConnection connection) {
		this.connection = (connection instanceof JdbcConnection jdbc) ? jdbc : null;
	}

	/**
	 * Its process id, as the server has told the driver.
	 * @return the id, {@code null} while there is no connection
	 */
	@Nullable Integer pid() {
		JdbcConnection connection = this.connection;
		try {
			return (connection != null && connection.isConnected())
					? connection.connection(false).unwrap(PGConnection.class).getBackendPID() : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

}
