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
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.RelationsReader;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.ServerRelations;
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

	private final EngineSettings settings;

	private final List<ListenerEndpoint> endpoints;

	private final List<TablePattern> patterns;

	private final RelationsReader relationsReader;

	private volatile List<AcceptedRisk> accepted = List.of();

	public Preflight(EngineSettings settings, List<ListenerEndpoint> endpoints) {
		this.settings = settings;
		this.endpoints = endpoints;
		this.patterns = endpoints.stream().flatMap((endpoint) -> endpoint.tables().stream()).distinct().toList();
		this.relationsReader = new RelationsReader(settings, this.patterns);
	}

	/**
	 * Read the source database.
	 * @throws StartRefusedException if the server is too old to be read
	 */
	public SourceState read(Connection connection, ReplicationStateReader reader) throws SQLException {
		ServerChecks.checkVersion(this.settings, connection.getMetaData().getDatabaseMajorVersion());
		return new SourceStateReader(this.settings, this.patterns, reader).read(connection);
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
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	public void check(SourceState source, boolean hasOffset, RelationComparison relations) {
		CheckContext context = context(source, hasOffset, relations);
		this.accepted = ServerChecks.check(context);
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
	 */
	public List<Violation> refusals(SourceState source, boolean hasOffset, RelationComparison relations) {
		return ServerChecks.refusals(context(source, hasOffset, relations));
	}

	private CheckContext context(SourceState source, boolean hasOffset, RelationComparison relations) {
		return new CheckContext(this.settings,
				ServerNeeds.of(this.endpoints, this.settings.listener().failure().onFailure(), source,
						this.settings.snapshotMode().mayReadData(hasOffset)),
				source, relations);
	}

	/**
	 * The risks on the server that the last start accepted.
	 */
	public List<AcceptedRisk> accepted() {
		return this.accepted;
	}

}
