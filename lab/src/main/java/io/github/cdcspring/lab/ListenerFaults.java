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
import java.util.stream.Stream;

/**
 * A listener that fails for a while, with each way to treat that.
 */
final class ListenerFaults {

	private static final String LANES = "--cdc.listener.concurrency=4";

	private static final String TRANSACTIONAL = "--cdc.listener.transactional=true";

	static final List<Fault> ALL = List.of(
			Fault.of("listener-stop", "A listener fails for 5 s, `on-failure=stop`", ListenerFaults::fail),

			Fault
				.of("listener-stop-lanes", "A listener fails for 5 s, `on-failure=stop`, `concurrency=4`",
						ListenerFaults::fail)
				.with(LANES),

			Fault
				.of("listener-stop-transactional", "A listener fails for 5 s, `on-failure=stop`, `transactional=true`",
						ListenerFaults::fail)
				.with(TRANSACTIONAL),

			park("listener-park", ""),

			park("listener-park-lanes", ", `concurrency=4`", LANES),

			park("listener-park-transactional", ", `transactional=true`", TRANSACTIONAL),

			skip("listener-skip", ""),

			skip("listener-skip-lanes", ", `concurrency=4`", LANES),

			skip("listener-skip-transactional", ", `transactional=true`", TRANSACTIONAL));

	private ListenerFaults() {
	}

	private static Fault park(String name, String how, String... arguments) {
		return gone(name,
				"A listener fails for 3 s, `on-failure=park`" + how + "; the parked rows are those not received",
				"park", arguments)
			.keeping("SELECT DISTINCT (regexp_match(event, '\"id\": *(\\d+)'))[1] FROM $role.cdc_parked_event");
	}

	private static Fault skip(String name, String how, String... arguments) {
		return gone(name,
				"A listener fails for 3 s, `on-failure=skip`" + how + "; each row not received is one of a failed call",
				"skip", arguments)
			.skipping();
	}

	/** The events are skipped, so there is nothing to recover from. */
	private static Fault gone(String name, String title, String action, String... arguments) {
		return Fault.of(name, title, ListenerFaults::failShortly)
			.unnoticed()
			.with(Stream
				.concat(Stream.of("--cdc.listener.on-failure=" + action, "--cdc.listener.retry.max-attempts=1"),
						Stream.of(arguments))
				.toArray(String[]::new));
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
