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
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.listener.UnfitTable;
import io.github.cdcspring.internal.startup.CapturedTable;
import io.github.cdcspring.internal.startup.PublicationState;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * Checks on the captured tables.
 */
final class TableChecks {

	static final SafetyRule<CheckContext> UNKNOWN = SafetyRule.strict("unknown-table", TableChecks::unknown);

	static final SafetyRule<CheckContext> AMBIGUOUS = SafetyRule.acceptable("ambiguous-table",
			"The listeners may receive another table than the one that the application writes.",
			TableChecks::ambiguous);

	static final SafetyRule<CheckContext> TABLE_NAME = SafetyRule.acceptable("table-name",
			"Rows of the one table may arrive as rows of the other, or not at all.", TableChecks::tableName);

	static final SafetyRule<CheckContext> COLUMN_NAME = SafetyRule.strict("column-name", TableChecks::columnName);

	static final SafetyRule<CheckContext> SKIPPED = SafetyRule.acceptable("skipped-table",
			"No row and no change of these tables arrives.", TableChecks::skipped);

	static final SafetyRule<CheckContext> SNAPSHOT_RIGHT = SafetyRule.strict("snapshot-right",
			TableChecks::snapshotRight);

	static final SafetyRule<CheckContext> SNAPSHOT_ROW_SECURITY = SafetyRule.acceptable("snapshot-row-security",
			"The snapshot misses the rows that row security hides from the role.", TableChecks::snapshotRowSecurity);

	static final SafetyRule<CheckContext> REPLICA_IDENTITY = SafetyRule.acceptable("replica-identity",
			"UPDATE and DELETE on these tables fail, in every application.", TableChecks::replicaIdentity);

	static final SafetyRule<CheckContext> GENERATED_IDENTITY = SafetyRule.acceptable("generated-identity",
			"UPDATE and DELETE on these tables fail, in every application.", TableChecks::generatedIdentity);

	static final SafetyRule<CheckContext> GENERATED_KEY = SafetyRule.acceptable("generated-key",
			"Changes of these tables carry a part of the key, or none, and a snapshot carries the whole key.",
			TableChecks::generatedKey);

	static final SafetyRule<CheckContext> INHERITANCE = SafetyRule.acceptable("inheritance",
			"Neither the rows of these tables nor their changes are delivered.", TableChecks::inheritance);

	static final SafetyRule<CheckContext> UNLOGGED_PARTITION = SafetyRule.acceptable("unlogged-partition",
			"Changes in these partitions are not delivered, although a snapshot reads their rows.",
			TableChecks::unloggedPartition);

	static final SafetyRule<CheckContext> ROW_BEFORE = SafetyRule.acceptable("row-before",
			"The row before a change contains the key at most, and listeners that choose columns may not see what changed.",
			TableChecks::rowBefore);

	static final SafetyRule<CheckContext> ROW_BINDING = SafetyRule.acceptable("row-binding",
			"The listener fails at the first row of the table.", TableChecks::rowBinding);

	static final SafetyRule<CheckContext> DELETE_BINDING = SafetyRule.acceptable("delete-binding",
			"The listener fails at each DELETE of the table.", TableChecks::deleteBinding);

	static final SafetyRule<CheckContext> PARKING = SafetyRule.strict("parking-incomplete-key", TableChecks::parking);

	private static final List<String> SKIPPED_SCHEMAS = List.of("pg_catalog", "information_schema");

	private static final String SKIPPED_TABLE = "spatial_ref_sys";

	private static final int PUBLISHES_STORED_COLUMNS_SINCE = 180000;

	private TableChecks() {
	}

	private static void unknown(CheckContext context, Findings findings) {
		for (ServerNeeds.ListenedTable unknown : context.needs().unknownTables()) {
			findings.add(
					"The " + unknown.listener() + " listens to '" + LogSafe.of(unknown.pattern()) + "', but database '"
							+ context.source().session().database() + "' has no such permanent table."
							+ searchPath(unknown.pattern(), context.source().session().searchPath()),
					"Create the table before the application starts, or fix the name: write it as PostgreSQL stores it, "
							+ "'table' or 'schema.table'.");
		}
	}

	private static String searchPath(TablePattern pattern, List<String> searchPath) {
		boolean elsewhere = searchPath.isEmpty() || !"public".equals(searchPath.get(0));
		return (elsewhere && pattern.toString().startsWith("public."))
				? " A name without a schema means 'public', although the search_path of the connection is '"
						+ LogSafe.of(String.join(", ", searchPath)) + "'."
				: "";
	}

	private static void ambiguous(CheckContext context, Findings findings) {
		SourceState.Session session = context.source().session();
		for (ServerNeeds.ListenedTable ambiguous : context.needs().ambiguousTables()) {
			TableId meant = ambiguous.pattern().toTableId();
			String other = LogSafe
				.tables(List.of(new TableId(session.schemas().getOrDefault(meant.name(), ""), meant.name())));
			findings.add("The " + ambiguous.listener() + " listens to '" + LogSafe.of(meant.name()) + "', which means "
					+ LogSafe.tables(List.of(meant)) + ". To SQL over the same connection it means " + other
					+ ", because of the search_path '" + LogSafe.of(String.join(", ", session.searchPath()))
					+ "'. Changes of that table would not arrive.", "Name the schema in @CdcListener.");
		}
	}

	private static void tableName(CheckContext context, Findings findings) {
		for (CapturedTable table : context.source().tables()) {
			if (!table.namesakes().isEmpty()) {
				findings.add(
						"Debezium cannot tell " + LogSafe.tables(List.of(table.table())) + " from "
								+ LogSafe.tables(table.namesakes()) + ": both names are '"
								+ LogSafe.of(table.table().schema() + "." + table.table().name())
								+ "' to it. Rows of the one table could arrive with the columns of the other.",
						"Rename one of the tables or schemas.");
			}
		}
	}

	private static void columnName(CheckContext context, Findings findings) {
		for (CapturedTable table : context.source().tables()) {
			List<String> alike = ColumnNames.alike(table.columns().all());
			if (!alike.isEmpty()) {
				findings.add("Debezium cannot tell columns of " + LogSafe.tables(List.of(table.table()))
						+ " apart, because their names differ only in upper and lower case or in quotes around them: "
						+ LogSafe.of(String.join(", ", alike))
						+ ". A snapshot would lack one of them, and the first change would stop the engine.",
						"Rename one of them.");
			}
			List<String> quoted = ColumnNames.quoted(table.columns().all());
			if (alike.isEmpty() && !quoted.isEmpty()) {
				findings.add("The names of columns of " + LogSafe.tables(List.of(table.table()))
						+ " begin and end with a quote: " + LogSafe.of(String.join(", ", quoted))
						+ ". Debezium removes these quotes from changes, so a snapshot and changes would name the columns "
						+ "differently.", "Rename these columns.");
			}
		}
	}

	/**
	 * Debezium compares these names without regard to case.
	 */
	private static void skipped(CheckContext context, Findings findings) {
		List<TableId> skipped = context.source()
			.tableIds()
			.stream()
			.filter((table) -> SKIPPED_SCHEMAS.contains(table.schema().toLowerCase(Locale.ROOT))
					|| SKIPPED_TABLE.equalsIgnoreCase(table.name()))
			.toList();
		if (!skipped.isEmpty()) {
			findings.add(
					"Debezium takes " + LogSafe.tables(skipped)
							+ " for tables of the server or of PostGIS, and skips their rows and changes.",
					"Listen to other tables, or rename these tables.");
		}
	}

	private static void snapshotRight(CheckContext context, Findings findings) {
		List<CapturedTable> unreadable = context.source()
			.tables()
			.stream()
			.filter((table) -> !table.rights().readable() || !table.rights().schemaUsable())
			.toList();
		if (context.needs().snapshot() && !unreadable.isEmpty()) {
			String role = context.source().session().role();
			List<String> grants = grants(unreadable, SqlQuoting.identifier(role));
			findings.add(
					"Role '" + role + "' has no right to read " + LogSafe.tables(ids(unreadable))
							+ ", so the snapshot (" + context.settings().snapshotMode() + ") would fail.",
					new Steps().sql("Run: ", grants)
						.or()
						.setting("Or set ", context.settings().name("snapshot.mode") + "=no_data", "."),
					grants, "connection.username", "snapshot.mode");
		}
	}

	private static List<String> grants(List<CapturedTable> unreadable, String role) {
		String schemas = unreadable.stream()
			.filter((table) -> !table.rights().schemaUsable())
			.map((table) -> SqlQuoting.identifier(table.table().schema()))
			.distinct()
			.collect(Collectors.joining(", "));
		List<TableId> tables = ids(unreadable.stream().filter((table) -> !table.rights().readable()).toList());
		List<String> grants = new ArrayList<>();
		if (!schemas.isEmpty()) {
			grants.add("GRANT USAGE ON SCHEMA " + schemas + " TO " + role + ";");
		}
		if (!tables.isEmpty()) {
			grants.add("GRANT SELECT ON " + SqlQuoting.tables(tables) + " TO " + role + ";");
		}
		return grants;
	}

	private static void snapshotRowSecurity(CheckContext context, Findings findings) {
		List<CapturedTable> hidden = context.source()
			.tables()
			.stream()
			.filter((table) -> table.rights().rowSecurity())
			.toList();
		if (context.needs().snapshot() && !hidden.isEmpty()) {
			String role = context.source().session().role();
			String statement = "ALTER ROLE " + SqlQuoting.identifier(role) + " WITH BYPASSRLS;";
			findings.add(
					"Row security hides rows of " + LogSafe.tables(ids(hidden)) + " from role '" + role
							+ "'. The snapshot (" + context.settings().snapshotMode()
							+ ") would miss these rows, although their later changes arrive.",
					new Steps().sql("Run as a superuser: ", statement)
						.or()
						.setting("Or set ", context.settings().name("snapshot.mode") + "=no_data", "."),
					List.of(statement), "connection.username", "snapshot.mode");
		}
	}

	private static void replicaIdentity(CheckContext context, Findings findings) {
		if (!publishesChangesOfRows(context)) {
			return;
		}
		List<TableId> without = relatives(context, CapturedTable::withoutIdentity);
		if (!without.isEmpty()) {
			List<String> statements = fullIdentityStatements(without);
			findings.add(
					"Rows of " + LogSafe.tables(without)
							+ " have no replica identity, such as a primary key. While publication '"
							+ context.publicationName()
							+ "' publishes their updates or deletes, every UPDATE and DELETE on them fails, in every "
							+ "application.",
					new Steps().sql("Add a primary key, or run: ", statements), statements, "publication.name");
		}
	}

	private static boolean publishesChangesOfRows(CheckContext context) {
		PublicationState publication = context.source().publication();
		return publication == null || publication.operations().contains("update")
				|| publication.operations().contains("delete");
	}

	private static void generatedIdentity(CheckContext context, Findings findings) {
		PublicationState publication = context.source().publication();
		if (!publishesChangesOfRows(context)) {
			return;
		}
		List<TableId> stored = relatives(context, CapturedTable::withStoredIdentity);
		if (!stored.isEmpty() && publication != null && !publication.storedColumns()) {
			findings.add("The replica identity of " + LogSafe.tables(stored)
					+ " contains a stored generated column, which publication '" + context.publicationName()
					+ "' does not publish. Every UPDATE and DELETE on these tables fails, in every application.",
					publishGeneratedColumns(context), "publication.name");
		}
		List<TableId> virtual = relatives(context, CapturedTable::withVirtualIdentity);
		if (!virtual.isEmpty()) {
			findings.add("The replica identity of " + LogSafe.tables(virtual)
					+ " is FULL, and contains a virtual generated column, which PostgreSQL cannot publish. While "
					+ "publication '" + context.publicationName()
					+ "' covers these tables, every UPDATE and DELETE on them fails, in every application.",
					new Steps().sql("Run: ",
							virtual.stream()
								.map((table) -> "ALTER TABLE " + SqlQuoting.table(table) + " REPLICA IDENTITY DEFAULT;")
								.toList()),
					"publication.name");
		}
	}

	private static Steps publishGeneratedColumns(CheckContext context) {
		return new Steps().sql("Run: ", context.publication().setStatement("publish_generated_columns = stored"));
	}

	/**
	 * If updates and deletes are published, PostgreSQL 18 refuses them, which is judged
	 * by itself.
	 */
	private static void generatedKey(CheckContext context, Findings findings) {
		boolean publishable = context.source().server().versionNumber() >= PUBLISHES_STORED_COLUMNS_SINCE;
		for (CapturedTable table : context.source().tables()) {
			List<String> key = table.columns().unsentKey();
			boolean refused = publishesChangesOfRows(context) && !table.withStoredIdentity().isEmpty();
			if (!key.isEmpty() && !refused) {
				findings.add(
						"The primary key of " + LogSafe.tables(List.of(table.table()))
								+ " contains generated columns that the server does not send: "
								+ LogSafe.of(String.join(", ", key))
								+ ". Changes would carry another key than the rows of a snapshot.",
						publishable ? publishGeneratedColumns(context)
								: new Steps()
									.text("Use a primary key without generated columns, or listen to other tables."),
						"publication.name");
			}
		}
	}

	private static List<TableId> relatives(CheckContext context, Function<CapturedTable, List<TableId>> relatives) {
		return context.source()
			.tables()
			.stream()
			.flatMap((table) -> relatives.apply(table).stream())
			.distinct()
			.toList();
	}

	private static void inheritance(CheckContext context, Findings findings) {
		Set<TableId> captured = context.source().tableIds();
		List<TableId> missing = relatives(context, CapturedTable::heirs).stream()
			.filter((heir) -> !captured.contains(heir))
			.toList();
		if (!missing.isEmpty()) {
			findings
				.add("The rows of " + LogSafe.tables(missing) + " belong to a captured table as well, from which these "
						+ "tables inherit. But the server sends their changes under the name of their own table, to "
						+ "which no listener listens, and a snapshot reads them under that name only.",
						"Listen to these tables, too, or replace inheritance by partitions.");
		}
	}

	/** PostgreSQL refuses this only for a table that a publication names. */
	private static void unloggedPartition(CheckContext context, Findings findings) {
		List<TableId> unlogged = relatives(context, CapturedTable::unlogged);
		if (!unlogged.isEmpty()) {
			findings.add("The partitions " + LogSafe.tables(unlogged)
					+ " of captured tables are unlogged or foreign tables. Their changes are not in the WAL, so the server "
					+ "sends none of them, although a snapshot reads their rows.",
					new Steps().text("Run ALTER TABLE … SET LOGGED for an unlogged partition, or detach the partition.")
						.text("Then request the operation 'backfill' for the partitioned table if rows were changed "
								+ "meanwhile."));
		}
	}

	private static void rowBefore(CheckContext context, Findings findings) {
		for (CapturedTable table : context.source().tables()) {
			List<String> listeners = context.needs().of(table).rowBefore();
			if (!listeners.isEmpty() && !table.withoutFullIdentity().isEmpty()) {
				findings.add(
						"The " + String.join(" and the ", listeners) + ((listeners.size() > 1) ? " need" : " needs")
								+ " the row of " + LogSafe.tables(List.of(table.table()))
								+ " before a change, but the server sends its key at most: the replica identity of "
								+ LogSafe.tables(table.withoutFullIdentity()) + " is not FULL.",
						new Steps().sql("Run: ", fullIdentityStatements(table.withoutFullIdentity())));
			}
		}
	}

	/**
	 * A table that only a wildcard matches may never have a row, so it prevents no start.
	 */
	private static void rowBinding(CheckContext context, Findings findings) {
		for (UnfitTable unfit : context.needs().unfitTables()) {
			if (unfit.named() && !unfit.deleted()) {
				findings.add("The " + unfit.listener() + " cannot receive the rows of "
						+ LogSafe.tables(List.of(unfit.table())) + ". " + unfit.problem(), unfit.action());
			}
		}
	}

	/**
	 * A listener that receives deletes by default may never receive one, so it prevents
	 * no start.
	 */
	private static void deleteBinding(CheckContext context, Findings findings) {
		for (UnfitTable unfit : context.needs().unfitTables()) {
			if (unfit.named() && unfit.deleted()) {
				findings.add(
						"The " + unfit.listener() + " cannot receive the deleted rows of "
								+ LogSafe.tables(List.of(unfit.table())) + ". " + unfit.problem(),
						new Steps().text(unfit.action())
							.sql("For the latter, run: ",
									fullIdentityStatements(withoutFullIdentity(context, unfit.table()))));
			}
		}
	}

	private static List<TableId> withoutFullIdentity(CheckContext context, TableId table) {
		return context.source()
			.tables()
			.stream()
			.filter((captured) -> captured.table().equals(table))
			.flatMap((captured) -> captured.withoutFullIdentity().stream())
			.toList();
	}

	/**
	 * Events are parked by key, so the key of each event must be known.
	 */
	private static void parking(CheckContext context, Findings findings) {
		for (CapturedTable table : context.source().tables()) {
			List<String> listeners = context.needs().of(table).parking();
			List<TableId> incomplete = table.withIncompleteKey();
			if (!listeners.isEmpty() && !incomplete.isEmpty()) {
				findings.add("Events of " + LogSafe.tables(List.of(table.table())) + " cannot be parked for the "
						+ String.join(" and the ", listeners) + ": the replica identity of "
						+ LogSafe.tables(incomplete)
						+ " is an index without all columns of the key, so the server does not send the key of a "
						+ "deleted row. A later event would overtake a parked one, and a replay would bring back deleted "
						+ "rows.",
						new Steps().sql("Run: ", fullIdentityStatements(incomplete))
							.or()
							.setting("Or set ", context.settings().name("listener.on-failure") + "=stop", "."),
						"listener.on-failure");
			}
		}
	}

	/**
	 * The statements that make the server write whole rows to the WAL.
	 */
	private static List<String> fullIdentityStatements(Collection<TableId> tables) {
		return tables.stream()
			.map((table) -> "ALTER TABLE " + SqlQuoting.table(table) + " REPLICA IDENTITY FULL;")
			.toList();
	}

	private static List<TableId> ids(List<CapturedTable> tables) {
		return tables.stream().map(CapturedTable::table).toList();
	}

}
