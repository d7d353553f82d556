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
 * A listener that fails for a while, with each way to treat that.
 */
final class ListenerFaults {

	static final List<Fault> ALL = List.of(
			Fault.of("listener-stop", "A listener fails for 5 s, `on-failure=stop`", ListenerFaults::fail),

			Fault
				.of("listener-stop-lanes", "A listener fails for 5 s, `on-failure=stop`, `concurrency=4`",
						ListenerFaults::fail)
				.with("--cdc.listener.concurrency=4"),

			Fault
				.of("listener-stop-transactional", "A listener fails for 5 s, `on-failure=stop`, `transactional=true`",
						ListenerFaults::fail)
				.with("--cdc.listener.transactional=true"),

			Fault
				.of("listener-park",
						"A listener fails for 3 s, `on-failure=park`; the parked rows are those not received",
						ListenerFaults::failShortly)
				.unnoticed()
				.with("--cdc.listener.on-failure=park", "--cdc.listener.retry.max-attempts=1")
				.keeping("SELECT DISTINCT (regexp_match(event, '\"id\": *(\\d+)'))[1] FROM $role.cdc_parked_event"));

	private ListenerFaults() {
	}

	private static void fail(FaultScene scene) {
		scene.command("fail");
		Wait.pause(5_000);
		scene.endCommand();
	}

	private static void failShortly(FaultScene scene) {
		scene.command("fail");
		Wait.pause(3_000);
		scene.endCommand();
	}

}
