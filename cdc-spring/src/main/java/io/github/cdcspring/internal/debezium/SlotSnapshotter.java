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

package io.github.cdcspring.internal.debezium;

import java.util.Map;

import io.debezium.spi.snapshot.Snapshotter;

/**
 * Takes an initial snapshot although the slot exists, and then streams from the slot.
 * Debezium's own mode streams from the WAL position at the time of the snapshot. A
 * transaction that was written but not yet visible at that time would then be neither in
 * the snapshot nor in the stream. Streaming from the slot delivers it, and delivers some
 * rows of the snapshot a second time.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-property-snapshot-mode-custom-name">Debezium:
 * snapshot.mode.custom.name</a>
 */
public final class SlotSnapshotter implements Snapshotter {

	/** The name under which Debezium finds this class. */
	public static final String NAME = "cdc_from_slot";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(Map<String, ?> properties) {
		// There is nothing to configure
	}

	@Override
	public boolean shouldSnapshotData(boolean offsetExists, boolean snapshotInProgress) {
		return !offsetExists || snapshotInProgress;
	}

	@Override
	public boolean shouldSnapshotSchema(boolean offsetExists, boolean snapshotInProgress) {
		return false;
	}

	@Override
	public boolean shouldStream() {
		return true;
	}

	@Override
	public boolean shouldSnapshotOnSchemaError() {
		return false;
	}

	@Override
	public boolean shouldSnapshotOnDataError() {
		return false;
	}

	@Override
	public boolean shouldStreamEventsStartingFromSnapshot() {
		return false;
	}

}
