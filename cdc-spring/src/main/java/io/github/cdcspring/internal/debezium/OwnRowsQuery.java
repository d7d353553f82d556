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

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.debezium.annotation.ConnectorSpecific;
import io.debezium.snapshot.spi.SnapshotQuery;
import io.github.cdcspring.TableId;

/**
 * Reads the rows of a table in a snapshot, without those of tables that inherit from it:
 * the server sends their changes under the name of their own table.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-property-snapshot-query-mode">Debezium:
 * snapshot.query.mode</a>
 * @see <a href= "https://www.postgresql.org/docs/current/ddl-inherit.html">PostgreSQL:
 * inheritance</a>
 */
@ConnectorSpecific(connector = EngineConnector.class)
public final class OwnRowsQuery implements SnapshotQuery {

	/** The name under which Debezium finds this class. */
	public static final String NAME = "cdc_own_rows";

	private Set<String> unpartitioned = Set.of();

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(Map<String, ?> properties) {
		RunContext context = RunContext.find((String) properties.get(RunContext.PROPERTY));
		if (context != null) {
			this.unpartitioned = context.unpartitioned()
				.stream()
				.map(OwnRowsQuery::quoted)
				.collect(Collectors.toUnmodifiableSet());
		}
	}

	/** As Debezium names the table. */
	private static String quoted(TableId table) {
		return new io.debezium.relational.TableId(null, table.schema(), table.name()).toDoubleQuotedString();
	}

	@Override
	public Optional<String> snapshotQuery(String table, List<String> columns) {
		if (columns.isEmpty()) {
			return Optional.empty();
		}
		// A partitioned table has no rows of its own
		String only = this.unpartitioned.contains(table) ? "ONLY " : "";
		return Optional.of("SELECT " + String.join(", ", columns) + " FROM " + only + table);
	}

}
