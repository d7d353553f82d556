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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Judges the live server before each start and reconnect. Takes milliseconds, one round
 * trip and one read-only transaction; changes nothing.
 *
 */
public final class ServerChecks {

	private static final ServerVersionCheck VERSION = new ServerVersionCheck();

	static final List<ServerCheck> CHECKS = List.of(VERSION, new StandbyCheck(), new StandbyDecodingCheck(),
			new WalLevelCheck(), new ReplicationRightCheck(), new FreeSlotCheck(), new FreeWalSenderCheck(),
			new SnapshotRightCheck(), new SnapshotRowSecurityCheck(), new PublicationMissingCheck(),
			new PublicationRightCheck(), new PublicationCoverageCheck(), new PublicationOperationsCheck(),
			new PublicationPartitionRootCheck(), new PartitionSentAsRootCheck(), new PublicationFilterCheck(),
			new SlotKindCheck(), new SlotSyncedCheck(), new SlotLostCheck(), new SurvivesFailoverCheck(),
			new SynchronizedStandbyCheck(), new ReplicaIdentityCheck(), new RowBeforeCheck());

	private ServerChecks() {
	}

	/**
	 * Judge the server. What is accepted is logged with its risk.
	 * @param engine the engine's settings
	 * @param needs what the engine wants of the server
	 * @param found what was found to be wrong already, to be reported together
	 * @param connection a connection to the engine's database, in no transaction
	 * @return the accepted risks
	 * @throws StartRefusedException with everything that is not as it must be
	 * @throws SQLException if the server cannot be asked
	 */
	public static List<AcceptedRisk> check(EngineSettings engine, ServerNeeds needs, Collection<Violation> found,
			Connection connection) throws SQLException {
		CheckResult checkResult = judge(engine, needs, found, connection);
		if (!checkResult.refused().isEmpty()) {
			throw new StartRefusedException(engine.name(), checkResult.refused());
		}
		checkResult.logAccepted(engine);
		return checkResult.accepted();
	}

	/**
	 * What the server would refuse a start for. Logs nothing.
	 * @param engine the engine's settings
	 * @param needs what the engine wants of the server
	 * @param found what was found to be wrong already
	 * @param connection a connection to the engine's database, in no transaction
	 * @return what is not as it must be and was not accepted
	 * @throws SQLException if the server cannot be asked
	 */
	public static List<Violation> refusals(EngineSettings engine, ServerNeeds needs, Collection<Violation> found,
			Connection connection) throws SQLException {
		return judge(engine, needs, found, connection).refused();
	}

	private static CheckResult judge(EngineSettings engine, ServerNeeds needs, Collection<Violation> found,
			Connection connection) throws SQLException {
		List<Violation> violations = new ArrayList<>(found);
		List<Violation> tooOld = VERSION.check(connection.getMetaData().getDatabaseMajorVersion());
		violations.addAll(tooOld);
		if (tooOld.isEmpty()) {
			CheckContext context = new CheckContext(engine, needs, new ServerReading(engine, needs, connection).read());
			CHECKS.forEach((check) -> violations.addAll(check.check(context)));
			violations.addAll(PatroniSlot.check(context));
		}
		return CheckResult.on(engine, violations);
	}

}
