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

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Checks the source database before each start and reconnect. Changes nothing.
 */
final class ServerChecks {

	static final List<SafetyRule<CheckContext>> CHECKS = List.of(ServerSetupChecks.VERSION, ServerSetupChecks.POOLER,
			TableChecks.UNKNOWN, TableChecks.AMBIGUOUS, TableChecks.TABLE_NAME, TableChecks.COLUMN_NAME,
			TableChecks.SKIPPED, ServerSetupChecks.STANDBY, ServerSetupChecks.STANDBY_WITHOUT_DECODING,
			ServerSetupChecks.WAL_LEVEL, ServerSetupChecks.ENCODING, ServerSetupChecks.REPLICATION_RIGHT,
			ServerSetupChecks.FREE_SLOT, ServerSetupChecks.FREE_WAL_SENDER, StarterTable.USABLE,
			TableChecks.SNAPSHOT_RIGHT, TableChecks.SNAPSHOT_ROW_SECURITY, BackfillChecks.SNAPSHOT,
			// Before its table is published: UPDATE and DELETE would fail in between
			TableChecks.REPLICA_IDENTITY, PublicationChecks.MISSING, PublicationChecks.RIGHT,
			PublicationChecks.COVERAGE, PublicationChecks.OPERATIONS, PublicationChecks.PARTITION_ROOT,
			PublicationChecks.PARTITION_SENT_AS_ROOT, PublicationChecks.FILTER, RelationChecks.REPLACED,
			RelationChecks.DROPPED, RelationChecks.RENAMED, RelationChecks.NOT_PUBLISHED, RelationChecks.KEY_CHANGED,
			RelationChecks.PUBLICATION_DROPPED, SlotChecks.KIND, SlotChecks.SYNCED, SlotChecks.LOST,
			SlotChecks.DECODING_STATE, SlotChecks.DECODING_STATE_RIGHT, SlotChecks.SURVIVES_FAILOVER,
			SlotChecks.SYNCHRONIZED_STANDBY, TableChecks.GENERATED_IDENTITY, TableChecks.GENERATED_KEY,
			TableChecks.INHERITANCE, TableChecks.UNLOGGED_PARTITION, TableChecks.ROW_BEFORE, TableChecks.ROW_BINDING,
			TableChecks.DELETE_BINDING, TableChecks.PARKING);

	private static final String POOLER = ServerSetupChecks.POOLER.id();

	private ServerChecks() {
	}

	/**
	 * Check the version, before anything is read that an older server does not have.
	 * @throws StartRefusedException if the server is too old
	 */
	static void checkVersion(EngineSettings engine, int majorVersion) {
		Findings findings = new Findings(ServerSetupChecks.VERSION.id(), new SettingNames(engine));
		ServerSetupChecks.version(majorVersion, findings);
		if (!findings.violations().isEmpty()) {
			throw new StartRefusedException(engine.name(), findings.violations());
		}
	}

	/**
	 * Refuse a connection that a pooler refused. Anything else is left to the caller.
	 */
	static void checkConnection(EngineSettings engine, SQLException ex) {
		if (ServerSetupChecks.isRefusedByPooler(ex)) {
			SettingNames settings = new SettingNames(engine);
			Findings findings = new Findings(ServerSetupChecks.POOLER.id(), settings);
			ServerSetupChecks.pooler(settings, ex, findings);
			throw new StartRefusedException(engine.name(), findings.violations());
		}
	}

	/**
	 * Check the source database. Log each accepted rule with its risk.
	 * @return the accepted risks
	 * @throws NotReadyException if the start has to wait
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	static List<AcceptedRisk> check(CheckContext context) {
		CheckResult result = result(context, true);
		if (!result.refused().isEmpty()) {
			throw new StartRefusedException(context.engine().name(), result.refused());
		}
		result.logAccepted(context.engine());
		return result.accepted();
	}

	/**
	 * The violations that are not accepted. Logs nothing.
	 */
	static List<Violation> refusals(CheckContext context) {
		return result(context, false).refused();
	}

	private static CheckResult result(CheckContext context, boolean waits) {
		List<Violation> violations = new ArrayList<>();
		NotReadyException notReady = null;
		for (SafetyRule<CheckContext> check : CHECKS) {
			try {
				violations.addAll(check.check(context));
			}
			catch (NotReadyException ex) {
				notReady = ex;
			}
		}
		// What is read through a pooler says little
		List<Violation> pooler = CheckResult
			.of(context.engine(), violations.stream().filter((violation) -> POOLER.equals(violation.rule())).toList())
			.refused();
		CheckResult result = CheckResult.of(context.engine(), pooler.isEmpty() ? violations : pooler);
		if (notReady != null && waits && result.refused().isEmpty()) {
			throw notReady;
		}
		return result;
	}

}
