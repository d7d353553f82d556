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
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.MappedNames;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.core.ResolvableType;
import org.springframework.util.StringValueResolver;

/**
 * What one annotation asks for, with its placeholders resolved and its attributes checked
 * against each other.
 *
 * @param id the id, empty for the default
 * @param engine the engine's name
 * @param tables the tables
 * @param operations the operations, never empty
 * @param operationsNamed whether they are named, and not the defaults
 * @param columns the columns of which one must have changed, or empty
 * @param messages the prefixes of logical messages
 * @param inStreamOrder whether events come in the order of the stream
 * @param wholeTransactions whether a list is a transaction
 * @param onFailure what becomes of an event that it failed at, {@code null} for what the
 * engine's settings say
 */
record Subscription(String id, String engine, List<TablePattern> tables, Set<Operation> operations,
		boolean operationsNamed, Set<String> columns, Set<String> messages, boolean inStreamOrder,
		boolean wholeTransactions, @Nullable OnFailure onFailure) {

	private static final Set<Operation> ROW_OPERATIONS = Collections
		.unmodifiableSet(EnumSet.of(Operation.CREATE, Operation.UPDATE, Operation.DELETE, Operation.READ));

	/**
	 * Create a subscription.
	 * @param rowTypes the types of the rows that the method takes. They name the tables
	 * if the annotation names neither tables nor messages.
	 */
	static Subscription of(CdcListener annotation, Set<Type> rowTypes, StringValueResolver values,
			ListenerLocation location) {
		Set<String> messages = resolve("messages", annotation.messages(), values, location);
		Set<String> named = resolve("tables", annotation.tables(), values, location);
		List<TablePattern> tables = tables((named.isEmpty() && messages.isEmpty()) ? mappedTables(rowTypes) : named,
				location);
		Set<String> columns = resolve("columns", annotation.columns(), values, location);
		if (tables.isEmpty() && messages.isEmpty()) {
			throw location.refuse("names neither tables nor messages",
					"Name at least one, as in @CdcListener(\"orders\").");
		}
		Set<Operation> operations = operations(annotation, !tables.isEmpty(), !messages.isEmpty(), location);
		if (!columns.isEmpty() && !operations.contains(Operation.UPDATE)) {
			throw location.refuse("has 'columns', which filter updates, but receives no updates",
					"Add UPDATE to 'operations', or remove 'columns'.");
		}
		String id = resolve("id", annotation.id(), values, location);
		String engine = resolve("engine", annotation.engine(), values, location);
		return new Subscription(id, engine.isEmpty() ? ListenerRegistry.DEFAULT_ENGINE : engine, tables, operations,
				annotation.operations().length > 0, columns, messages,
				annotation.inStreamOrder() || annotation.wholeTransactions(), annotation.wholeTransactions(),
				onFailure(resolve("onFailure", annotation.onFailure(), values, location), location));
	}

	private static Set<String> mappedTables(Set<Type> rowTypes) {
		Set<String> tables = new LinkedHashSet<>();
		for (Type type : rowTypes) {
			String table = MappedNames.mappedTable(ResolvableType.forType(type).resolve(Object.class));
			if (table != null) {
				tables.add(table);
			}
		}
		return tables;
	}

	private static List<TablePattern> tables(Set<String> patterns, ListenerLocation location) {
		List<TablePattern> tables = new ArrayList<>(patterns.size());
		for (String pattern : patterns) {
			try {
				tables.add(TablePattern.parse(pattern));
			}
			catch (IllegalArgumentException ex) {
				throw location.refuse("has an invalid table pattern: " + ex.getMessage(),
						"Write schema.table, with * for any characters, and double quotes around a name with special "
								+ "characters.");
			}
		}
		return List.copyOf(tables);
	}

	private static Set<Operation> operations(CdcListener annotation, boolean tables, boolean messages,
			ListenerLocation location) {
		Set<Operation> operations = EnumSet.noneOf(Operation.class);
		operations.addAll(Arrays.asList(annotation.operations()));
		if (operations.isEmpty()) {
			if (tables) {
				operations.addAll(ROW_OPERATIONS);
			}
			if (messages) {
				operations.add(Operation.MESSAGE);
			}
			return Collections.unmodifiableSet(operations);
		}
		boolean message = operations.contains(Operation.MESSAGE);
		boolean others = !operations.equals(EnumSet.of(Operation.MESSAGE));
		if (message && !messages) {
			throw location.refuse("receives the operation MESSAGE but names no messages",
					"Name their prefixes in 'messages', or remove MESSAGE.");
		}
		if (!message && messages) {
			throw location.refuse("names messages but does not receive the operation MESSAGE",
					"Add MESSAGE to 'operations', or remove 'messages'.");
		}
		if (others && !tables) {
			throw location.refuse("receives the operations " + operations + " but names no tables",
					"Name the tables, or remove every operation except MESSAGE.");
		}
		if (!others && tables) {
			throw location.refuse("names tables but receives no operation on them",
					"Add operations other than MESSAGE, or remove 'tables'.");
		}
		return Collections.unmodifiableSet(operations);
	}

	private static @Nullable OnFailure onFailure(String text, ListenerLocation location) {
		if (text.isEmpty()) {
			return null;
		}
		for (OnFailure onFailure : OnFailure.values()) {
			if (onFailure.name().equalsIgnoreCase(text)) {
				return onFailure;
			}
		}
		throw location.refuse("has '" + LogSafe.of(text) + "' as 'onFailure', which is not a valid value",
				"Use 'stop', 'park' or 'skip'.");
	}

	private static Set<String> resolve(String attribute, String[] texts, StringValueResolver values,
			ListenerLocation location) {
		Set<String> resolved = new LinkedHashSet<>();
		for (String text : texts) {
			String value = resolve(attribute, text, values, location);
			if (value.isBlank()) {
				throw location.refuse(
						"has an empty value in '" + attribute + "'"
								+ (text.isBlank() ? "" : ", which " + text + " resolves to"),
						"Set a value, or remove it.");
			}
			resolved.add(value);
		}
		return Collections.unmodifiableSet(resolved);
	}

	private static String resolve(String attribute, String text, StringValueResolver values,
			ListenerLocation location) {
		try {
			String value = values.resolveStringValue(text);
			return (value != null) ? value : "";
		}
		catch (IllegalArgumentException | BeansException ex) {
			throw location.refuse("has a value in '" + attribute + "' that cannot be resolved: " + ex.getMessage(),
					"Set the property, or add a default to the placeholder.");
		}
	}

	/** Whether the listener receives rows of a table. */
	boolean receivesRows(TableId table) {
		return ROW_OPERATIONS.stream().anyMatch((operation) -> receives(operation, table));
	}

	/** Whether a table is named without a wildcard. */
	boolean names(TableId table) {
		return this.tables.stream().anyMatch((pattern) -> pattern.isExact() && pattern.matches(table));
	}

	boolean receives(Operation operation, TableId table) {
		if (!this.operations.contains(operation)) {
			return false;
		}
		for (TablePattern pattern : this.tables) {
			if (pattern.matches(table)) {
				return true;
			}
		}
		return false;
	}

}
