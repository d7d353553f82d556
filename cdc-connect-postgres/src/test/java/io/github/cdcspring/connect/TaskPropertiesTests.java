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

package io.github.cdcspring.connect;

import java.util.Map;

import io.debezium.config.Configuration;
import io.github.cdcspring.internal.debezium.ColumnConverter;
import io.github.cdcspring.internal.debezium.SlotSnapshotter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TaskPropertiesTests {

	@ParameterizedTest
	@CsvSource({ "slot.drop.on.stop,true", "slot.drop.on.stop,TRUE", "event.processing.failure.handling.mode,warn",
			"event.processing.failure.handling.mode,skip", "event.processing.failure.handling.mode,ignore",
			"snapshot.max.threads,2", "offset.mismatch.strategy,trust_slot",
			"offset.mismatch.strategy,trust_greater_lsn", "snapshot.mode,always", "snapshot.mode,configuration_based",
			"snapshot.mode,custom", "snapshot.mode.custom.name,other", "sourceinfo.struct.maker,other",
			"transaction.metadata.factory,other", "cdc.safety.accept,history-mismatch",
			"decimal.handling.mode,double" })
	void refusesWhatLosesOrChangesValues(String name, String value) {
		assertThat(TaskProperties.refused(Map.of(name, value))).containsOnlyKeys(name);
	}

	@ParameterizedTest
	@CsvSource({ "slot.drop.on.stop,false", "event.processing.failure.handling.mode,fail", "snapshot.max.threads,1",
			"offset.mismatch.strategy,no_validation", "offset.mismatch.strategy,trust_offset", "snapshot.mode,initial",
			"snapshot.mode,initial_only", "snapshot.mode,no_data", "snapshot.mode,when_needed",
			"provide.transaction.metadata,true", "cdc.safety.accept,decoding-state-missing" })
	void acceptsWhatLosesNothing(String name, String value) {
		assertThat(TaskProperties.refused(Map.of(name, value))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ ",false,true,true", "initial,false,true,true", "INITIAL,false,true,true",
			"when_needed,false,true,true", "initial,true,true,false", "when_needed,true,true,false",
			"initial,false,false,false", "initial_only,false,true,false", "no_data,false,true,false" })
	void aSnapshotOverASlotStreamsFromTheSlot(@Nullable String mode, boolean offset, boolean slot, boolean fromSlot) {
		Configuration connector = Configuration.from((mode != null) ? Map.of("snapshot.mode", mode) : Map.of());
		assertThat(TaskProperties.snapshot(connector, offset, slot)).isEqualTo(fromSlot
				? Map.of("snapshot.mode", "custom", "snapshot.mode.custom.name", SlotSnapshotter.NAME) : Map.of());
	}

	@Test
	void heartbeatFindsItsTablesByTheSearchPathOfTheUser() {
		String name = "heartbeat.action.query";
		Configuration connector = Configuration.from(Map.of(name, "INSERT INTO beats VALUES (1)"));
		Map<String, String> properties = TaskProperties.of(connector);
		ColumnConverter.discard(properties);
		assertThat(properties).containsEntry(name, "RESET search_path; INSERT INTO beats VALUES (1)");
		properties = TaskProperties.of(Configuration.from(Map.of(name, properties.get(name))));
		ColumnConverter.discard(properties);
		assertThat(properties).doesNotContainKey(name);
	}

}
