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

package io.github.cdcspring.samples.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.ChangeEvent;

/**
 * The changes of a batch that were not delivered before, to any instance.
 */
final class FirstDeliveries {

	private static final String RECORD = """
			INSERT INTO ledger_delivery (table_name, key, lsn) SELECT ?, key, lsn FROM unnest(?::int4[], ?::int8[]) AS e (key, lsn)
			ON CONFLICT DO NOTHING RETURNING key, lsn""";

	private final Set<Delivery> deliveries = new HashSet<>();

	private FirstDeliveries() {
	}

	/**
	 * Record the changes of a batch in its transaction.
	 */
	static FirstDeliveries record(Connection connection, String table, List<? extends ChangeEvent<?>> events)
			throws SQLException {
		FirstDeliveries first = new FirstDeliveries();
		List<? extends ChangeEvent<?>> changes = events.stream().filter((event) -> !event.snapshot()).toList();
		try (PreparedStatement statement = connection.prepareStatement(RECORD)) {
			statement.setString(1, table);
			statement.setArray(2, connection.createArrayOf("int4", changes.stream().map(KeyedMirror::key).toArray()));
			statement.setArray(3,
					connection.createArrayOf("int8", changes.stream().map((event) -> event.lsn().value()).toArray()));
			try (ResultSet result = statement.executeQuery()) {
				while (result.next()) {
					first.deliveries.add(new Delivery(result.getInt(1), result.getLong(2)));
				}
			}
		}
		return first;
	}

	/**
	 * Take a change out.
	 * @return whether it is delivered for the first time
	 */
	boolean remove(int key, long lsn) {
		return this.deliveries.remove(new Delivery(key, lsn));
	}

	private record Delivery(int key, long lsn) {

	}

}
