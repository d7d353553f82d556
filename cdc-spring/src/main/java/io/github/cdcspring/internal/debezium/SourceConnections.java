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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.internal.row.PostgresType;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;

/**
 * The open connections of one Debezium engine. Classes that Debezium creates by name find
 * them by an id in Debezium's properties. They tell what Debezium does not tell of a
 * type.
 */
final class SourceConnections {

	/** The property with the id. */
	static final String PROPERTY = "cdc.connections";

	private static final char USUAL_DELIMITER = ',';

	private static final int BOX_ARRAY = 1020;

	/** PostgreSQL assigns smaller OIDs to built-in types only. */
	private static final int FIRST_OTHER_OID = 16_384;

	private static final String DELIMITER = "SELECT element.typdelim FROM pg_catalog.pg_type type "
			+ "JOIN pg_catalog.pg_type element ON element.oid = type.typelem WHERE type.oid = ?";

	private static final String MONEY_DIGITS = "SELECT pg_catalog.scale(1::pg_catalog.money::pg_catalog.numeric)";

	private static final Map<String, SourceConnections> engines = new ConcurrentHashMap<>();

	private final List<Connection> connections = new CopyOnWriteArrayList<>();

	private volatile int moneyDigits = PostgresType.UNKNOWN_DIGITS;

	private SourceConnections() {
	}

	static SourceConnections of(String id) {
		return engines.computeIfAbsent(id, (key) -> new SourceConnections());
	}

	static void discard(String id) {
		engines.remove(id);
	}

	void add(Connection connection) {
		this.connections.removeIf(SourceConnections::isClosed);
		this.connections.add(connection);
	}

	private static boolean isClosed(Connection connection) {
		try {
			return connection.isClosed();
		}
		catch (SQLException ex) {
			return true;
		}
	}

	/**
	 * The delimiter between the elements of an array type. It is a property of the
	 * element's type.
	 * @see <a href=
	 * "https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO">PostgreSQL: array
	 * input and output syntax</a>
	 */
	char delimiter(int arrayOid) {
		if (arrayOid == BOX_ARRAY) {
			return ';';
		}
		// An OID is unsigned
		if (arrayOid >= 0 && arrayOid < FIRST_OTHER_OID) {
			return USUAL_DELIMITER;
		}
		String delimiter = query((connection) -> delimiter(connection, Integer.toUnsignedLong(arrayOid)));
		return (delimiter != null) ? delimiter.charAt(0) : USUAL_DELIMITER;
	}

	/**
	 * How many digits the engine's sessions print of {@code money} after the decimal
	 * separator. Nothing but {@code lc_monetary} tells it, which the sessions keep from
	 * database and role.
	 * @return the digits, {@link PostgresType#UNKNOWN_DIGITS} if there is no connection
	 */
	int moneyDigits() {
		if (this.moneyDigits == PostgresType.UNKNOWN_DIGITS) {
			Integer digits = query(SourceConnections::moneyDigits);
			this.moneyDigits = (digits != null) ? digits : PostgresType.UNKNOWN_DIGITS;
		}
		return this.moneyDigits;
	}

	/**
	 * Run a query on a connection. A transaction that the query begins ends with it,
	 * because Debezium may not end it for long. One that Debezium has begun, such as that
	 * of a snapshot, remains.
	 * @return the result, {@code null} if there is no connection
	 */
	<T> @Nullable T query(Query<T> query) {
		for (Connection connection : this.connections) {
			if (!isClosed(connection)) {
				try {
					return query(connection, query);
				}
				catch (SQLException ex) {
					throw new ConnectException(ex);
				}
			}
		}
		return null;
	}

	private static <T> @Nullable T query(Connection connection, Query<T> query) throws SQLException {
		PgConnection session = connection.unwrap(PgConnection.class);
		if (session.getAutoCommit() || session.getTransactionState() != TransactionState.IDLE) {
			return query.run(connection);
		}
		try {
			return query.run(connection);
		}
		finally {
			// It has read only
			connection.rollback();
		}
	}

	private static Integer moneyDigits(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(MONEY_DIGITS);
				ResultSet results = statement.executeQuery()) {
			results.next();
			return results.getInt(1);
		}
	}

	private static @Nullable String delimiter(Connection connection, long arrayOid) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(DELIMITER)) {
			statement.setLong(1, arrayOid);
			try (ResultSet results = statement.executeQuery()) {
				return results.next() ? results.getString(1) : null;
			}
		}
	}

	/**
	 * Reads something from the catalog.
	 */
	@FunctionalInterface
	interface Query<T> {

		@Nullable T run(Connection connection) throws SQLException;

	}

}
