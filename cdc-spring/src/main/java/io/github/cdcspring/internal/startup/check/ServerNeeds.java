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

package io.github.cdcspring.internal.startup.check;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.listener.UnfitTable;
import io.github.cdcspring.internal.startup.CapturedTable;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.settings.OnFailure;

/**
 * What the listeners of an engine need of the server.
 *
 * @param tables what they need of each captured table
 * @param unknownTables the table patterns that match no table
 * @param ambiguousTables the table patterns without a schema that mean another table to
 * the session
 * @param snapshot whether the start may read existing rows
 * @param unfitTables the tables whose columns do not fit what a listener declares
 */
record ServerNeeds(Map<TableId, TableNeeds> tables, List<ListenedTable> unknownTables,
		List<ListenedTable> ambiguousTables, boolean snapshot, List<UnfitTable> unfitTables) {

	ServerNeeds(Map<TableId, TableNeeds> tables, List<ListenedTable> unknownTables, List<ListenedTable> ambiguousTables,
			boolean snapshot) {
		this(tables, unknownTables, ambiguousTables, snapshot, List.of());
	}

	ServerNeeds withUnfitTables(List<UnfitTable> unfitTables) {
		return new ServerNeeds(this.tables, this.unknownTables, this.ambiguousTables, this.snapshot, unfitTables);
	}

	/**
	 * Find out what listeners need.
	 * @param onFailure what happens to an event of a listener that does not declare it
	 */
	static ServerNeeds of(List<ListenerEndpoint> endpoints, OnFailure onFailure, SourceState source, boolean snapshot) {
		Map<TableId, TableNeeds> tables = new TreeMap<>();
		source.tableIds().forEach((table) -> tables.put(table, TableNeeds.of(endpoints, onFailure, table)));
		List<ListenedTable> unknown = new ArrayList<>();
		List<ListenedTable> ambiguous = new ArrayList<>();
		for (ListenerEndpoint endpoint : endpoints) {
			for (TablePattern pattern : endpoint.tables()) {
				if (source.unmatched().contains(pattern)) {
					unknown.add(new ListenedTable(endpoint.describe(), pattern));
				}
				else if (isAmbiguous(pattern, source.session().schemas())) {
					ambiguous.add(new ListenedTable(endpoint.describe(), pattern));
				}
			}
		}
		return new ServerNeeds(tables, unknown, ambiguous, snapshot);
	}

	private static boolean isAmbiguous(TablePattern pattern, Map<String, String> schemas) {
		if (pattern.qualified() || !pattern.isExact()) {
			return false;
		}
		TableId table = pattern.toTableId();
		return !schemas.getOrDefault(table.name(), table.schema()).equals(table.schema());
	}

	TableNeeds of(CapturedTable table) {
		return this.tables.getOrDefault(table.table(), TableNeeds.NONE);
	}

	/**
	 * A table pattern of a listener.
	 *
	 * @param listener the listener in words
	 * @param pattern the pattern
	 */
	record ListenedTable(String listener, TablePattern pattern) {

	}

	/**
	 * What listeners need of one table.
	 *
	 * @param operations the operations that they receive
	 * @param rowBefore the listeners in words that need the row before a change
	 * @param parking the listeners in words whose events are parked after a failure
	 */
	record TableNeeds(Set<Operation> operations, List<String> rowBefore, List<String> parking) {

		static final TableNeeds NONE = new TableNeeds(Set.of(), List.of(), List.of());

		static TableNeeds of(List<ListenerEndpoint> endpoints, OnFailure onFailure, TableId table) {
			Set<Operation> operations = EnumSet.noneOf(Operation.class);
			List<String> rowBefore = new ArrayList<>();
			List<String> parking = new ArrayList<>();
			for (ListenerEndpoint endpoint : endpoints) {
				for (Operation operation : endpoint.operations()) {
					if (endpoint.matches(operation, table)) {
						operations.add(operation);
					}
				}
				if (endpoint.tables().stream().noneMatch((pattern) -> pattern.matches(table))) {
					continue;
				}
				if (endpoint.wantsRowBefore()) {
					rowBefore.add(endpoint.describe());
				}
				if (((endpoint.onFailure() != null) ? endpoint.onFailure() : onFailure) == OnFailure.PARK) {
					parking.add(endpoint.describe());
				}
			}
			return new TableNeeds(operations, rowBefore, parking);
		}

	}

}
