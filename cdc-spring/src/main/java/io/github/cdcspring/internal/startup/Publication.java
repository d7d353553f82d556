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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Brings the publication in step with the captured tables, where that is allowed.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/sql-createpublication.html">PostgreSQL: CREATE
 * PUBLICATION</a>
 */
public final class Publication {

	private static final String EXISTS = "SELECT puballtables FROM pg_catalog.pg_publication WHERE pubname = ?";

	private static final String TABLES = "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables "
			+ "WHERE pubname = ?";

	private final String name;

	private final boolean create;

	public Publication(EngineSettings settings) {
		this.name = settings.publication().name();
		this.create = settings.publication().create();
	}

	/**
	 * Create or alter the publication so that it covers exactly the tables. One that the
	 * operator keeps is left as it is: that it covers them was checked before.
	 */
	public void cover(Collection<TableId> tables, Connection connection) throws SQLException {
		if (!this.create) {
			return;
		}
		Boolean all = allTables(connection);
		if (all == null) {
			execute("CREATE PUBLICATION " + SqlQuoting.identifier(this.name)
					+ (tables.isEmpty() ? "" : " FOR TABLE " + list(tables))
					+ " WITH (publish_via_partition_root = true)", connection);
		}
		else if (!all && !tables.isEmpty() && !covered(connection).equals(new TreeSet<>(tables))) {
			execute("ALTER PUBLICATION " + SqlQuoting.identifier(this.name) + " SET TABLE " + list(tables), connection);
		}
	}

	private @Nullable Boolean allTables(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(EXISTS)) {
			statement.setString(1, this.name);
			try (ResultSet result = statement.executeQuery()) {
				return result.next() ? result.getBoolean(1) : null;
			}
		}
	}

	private Set<TableId> covered(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
			statement.setString(1, this.name);
			try (ResultSet result = statement.executeQuery()) {
				Set<TableId> covered = new TreeSet<>();
				while (result.next()) {
					covered.add(new TableId(result.getString(1), result.getString(2)));
				}
				return covered;
			}
		}
	}

	private static void execute(String sql, Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String list(Collection<TableId> tables) {
		return tables.stream().map(SqlQuoting::table).collect(Collectors.joining(", "));
	}

}
