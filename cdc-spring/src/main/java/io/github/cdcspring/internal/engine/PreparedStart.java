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

package io.github.cdcspring.internal.engine;

import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.StartLock;
import io.github.cdcspring.internal.support.SourceEndpoint;
import io.github.cdcspring.settings.SnapshotMode;

/**
 * A start that was checked and may be carried out.
 *
 * @param source the source database
 * @param tables the tables that the run captures
 * @param endpoint the server that was checked
 * @param lock keeps other instances from starting, until the stream is confirmed
 * @param session the offset session of the run
 * @param reconciliation how slot and offset compared, and what was decided
 */
record PreparedStart(SourceState source, CapturedTables.Published tables, SourceEndpoint endpoint, StartLock.Held lock,
		OffsetSession session, ReconciliationResult reconciliation) {

	/**
	 * Whether Debezium creates the slot, to export a snapshot from it.
	 */
	boolean createsSlot() {
		return this.reconciliation.found().slot() == null;
	}

	/**
	 * Whether a snapshot is taken although the slot exists. Debezium exports a snapshot
	 * from a slot only when it creates the slot.
	 */
	boolean takesSnapshotOverSlot(SnapshotMode mode) {
		return this.session.current().isEmpty() && !createsSlot() && mode.readsDataFirst();
	}

}
