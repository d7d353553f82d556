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

package io.github.cdcspring.lab;

import java.util.List;

/**
 * Faults of the replication slot.
 */
final class SlotFaults {

	static final List<Fault> ALL = List.of(
			Fault
				.of("slot-dropped", "The slot is dropped",
						(scene) -> scene.withoutReader("SELECT pg_drop_replication_slot('$slot')"))
				.refusedBy("slot-missing"),

			Fault.of("slot-invalidated-size", "The slot is invalidated by `max_slot_wal_keep_size`",
					(scene) -> scene.withoutReader(() -> {
						scene.server().set("max_slot_wal_keep_size", "1MB");
						scene.server().reload();
						for (int i = 0; i < 3; i++) {
							scene.execute("SELECT pg_logical_emit_message(false, 'lab', repeat('x', 1000000))");
							scene.execute("SELECT pg_switch_wal()");
						}
						scene.execute("CHECKPOINT");
						scene.awaitInvalidated();
						scene.server().set("max_slot_wal_keep_size", "-1");
						scene.server().reload();
					}))
				.refusedBy("slot-lost"),

			Fault.of("slot-invalidated-idle", "The slot is invalidated by `idle_replication_slot_timeout`",
					(scene) -> scene.withoutReader(() -> {
						scene.server().set("idle_replication_slot_timeout", "1s");
						scene.server().reload();
						Wait.pause(2_000);
						scene.execute("CHECKPOINT");
						scene.awaitInvalidated();
						scene.server().set("idle_replication_slot_timeout", "0");
						scene.server().reload();
					}))
				.refusedBy("slot-lost"),

			Fault
				.of("slot-advanced", "The slot is advanced by another client",
						(scene) -> scene
							.withoutReader("SELECT pg_replication_slot_advance('$slot', pg_current_wal_lsn())"))
				.refusedBy("slot-ahead-unexplained"),

			Fault
				.of("slot-recreated", "The slot is dropped and created again",
						(scene) -> scene.withoutReader("SELECT pg_drop_replication_slot('$slot'); "
								+ "SELECT pg_create_logical_replication_slot('$slot', 'pgoutput')"))
				// The first one needs a look at the slot while nothing was in flight
				.refusedBy("slot-recreated", "slot-ahead-unexplained"));

	private SlotFaults() {
	}

}
