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
 * Changes of the role with which the application connects.
 */
final class RoleFaults {

	static final List<Fault> ALL = List.of(Fault.of("password-changed",
			"The password of the role is another one for 15 s, and the connections end", (scene) -> {
				scene.execute("ALTER ROLE $role PASSWORD 'another'");
				scene.endConnections();
				Wait.pause(15_000);
				scene.execute("ALTER ROLE $role PASSWORD '" + FaultScene.PASSWORD + "'");
			}),

			Fault.of("replication-revoked", "The role is not permitted to replicate for 15 s, and the stream ends",
					(scene) -> {
						scene.execute("ALTER ROLE $role NOREPLICATION");
						scene.endStream();
						Wait.pause(15_000);
						scene.execute("ALTER ROLE $role REPLICATION");
					}),

			Fault.of("login-revoked", "The role may not log in for 15 s, and the connections end", (scene) -> {
				scene.execute("ALTER ROLE $role NOLOGIN");
				scene.endConnections();
				Wait.pause(15_000);
				scene.execute("ALTER ROLE $role LOGIN");
			}),

			Fault.of("role-timeouts",
					"The role gets timeouts of 10 s for statements, locks, transactions and idle sessions", (scene) -> {
						for (String timeout : List.of("statement_timeout", "lock_timeout", "idle_session_timeout",
								"idle_in_transaction_session_timeout", "transaction_timeout")) {
							scene.execute("ALTER ROLE $role SET " + timeout + " = '10s'");
						}
						scene.endConnections();
						scene.awaitNewRow();
						scene.pauseFor(15_000);
						scene.execute("ALTER ROLE $role RESET ALL");
					}));

	private RoleFaults() {
	}

}
