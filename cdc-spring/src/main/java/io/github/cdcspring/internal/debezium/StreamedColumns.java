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

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.debezium.config.Configuration;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.relational.ColumnFilterMode;
import io.debezium.relational.RelationalDatabaseSchema;
import io.debezium.relational.TableId;
import io.debezium.relational.Tables.ColumnNameFilter;
import io.debezium.relational.Tables.ColumnNameFilterFactory;

/**
 * Which columns the events have. A snapshot leaves out the columns that the server did
 * not send when the engine started. The server may begin to send one while the engine
 * runs, or may have sent it before, so a change has every column with which the stream
 * describes its table, unless the application leaves it out.
 */
final class StreamedColumns implements ColumnNameFilter {

	/** The properties with the values that the application has set. */
	static final String INCLUDED = "cdc.column.include.list";

	static final String EXCLUDED = "cdc.column.exclude.list";

	private final ColumnNameFilter snapshot;

	private final ColumnNameFilter application;

	private final Map<String, Set<String>> described = new ConcurrentHashMap<>();

	StreamedColumns(CdcSourceTaskContext<PostgresConnectorConfig> context) {
		this.snapshot = context.getConfig().getColumnFilter();
		this.application = application(context.getRawConfig());
	}

	private static ColumnNameFilter application(Configuration config) {
		String included = config.getString(INCLUDED);
		if (included != null) {
			return ColumnNameFilterFactory.createIncludeListFilter(included, ColumnFilterMode.SCHEMA);
		}
		String excluded = config.getString(EXCLUDED);
		return (excluded != null) ? ColumnNameFilterFactory.createExcludeListFilter(excluded, ColumnFilterMode.SCHEMA)
				: (catalog, schema, table, column) -> true;
	}

	/**
	 * Make Debezium's schema use this filter. Debezium has no setting for it.
	 */
	void installIn(PostgresSchema schema) {
		try {
			Field filter = RelationalDatabaseSchema.class.getDeclaredField("columnFilter");
			filter.setAccessible(true);
			filter.set(schema, this);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw new IllegalStateException("This version of Debezium does not let the starter choose the columns of "
					+ "changes. Use a version of Debezium that the starter supports.", ex);
		}
	}

	/**
	 * The stream describes a table.
	 * @param columns the columns that the server sends
	 */
	void described(TableId table, Collection<String> columns) {
		this.described.put(key(table.schema(), table.table()), Set.copyOf(columns));
	}

	@Override
	public boolean matches(String catalog, String schema, String table, String column) {
		Set<String> columns = this.described.get(key(schema, table));
		return (columns != null && columns.contains(column)) ? this.application.matches(catalog, schema, table, column)
				: this.snapshot.matches(catalog, schema, table, column);
	}

	private static String key(String schema, String table) {
		return schema.length() + "." + schema + table;
	}

}
