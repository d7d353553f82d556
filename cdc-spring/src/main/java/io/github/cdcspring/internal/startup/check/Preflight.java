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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.listener.RowBindings;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.listener.UnfitTable;
import io.github.cdcspring.internal.startup.CapturedTable;
import io.github.cdcspring.internal.startup.ColumnsReader;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.RelationsReader;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.ServerRelations;
import io.github.cdcspring.internal.startup.SlotEvidence;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.SourceStateReader;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.settings.EngineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and checks the source database before a start changes anything on it.
 */
public final class Preflight {

	private static final Logger logger = LoggerFactory.getLogger(Preflight.class);

	/** Debezium's settings that take columns out of events. */
	private static final List<String> COLUMN_FILTERS = List.of("column.include.list", "column.exclude.list");

	private final EngineSettings settings;

	private final List<ListenerEndpoint> endpoints;

	private final RowBindings bindings;

	private final List<TablePattern> patterns;

	private final RelationsReader relationsReader;

	private final ActionStep forgetOffset;

	private volatile List<AcceptedRisk> accepted = List.of();

	/** Whether the engine was started once since the application started. */
	private volatile boolean passed;

	/**
	 * Create the checks of an engine.
	 * @param forgetOffset how to remove the stored offset
	 */
	public Preflight(EngineSettings settings, ListenerSet listeners, ActionStep forgetOffset) {
		this.settings = settings;
		this.forgetOffset = forgetOffset;
		this.endpoints = listeners.endpoints();
		this.bindings = listeners.bindings();
		// Of equal patterns, keep the one that may be ambiguous
		this.patterns = this.endpoints.stream()
			.flatMap((endpoint) -> endpoint.tables().stream())
			.sorted(Comparator.comparing(TablePattern::qualified))
			.distinct()
			.toList();
		this.relationsReader = new RelationsReader(settings, this.patterns);
	}

	/**
	 * Read the source database.
	 * @throws StartRefusedException if the server is too old to be read
	 */
	public SourceState read(Connection connection, ReplicationStateReader reader) throws SQLException {
		ServerChecks.checkVersion(this.settings, connection.getMetaData().getDatabaseMajorVersion());
		SourceState source = new SourceStateReader(this.settings, this.patterns, reader).read(connection);
		ColumnsReader.readColumns(source.tables(), connection);
		return source;
	}

	/**
	 * Refuse the start if a connection failed for a cause that only an operator can
	 * change.
	 * @throws StartRefusedException if it did
	 */
	public void connectionFailed(SQLException ex) {
		ServerChecks.checkConnection(this.settings, ex);
	}

	/**
	 * Read which tables listeners receive, and those that were captured before.
	 * @param recorded the tables that were captured before
	 */
	public ServerRelations relations(Connection connection, List<CapturedRelation> recorded) throws SQLException {
		return this.relationsReader.read(connection, recorded);
	}

	/**
	 * Compare the tables that listeners receive with those that were captured before.
	 * @param offset the stored offset, {@link Lsn#ZERO} if there is none
	 * @param recorded the tables that were captured up to this offset, empty if that is
	 * not known
	 * @param relations the tables as the server has them
	 */
	public RelationComparison compare(Lsn offset, List<CapturedRelation> recorded, ServerRelations relations) {
		return RelationComparison.of(offset, recorded, this.patterns, relations);
	}

	/**
	 * Check the source database. Log each accepted rule with its risk.
	 * @param hasOffset whether an offset is stored
	 * @param relations how the captured tables differ from those of the stored offset
	 * @param unusable the tables of the starter that cannot be used. They refuse the
	 * first start only: someone may be changing one later.
	 * @param evidence what else is known of the slot
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	public void check(SourceState source, boolean hasOffset, RelationComparison relations, List<StarterTable> unusable,
			SlotEvidence evidence) {
		List<CapturedTable> tables = comparable(source);
		List<UnfitTable> unfit = unfit(tables);
		// A table that was changed since must not keep a restart from the events before
		CheckContext context = context(source, this.passed ? List.of() : unfit, hasOffset, relations)
			.withUnusable(this.passed ? List.of() : unusable)
			.withEvidence(evidence);
		this.accepted = ServerChecks.check(context);
		tables.forEach((table) -> this.bindings.log(table.table(), table.columns().sent()));
		this.bindings.log(unfit, this.passed);
		this.passed = true;
		relations.changes()
			.stream()
			.filter((change) -> RelationChecks.isAccepted(context, change))
			.forEach((change) -> logger.warn(
					"Engine '{}' continues although {} (OID {}) changed since the stored offset {}, as {} accepts. Changes "
							+ "in between may be missing.",
					this.settings.name(), LogSafe.tables(List.of(change.recorded().table())), change.recorded().oid(),
					relations.offset(), context.settings().name("safety.accept-relations")));
	}

	/**
	 * The violations that a start would be refused for. Changes and logs nothing.
	 * @param hasOffset whether an offset is stored
	 * @param relations how the captured tables differ from those of the stored offset
	 * @param evidence what else is known of the slot
	 */
	public List<Violation> refusals(SourceState source, boolean hasOffset, RelationComparison relations,
			SlotEvidence evidence) {
		return ServerChecks
			.refusals(context(source, unfit(comparable(source)), hasOffset, relations).withEvidence(evidence));
	}

	/**
	 * The violations that a running engine would stop for. The columns of the tables are
	 * not compared with the listeners, because the events that come next may have been
	 * written before they changed.
	 * @param relations how the captured tables differ from those of the stored offset
	 */
	public List<Violation> refusalsWhileRunning(SourceState source, RelationComparison relations) {
		return ServerChecks.refusals(context(source, List.of(), true, relations));
	}

	private List<UnfitTable> unfit(List<CapturedTable> tables) {
		return tables.stream()
			.flatMap((table) -> this.bindings.unfit(table.table(), table.columns().sent(), table.sentOfDeletedRows())
				.stream())
			.toList();
	}

	/** The tables whose events have the columns of the table. */
	private List<CapturedTable> comparable(SourceState source) {
		return COLUMN_FILTERS.stream().anyMatch(this.settings.debezium()::containsKey) ? List.of() : source.tables();
	}

	private CheckContext context(SourceState source, List<UnfitTable> unfit, boolean hasOffset,
			RelationComparison relations) {
		return new CheckContext(this.settings,
				ServerNeeds
					.of(this.endpoints, this.settings.listener().failure().onFailure(), source,
							this.settings.snapshotMode().mayReadData(hasOffset))
					.withUnfitTables(unfit),
				source, relations, this.forgetOffset);
	}

	/**
	 * The risks on the server that the last start accepted.
	 */
	public List<AcceptedRisk> accepted() {
		return this.accepted;
	}

}
