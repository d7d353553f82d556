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

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.SourceStateReader;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Reads and checks the source database before a start changes anything on it.
 */
public final class Preflight {

	private final EngineSettings settings;

	private final List<ListenerEndpoint> endpoints;

	private final List<TablePattern> patterns;

	private volatile List<AcceptedRisk> accepted = List.of();

	public Preflight(EngineSettings settings, List<ListenerEndpoint> endpoints) {
		this.settings = settings;
		this.endpoints = endpoints;
		this.patterns = endpoints.stream().flatMap((endpoint) -> endpoint.tables().stream()).distinct().toList();
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
	 * Check the source database. Log each accepted rule with its risk.
	 * @param hasOffset whether an offset is stored
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	public void check(SourceState source, boolean hasOffset) {
		this.accepted = ServerChecks.check(context(source, hasOffset));
	}

	/**
	 * The violations that a start would be refused for. Changes and logs nothing.
	 * @param hasOffset whether an offset is stored
	 */
	public List<Violation> refusals(SourceState source, boolean hasOffset) {
		return ServerChecks.refusals(context(source, hasOffset));
	}

	private CheckContext context(SourceState source, boolean hasOffset) {
		return new CheckContext(this.settings,
				ServerNeeds.of(this.endpoints, this.settings.listener().failure().onFailure(), source,
						this.settings.snapshotMode().mayReadData(hasOffset)),
				source);
	}

	/**
	 * The risks on the server that the last start accepted.
	 */
	public List<AcceptedRisk> accepted() {
		return this.accepted;
	}

}
