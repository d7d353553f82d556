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

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.startup.RelationChange;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.offset.CapturedKey;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the captured tables are still those that were captured up to the stored
 * offset. The server never sends what it did not publish, so no later start could.
 */
final class RelationChecks {

	static final SafetyRule<CheckContext> REPLACED = SafetyRule.acceptable("relation-replaced",
			"The rows that the new tables had before they are captured never arrive.", RelationChecks::replaced);

	static final SafetyRule<CheckContext> DROPPED = SafetyRule.acceptable("relation-dropped",
			"The last changes of the dropped tables may never arrive.", RelationChecks::dropped);

	static final SafetyRule<CheckContext> RENAMED = SafetyRule.acceptable("relation-renamed",
			"Changes under another name never arrive.", RelationChecks::renamed);

	static final SafetyRule<CheckContext> NOT_PUBLISHED = SafetyRule.acceptable("relation-not-published",
			"Changes that were not published never arrive.", RelationChecks::notPublished);

	static final SafetyRule<CheckContext> KEY_CHANGED = SafetyRule.acceptable("relation-key-changed",
			"Events from before the change carry the new key.", RelationChecks::keyChanged);

	static final SafetyRule<CheckContext> PUBLICATION_DROPPED = SafetyRule.strict("publication-dropped",
			RelationChecks::publicationDropped);

	private static final int MAX_TOKENS = 50;

	/** Since then, a publication that does not exist publishes nothing. */
	private static final int READS_WITHOUT_PUBLICATION_SINCE = 180000;

	private RelationChecks() {
	}

	private static void replaced(CheckContext context, Findings findings) {
		report(context, findings, RelationChange.Kind.REPLACED,
				(changes) -> "Tables were replaced by others of the " + "same name since the stored offset "
						+ context.relations().offset() + ": "
						+ list(changes,
								(change) -> shown(change.recorded().table()) + " (OID " + change.recorded().oid()
										+ ", now " + oid(change.now()) + ")")
						+ ". The rows that a new table has already were not published as changes of a captured table.");
	}

	private static void dropped(CheckContext context, Findings findings) {
		report(context, findings, RelationChange.Kind.DROPPED,
				(changes) -> "Tables that were captured up to the stored offset " + context.relations().offset()
						+ " do not exist any more: "
						+ list(changes,
								(change) -> shown(change.recorded().table()) + " (OID " + change.recorded().oid() + ")")
						+ ". Their changes between this offset and the DROP are not delivered.");
	}

	private static void renamed(CheckContext context, Findings findings) {
		report(context, findings, RelationChange.Kind.RENAMED,
				(changes) -> "Tables were renamed or moved to another schema since the stored offset "
						+ context.relations().offset() + ": " + list(changes, RelationChecks::names)
						+ ". Changes that were made under another name are not delivered.");
	}

	private static String names(RelationChange change) {
		TableId before = change.recorded().table();
		CapturedRelation now = change.now();
		return shown(before)
				+ ((now == null || now.table().equals(before)) ? " (and back)" : " (now " + shown(now.table()) + ")");
	}

	/**
	 * An older server reads each change with the publications of its time, and fails at a
	 * change after the DROP, whatever is created later.
	 */
	private static void publicationDropped(CheckContext context, Findings findings) {
		if (isUnreadable(context)) {
			findings.add("Publication '" + context.publicationName() + "' does not exist any more. PostgreSQL "
					+ context.source().server().versionNumber() / 10_000
					+ " reads each change with the publications of its time, so it cannot send what was changed "
					+ "after the DROP from replication slot '" + context.slotName()
					+ "', even if the publication is created again.",
					newSnapshot("Otherwise", context,
							new Steps().text("If the publication was renamed, or "
									+ context.settings().name("publication.name") + " was changed, take that back.")),
					"publication.name");
		}
	}

	private static boolean isUnreadable(CheckContext context) {
		return context.source().server().versionNumber() < READS_WITHOUT_PUBLICATION_SINCE
				&& context.source().publication() == null && context.source().slot() != null
				&& context.relations().changes().stream().anyMatch(RelationChange::wasPublished);
	}

	private static void notPublished(CheckContext context, Findings findings) {
		if (isUnreadable(context)) {
			return;
		}
		report(context, findings, RelationChange.Kind.NOT_PUBLISHED, (changes) -> "Publication '"
				+ context.publicationName()
				+ "' does not publish, or did not always publish, tables that were captured up to the stored offset "
				+ context.relations().offset() + ": "
				+ list(changes, (change) -> shown(change.recorded().table()) + " (" + change.reason() + ")")
				+ ". What was changed meanwhile is not in the stream.");
	}

	private static void keyChanged(CheckContext context, Findings findings) {
		report(context, findings, RelationChange.Kind.KEY_CHANGED,
				(changes) -> "The key of tables consists of other columns since the stored offset "
						+ context.relations().offset() + ": "
						+ list(changes,
								(change) -> shown(change.recorded().table()) + " (was " + key(change.recorded())
										+ ", now " + key(change.now()) + ")")
						+ ". Unless it is a primary key with the default replica identity, the stream does not say which "
						+ "key a change was made under, so earlier changes would arrive with the key of today.");
	}

	private static String key(@Nullable CapturedRelation relation) {
		CapturedKey key = (relation != null) ? relation.key() : null;
		return (key == null || key.columns().isEmpty()) ? "none"
				: "(" + LogSafe.of(String.join(", ", key.columns())) + ")";
	}

	private static void report(CheckContext context, Findings findings, RelationChange.Kind kind,
			Function<List<RelationChange>, String> problem) {
		RelationComparison relations = context.relations();
		List<RelationChange> changes = relations.changes()
			.stream()
			.filter((change) -> change.kind() == kind && !isAccepted(context, change))
			.toList();
		if (!changes.isEmpty()) {
			findings.add(problem.apply(changes), action(context, changes), "publication.name");
		}
	}

	static boolean isAccepted(CheckContext context, RelationChange change) {
		return context.engine().safety().acceptRelations().contains(change.token(context.relations().offset()));
	}

	/**
	 * What the action does with a table that is not in the publication depends on who
	 * maintains the publication.
	 */
	private static Steps action(CheckContext context, List<RelationChange> changes) {
		Steps steps = new Steps();
		String before = "To continue with these tables, set ";
		if (changes.size() > MAX_TOKENS) {
			steps.text(before + context.settings().name("safety.accept") + " to the id of this rule for one start.");
		}
		else {
			steps.setting(before,
					context.settings().name("safety.accept-relations") + "="
							+ changes.stream()
								.map((change) -> change.token(context.relations().offset()))
								.collect(Collectors.joining(",")),
					" for one start.");
		}
		return newSnapshot("Or", context, read(context, steps));
	}

	private static Steps read(CheckContext context, Steps steps) {
		return context.engine().backfill().newTables()
				? steps.setting("The engine then delivers the rows that they have now, too, unless ",
						context.settings().name("backfill.new-tables") + "=false", " is set.")
				: steps.text("Then request the operation 'backfill' for them, which delivers the rows that they have "
						+ "now.");
	}

	private static Steps newSnapshot(String conjunction, CheckContext context, Steps steps) {
		return context.newSnapshot(steps.or(), conjunction + " take a new snapshot of all tables:", ".");
	}

	private static String list(List<RelationChange> changes, Function<RelationChange, String> text) {
		String shown = changes.stream().limit(10).map(text).collect(Collectors.joining(", "));
		return (changes.size() > 10) ? shown + " and " + (changes.size() - 10) + " more" : shown;
	}

	private static String oid(@Nullable CapturedRelation relation) {
		return (relation != null) ? String.valueOf(relation.oid()) : "none";
	}

	private static String shown(TableId table) {
		return LogSafe.tables(List.of(table));
	}

}
