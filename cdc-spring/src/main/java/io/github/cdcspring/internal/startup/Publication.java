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
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.settings.EngineSettings;

/**
 * The publication of an engine: the one source of its SQL, whether the engine executes it
 * or a refusal shows it.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/sql-createpublication.html">PostgreSQL: CREATE
 * PUBLICATION</a>
 */
public final class Publication {

	/** Shorter than the timeout of the connection. */
	private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

	private static final int PUBLISHES_STORED_COLUMNS_SINCE = 180000;

	private final String name;

	private final boolean create;

	public Publication(EngineSettings settings) {
		this.name = settings.publication().name();
		this.create = settings.publication().create();
	}

	/**
	 * Create the publication, or add the captured tables that it lacks. It is never
	 * reduced: another application, or a former version of this one, may need the rest. A
	 * publication that the operator maintains is left as it is.
	 * @throws SQLTransientException if another application altered it meanwhile
	 * @throws NotReadyException if another session locks a table that is to be added
	 */
	public void cover(SourceState source, Connection connection) throws SQLException {
		if (isToBeWritten(source)) {
			try {
				write(coverStatement(source), connection);
			}
			catch (SQLException ex) {
				if (SqlState.is(ex, SqlState.DUPLICATE_OBJECT)) {
					throw new SQLTransientException(
							"Publication '" + this.name + "' was altered by another application at the same time", ex);
				}
				if (SqlState.is(ex, SqlState.LOCK_NOT_AVAILABLE)) {
					throw new LockedTables(missing(source)).notReady(this.name, connection);
				}
				throw ex;
			}
		}
	}

	/**
	 * The server continues to wait for a lock that the client gives up. The session that
	 * waits would keep the start lock.
	 */
	private static void write(String sql, Connection connection) throws SQLException {
		boolean autoCommit = connection.getAutoCommit();
		connection.setAutoCommit(false);
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT.toMillis() + "ms'");
			statement.execute(sql);
			connection.commit();
		}
		catch (SQLException ex) {
			if (!connection.isClosed()) {
				connection.rollback();
			}
			throw ex;
		}
		finally {
			if (!connection.isClosed()) {
				connection.setAutoCommit(autoCommit);
			}
		}
	}

	/**
	 * Whether the engine is about to create or alter the publication.
	 */
	public boolean isToBeWritten(SourceState source) {
		PublicationState publication = source.publication();
		if (!this.create) {
			return false;
		}
		return publication == null || !missing(source).isEmpty();
	}

	/**
	 * The statement that makes the publication cover the captured tables.
	 */
	public String coverStatement(SourceState source) {
		if (source.publication() != null) {
			return addStatement(missing(source));
		}
		String tables = SqlQuoting.tables(source.tableIds());
		return "CREATE PUBLICATION " + SqlQuoting.identifier(this.name)
				+ (tables.isEmpty() ? "" : " FOR TABLE " + tables) + " WITH (publish_via_partition_root = true"
				+ (publishesStoredColumns(source) ? ", publish_generated_columns = stored" : "") + ");";
	}

	/**
	 * A snapshot contains generated columns, so the stream should contain them, too.
	 */
	private static boolean publishesStoredColumns(SourceState source) {
		return source.server().versionNumber() >= PUBLISHES_STORED_COLUMNS_SINCE;
	}

	/**
	 * The captured tables that the publication does not cover.
	 */
	public Set<TableId> missing(SourceState source) {
		PublicationState publication = source.publication();
		if (publication != null && publication.allTables()) {
			return Set.of();
		}
		return source.tableIds((table) -> publication == null || !publication.covered().contains(table.table()));
	}

	/**
	 * The statement that adds tables.
	 */
	public String addStatement(Collection<TableId> tables) {
		return alter("ADD TABLE " + SqlQuoting.tables(tables));
	}

	/**
	 * The statements that publish a table without row filter and column list.
	 */
	public List<String> removeFilterStatements(TableId table) {
		return List.of(alter("DROP TABLE " + SqlQuoting.table(table)), alter("ADD TABLE " + SqlQuoting.table(table)));
	}

	/**
	 * The statement that sets a parameter.
	 * @param parameter such as {@code publish = 'insert'}
	 */
	public String setStatement(String parameter) {
		return alter("SET (" + parameter + ")");
	}

	private String alter(String action) {
		return "ALTER PUBLICATION " + SqlQuoting.identifier(this.name) + " " + action + ";";
	}

}
