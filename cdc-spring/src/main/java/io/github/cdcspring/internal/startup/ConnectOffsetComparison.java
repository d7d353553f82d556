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

/**
 * Compares the slot with the offset of a Kafka Connect worker, as a start of the embedded
 * engine compares it with its own.
 */
public final class ConnectOffsetComparison {

	private final RestoreEvidence restoreEvidence = new RestoreEvidence();

	/**
	 * Compare.
	 * @param connection a connection to the server
	 * @param found slot and offset
	 * @param history where the ancestors of the server's timeline end
	 * @return the difference; a server that was restored from an image has another
	 * history
	 * @throws SQLException if the server cannot be asked
	 */
	public SlotOffsetComparison compare(Connection connection, ReplicationState found, TimelineHistory history)
			throws SQLException {
		this.restoreEvidence.look(connection, found);
		SlotOffsetComparison comparison = SlotOffsetComparison.of(found, history);
		return this.restoreEvidence.isKnown(found) ? comparison.withOtherHistory() : comparison;
	}

	/**
	 * Record that the server does not have the offset, which remains so even if the
	 * server writes past it.
	 */
	public void recordOtherHistory(ReplicationState found) {
		this.restoreEvidence.record(found);
	}

	/**
	 * Read the next transaction of the cluster, with its epoch.
	 * @param connection a connection to the server
	 * @return the transaction
	 * @throws SQLException if the server cannot be asked
	 */
	public static long nextTransaction(Connection connection) throws SQLException {
		return RestoreEvidence.nextTransaction(connection);
	}

}
