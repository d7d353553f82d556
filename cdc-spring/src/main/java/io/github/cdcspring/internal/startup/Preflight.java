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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.ServerChecks;
import io.github.cdcspring.internal.startup.check.ServerNeeds;
import io.github.cdcspring.internal.startup.check.TableNeeds;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;

/**
 * Looks at the server before a start touches it.
 */
public final class Preflight {

	private final EngineSettings settings;

	private final List<ListenerEndpoint> endpoints;

	private volatile List<AcceptedRisk> accepted = List.of();

	public Preflight(EngineSettings settings, List<ListenerEndpoint> endpoints) {
		this.settings = settings;
		this.endpoints = endpoints;
	}

	/**
	 * Find the tables, and have the server judged. Changes nothing.
	 * @return the tables to capture
	 * @throws StartRefusedException with everything that is not as it must be
	 */
	public CapturedTables check(OffsetSession session, Connection connection) throws SQLException {
		List<Violation> violations = new ArrayList<>();
		CapturedTables tables = CapturedTables.of(this.endpoints, connection, violations::add);
		this.accepted = ServerChecks.check(this.settings, needs(tables, session.current().isPresent()), violations,
				connection);
		return tables;
	}

	/**
	 * What a start would be refused for. Changes and remembers nothing.
	 * @param hasOffset whether an offset is stored
	 */
	public List<Violation> refusals(boolean hasOffset, Connection connection) throws SQLException {
		List<Violation> violations = new ArrayList<>();
		CapturedTables tables = CapturedTables.of(this.endpoints, connection, violations::add);
		return ServerChecks.refusals(this.settings, needs(tables, hasOffset), violations, connection);
	}

	private ServerNeeds needs(CapturedTables tables, boolean hasOffset) {
		return new ServerNeeds(tables.tables().stream().map(this::needs).toList(), readsRows(hasOffset));
	}

	/**
	 * What of the server's state the operator accepted at the last start.
	 */
	public List<AcceptedRisk> accepted() {
		return this.accepted;
	}

	private boolean readsRows(boolean hasOffset) {
		SnapshotMode mode = this.settings.snapshotMode();
		return mode.readsData() && (mode != SnapshotMode.INITIAL || !hasOffset);
	}

	private TableNeeds needs(TableId table) {
		Set<Operation> operations = EnumSet.noneOf(Operation.class);
		List<String> rowBefore = new ArrayList<>();
		for (ListenerEndpoint endpoint : this.endpoints) {
			for (Operation operation : endpoint.operations()) {
				if (endpoint.matches(operation, table)) {
					operations.add(operation);
				}
			}
			if (endpoint.wantsRowBefore() && endpoint.tables().stream().anyMatch((tables) -> tables.matches(table))) {
				rowBefore.add(endpoint.describe());
			}
		}
		return new TableNeeds(table, operations, rowBefore);
	}

}
