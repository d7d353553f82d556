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

package io.github.cdcspring.internal.listener;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.RowMappingException;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.LogSafe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the columns of the captured tables with what the listeners declare, before an
 * event arrives.
 */
public final class RowBindings {

	private static final Logger logger = LoggerFactory.getLogger(RowBindings.class);

	private final List<ListenerEndpoint> endpoints;

	private final Function<Type, RowMapper<?>> mapperFor;

	/** What was logged already. */
	private final Set<String> said = ConcurrentHashMap.newKeySet();

	RowBindings(List<ListenerEndpoint> endpoints, Function<Type, RowMapper<?>> mapperFor) {
		this.endpoints = endpoints;
		this.mapperFor = mapperFor;
	}

	/**
	 * Find the listeners that a table does not fit.
	 * @param table the table
	 * @param columns its columns
	 * @param deleted the columns that the server sends of a deleted row
	 * @return the table with each listener that it does not fit
	 */
	public List<UnfitTable> unfit(TableId table, List<TableColumn> columns, Collection<String> deleted) {
		List<UnfitTable> unfit = new ArrayList<>();
		for (ListenerEndpoint endpoint : this.endpoints) {
			if (endpoint.receivesRows(table)) {
				check(endpoint, table, columns, deleted, unfit);
			}
		}
		return unfit;
	}

	private void check(ListenerEndpoint endpoint, TableId table, List<TableColumn> columns, Collection<String> deleted,
			List<UnfitTable> unfit) {
		for (Type type : endpoint.rowTypes()) {
			try {
				RowMapper<?> mapper = this.mapperFor.apply(type);
				mapper.check(table, columns);
				if (endpoint.matches(Operation.DELETE, table)) {
					checkDeleted(endpoint, mapper, table, columns, deleted, unfit);
				}
			}
			catch (RowMappingException ex) {
				unfit.add(unfit(endpoint, table, ex.problem(), ex.action()));
			}
		}
		for (String column : endpoint.columns()) {
			if (columns.stream().noneMatch((candidate) -> candidate.name().equals(column))) {
				unfit.add(unfit(endpoint, table,
						"Table " + table + " has no column '" + LogSafe.of(column)
								+ "', which 'columns' names. The columns are "
								+ String.join(", ", columns.stream().map(TableColumn::name).toList()) + ".",
						"Fix the name in 'columns'."));
			}
		}
	}

	private static void checkDeleted(ListenerEndpoint endpoint, RowMapper<?> mapper, TableId table,
			List<TableColumn> columns, Collection<String> deleted, List<UnfitTable> unfit) {
		try {
			mapper.checkDeleted(table, columns, deleted);
		}
		catch (RowMappingException ex) {
			unfit.add(new UnfitTable(table, endpoint.describe(), endpoint.names(table) && endpoint.namesOperations(),
					true, ex.problem(), ex.action()));
		}
	}

	private static UnfitTable unfit(ListenerEndpoint endpoint, TableId table, String problem, String action) {
		return new UnfitTable(table, endpoint.describe(), endpoint.names(table), false, problem, action);
	}

	/**
	 * Log once which tables do not fit, but do not prevent the start: only a wildcard
	 * matches them, and they may never have a row. Or the listener receives deletes by
	 * default, and the table may never have one.
	 * @param unfit the tables that do not fit
	 * @param named whether a table that a listener names does not prevent the start
	 * either
	 */
	public void log(List<UnfitTable> unfit, boolean named) {
		for (UnfitTable each : unfit) {
			if (named || !each.named()) {
				warn("The " + each.listener() + " will fail at " + (each.deleted() ? "each DELETE" : "the first row")
						+ " of " + each.table() + ". " + each.problem() + " " + each.action());
			}
		}
	}

	/**
	 * Log once which properties of beans a table has no column for.
	 * @param table the table
	 * @param columns its columns
	 */
	public void log(TableId table, List<TableColumn> columns) {
		for (ListenerEndpoint endpoint : this.endpoints) {
			if (endpoint.receivesRows(table)) {
				endpoint.rowTypes().forEach((type) -> logUnmatched(endpoint, type, table, columns));
			}
		}
	}

	private void logUnmatched(ListenerEndpoint endpoint, Type type, TableId table, List<TableColumn> columns) {
		try {
			List<String> properties = this.mapperFor.apply(type).check(table, columns);
			if (!properties.isEmpty()) {
				warn("No column of " + table + " matches the " + ((properties.size() > 1) ? "properties " : "property ")
						+ String.join(", ", properties) + " of " + type.getTypeName() + ", which the "
						+ endpoint.describe() + " takes, so they keep their initial value. The columns are "
						+ String.join(", ", columns.stream().map(TableColumn::name).toList())
						+ ". Name the column with @Column. Mark a property that is no column as transient, or declare it Optional.");
			}
		}
		catch (RowMappingException ex) {
			// Is among the tables that do not fit
		}
	}

	private void warn(String message) {
		if (this.said.add(message)) {
			logger.warn("{}", message);
		}
	}

}
