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
 * Faults of the server.
 */
final class ServerFaults {

	static final List<Fault> ALL = List.of(
			Fault.of("walsender-terminated", "The process that sends is terminated", FaultScene::endStream),

			Fault.of("server-stopped", "The server is stopped (`fast`) and started again", (scene) -> {
				scene.server().stopFast();
				scene.server().start();
			}),

			Fault.of("server-stopped-immediately", "The server is stopped (`immediate`) and started again", (scene) -> {
				scene.server().stopImmediately();
				scene.server().start();
			}),

			Fault.of("server-killed", "All processes of the server are killed, and it is started again", (scene) -> {
				scene.server().kill();
				scene.server().start();
			}),

			Fault.of("server-away", "The server is away for 30 s", (scene) -> {
				scene.server().stopFast();
				Wait.pause(30_000);
				scene.server().start();
			}),

			Fault.of("connections-exhausted", "The server has no connection left for 15 s, and the stream ends",
					(scene) -> {
						try (Occupied occupied = Occupied.connections(scene)) {
							scene.strikes();
							occupied.execute(scene.endOfConnections());
							occupied.hold(15_000);
						}
					}),

			Fault.of("wal-senders-exhausted", "The server has no WAL sender left for 15 s, and the stream ends",
					(scene) -> {
						try (Occupied occupied = Occupied.walSenders(scene)) {
							scene.strikes();
							scene.endStream();
							occupied.hold(15_000);
						}
					}),

			Fault.of("slots-exhausted",
					"The application starts for the first time while the server has no slot left; it ends, and is started again",
					(scene) -> {
						scene.application().kill();
						scene.awaitNoReader();
						scene.execute("SELECT pg_drop_replication_slot('$slot'); DELETE FROM $role.cdc_offset");
						try (Occupied occupied = Occupied.slots(scene)) {
							scene.application().start();
							scene.application().awaitEnd();
						}
						scene.application().start();
					})
				.unnoticed()
				.restarting(),

			Fault.of("server-restored", "The server is restored from a copy that is older than the offset", (scene) -> {
				scene.server().stopFast();
				scene.server().save();
				scene.server().start();
				scene.awaitNewRow();
				scene.pauseFor(3_000);
				scene.server().kill();
				scene.server().restore();
				scene.server().start();
			}).refusedBy("history-mismatch"));

	private ServerFaults() {
	}

}
