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
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.startup.CapturedTable;
import io.github.cdcspring.internal.startup.PublicationState;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the publication sends what listeners receive, or can be made to.
 */
final class PublicationChecks {

	static final SafetyRule<CheckContext> MISSING = SafetyRule.strict("publication-missing",
			PublicationChecks::missing);

	static final SafetyRule<CheckContext> RIGHT = SafetyRule.strict("publication-right", PublicationChecks::right);

	static final SafetyRule<CheckContext> COVERAGE = SafetyRule.strict("publication-coverage",
			PublicationChecks::coverage);

	static final SafetyRule<CheckContext> OPERATIONS = SafetyRule.strict("publication-operations",
			PublicationChecks::operations);

	static final SafetyRule<CheckContext> PARTITION_ROOT = SafetyRule.strict("publication-partition-root",
			PublicationChecks::partitionRoot);

	static final SafetyRule<CheckContext> PARTITION_SENT_AS_ROOT = SafetyRule.strict("partition-sent-as-root",
			PublicationChecks::partitionSentAsRoot);

	static final SafetyRule<CheckContext> FILTER = SafetyRule.acceptable("publication-filter",
			"Changes that the publication filters out never arrive.", PublicationChecks::filter);

	private static final Map<Operation, String> OPERATION_NAMES = new EnumMap<>(Map.of(Operation.CREATE, "insert",
			Operation.UPDATE, "update", Operation.DELETE, "delete", Operation.TRUNCATE, "truncate"));

	private PublicationChecks() {
	}

	private static void missing(CheckContext context, Findings findings) {
		SourceState source = context.source();
		if (!context.engine().publication().create() && source.publication() == null) {
			findings.add(
					"Publication '" + context.publicationName() + "' does not exist in database '"
							+ source.session().database() + "', and " + doesNotCreate(context)
							+ ". Without a publication no change arrives.",
					creation(context, "Run: ").or()
						.setting("Or set ", context.settings().name("publication.create") + "=true", "."),
					statements(context), "publication.name", "publication.create");
		}
	}

	private static void right(CheckContext context, Findings findings) {
		SourceState source = context.source();
		boolean standby = source.server().inRecovery();
		String obstacle = standby ? "a standby accepts no writes" : missingRight(context);
		if (context.publication().isToBeWritten(source) && obstacle != null) {
			findings.add("Publication '" + context.publicationName() + "' "
					+ ((source.publication() != null) ? "does not cover all captured tables and cannot be changed: "
							: "does not exist and cannot be created: ")
					+ obstacle + ".",
					creation(context, "Run " + (standby ? "on the primary" : "as a superuser") + ": ").or()
						.setting("Or set ", context.settings().name("publication.create") + "=false",
								" and maintain the publication yourself."),
					statements(context), "publication.name", "publication.create");
		}
	}

	private static Steps creation(CheckContext context, String before) {
		List<String> statements = statements(context);
		return statements.isEmpty() ? new Steps()
			.text("Create the tables of the listeners first: without them, there is nothing to publish. "
					+ "The next start says how to publish them.")
				: new Steps().sql(before, statements);
	}

	/** A publication without a table would be accepted, and no change would arrive. */
	private static List<String> statements(CheckContext context) {
		return (context.source().tables().isEmpty() && !context.needs().unknownTables().isEmpty()) ? List.of()
				: List.of(context.publication().coverStatement(context.source()));
	}

	private static @Nullable String missingRight(CheckContext context) {
		SourceState source = context.source();
		PublicationState publication = source.publication();
		List<String> missing = new ArrayList<>();
		if (publication == null && !source.session().createInDatabase()) {
			missing.add("has no CREATE right on database '" + source.session().database() + "'");
		}
		if (publication != null && !publication.owned()) {
			missing.add("does not own it");
		}
		Set<TableId> added = context.publication().missing(source);
		Set<TableId> foreign = source.tableIds((table) -> !table.rights().owned() && added.contains(table.table()));
		if (!foreign.isEmpty()) {
			missing.add("does not own " + LogSafe.tables(foreign));
		}
		return missing.isEmpty() ? null : "role '" + source.session().role() + "' " + String.join(", and ", missing);
	}

	private static void coverage(CheckContext context, Findings findings) {
		PublicationState publication = context.source().publication();
		if (publication == null || context.publication().isToBeWritten(context.source())) {
			return;
		}
		Set<TableId> missing = context.source().tableIds((table) -> !isCovered(table, publication));
		if (!missing.isEmpty()) {
			findings.add(
					"Publication '" + context.publicationName() + "' does not cover " + LogSafe.tables(missing)
							+ ", and " + doesNotCreate(context) + ". Changes of these tables would never arrive.",
					new Steps().sql("Run: ", context.publication().addStatement(missing))
						.or()
						.setting("Or set ", context.settings().name("publication.create") + "=true", "."),
					List.of(context.publication().addStatement(missing)), "publication.name", "publication.create");
		}
	}

	/**
	 * A table that is sent under another name is covered; other checks look at the name.
	 * A partition that is published without its root is always sent under its own name.
	 */
	private static boolean isCovered(CapturedTable table, PublicationState publication) {
		return publication.covered().contains(table.table())
				|| !publication.viaRoot() && table.partitioned()
						&& table.leaves().stream().anyMatch(publication.covered()::contains)
				|| table.ancestors().stream().anyMatch(publication.covered()::contains);
	}

	private static String doesNotCreate(CheckContext context) {
		return context.settings().with("publication.create", false);
	}

	private static void operations(CheckContext context, Findings findings) {
		PublicationState publication = context.source().publication();
		if (publication == null) {
			return;
		}
		Set<String> missing = new LinkedHashSet<>();
		List<TableId> tables = new ArrayList<>();
		for (CapturedTable table : context.source().tables()) {
			Set<String> missingHere = names(context.needs().of(table).operations());
			missingHere.removeAll(publication.operations());
			if (!missingHere.isEmpty()) {
				missing.addAll(missingHere);
				tables.add(table.table());
			}
		}
		if (!missing.isEmpty()) {
			Set<String> all = new LinkedHashSet<>(publication.operations());
			all.addAll(missing);
			findings.add(
					"Publication '" + context.publicationName() + "' does not publish " + inOrder(missing)
							+ ", which listeners of " + LogSafe.tables(tables) + " receive. They would never arrive.",
					new Steps().sql("Run: ", context.publication().setStatement("publish = '" + inOrder(all) + "'")),
					"publication.name");
		}
	}

	private static Set<String> names(Set<Operation> operations) {
		return OPERATION_NAMES.entrySet()
			.stream()
			.filter((name) -> operations.contains(name.getKey()))
			.map(Map.Entry::getValue)
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private static String inOrder(Set<String> names) {
		return OPERATION_NAMES.values().stream().filter(names::contains).collect(Collectors.joining(", "));
	}

	private static void partitionRoot(CheckContext context, Findings findings) {
		PublicationState publication = context.source().publication();
		Set<TableId> partitioned = context.source().tableIds(CapturedTable::partitioned);
		if (publication != null && !publication.viaRoot() && !partitioned.isEmpty()) {
			findings.add(
					"Publication '" + context.publicationName() + "' sends changes of " + LogSafe.tables(partitioned)
							+ " under the names of the partitions, so listeners of the partitioned table would never "
							+ "receive them.",
					new Steps().sql("Run: ", context.publication().setStatement("publish_via_partition_root = true")),
					"publication.name");
		}
	}

	private static void partitionSentAsRoot(CheckContext context, Findings findings) {
		SourceState source = context.source();
		PublicationState publication = source.publication();
		if (publication != null && !publication.viaRoot()) {
			return;
		}
		Set<TableId> covered = new TreeSet<>((publication != null) ? publication.covered() : Set.of());
		if (context.publication().isToBeWritten(source)) {
			covered.addAll(source.tableIds());
		}
		for (CapturedTable table : source.tables()) {
			table.ancestors()
				.stream()
				.filter(covered::contains)
				.reduce((nearer, farther) -> farther)
				.ifPresent((root) -> partitionSentAsRoot(context, table.table(), root, findings));
		}
	}

	private static void partitionSentAsRoot(CheckContext context, TableId partition, TableId root, Findings findings) {
		findings.add(
				"Publication '" + context.publicationName() + "' sends changes of " + LogSafe.tables(List.of(partition))
						+ " under the name of " + LogSafe.tables(List.of(root))
						+ ", its partitioned table, so listeners of the partition would never receive them.",
				"Listen to " + LogSafe.tables(List.of(root)) + " instead.", "publication.name");
	}

	private static void filter(CheckContext context, Findings findings) {
		PublicationState publication = context.source().publication();
		if (publication == null) {
			return;
		}
		for (TableId table : context.source().tableIds()) {
			String filter = publication.filters().getOrDefault(table, "");
			if (!filter.isEmpty()) {
				findings.add(
						"Publication '" + context.publicationName() + "' sends of " + LogSafe.tables(List.of(table))
								+ " only " + filter + ". Other changes would never arrive.",
						new Steps().sql("Run: ", context.publication().removeFilterStatements(table)),
						"publication.name");
			}
		}
	}

}
