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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Faults of the application itself.
 */
final class ApplicationFaults {

	private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

	private static final String CLOCK = "clock";

	static final List<Fault> ALL = List
		.of(Fault.of("application-killed", "The application is killed and started again", (scene) -> {
			scene.application().kill();
			scene.application().start();
		}).unnoticed(),

				Fault.of("application-exits", "A listener calls `System.exit`, and the application is started again",
						(scene) -> {
							scene.command("exit");
							scene.application().awaitEnd();
							scene.application().start();
						})
					.unnoticed()
					.restarting(),

				Fault.of("application-paused",
						"The application is stopped (SIGSTOP) for longer than `wal_sender_timeout`", (scene) -> {
							scene.application().pause();
							Wait.pause((int) Faults.WAL_SENDER_TIMEOUT.plusSeconds(4).toMillis());
							scene.application().resume();
						}),

				Fault.of("out-of-memory", "A listener fills the heap; the application is started again after 5 s",
						(scene) -> {
							scene.command("out-of-memory");
							scene.awaitState("FAILED");
							Wait.pause(5_000);
							scene.application().kill();
							scene.application().start();
						})
					.restarting(),

				Fault.of("stack-overflow", "A listener overflows the stack; the application is started again after 5 s",
						(scene) -> {
							scene.command("stack-overflow");
							scene.awaitState("FAILED");
							Wait.pause(5_000);
							scene.application().kill();
							scene.application().start();
						})
					.restarting(),

				Fault.of("interrupted", "A listener leaves its thread interrupted", (scene) -> {
					scene.command("interrupt");
					scene.awaitCommand();
				}).unnoticed(),

				Fault.of("hanging", "A listener hangs for 20 s, with `cdc.listener.timeout=5s`", (scene) -> {
					scene.command("hang");
					Wait.pause(20_000);
					scene.endCommand();
				}).with("--cdc.listener.timeout=5s"),

				Fault.of("clock-forward", "The application's clock is an hour ahead for 15 s", (scene) -> {
					scene.write(CLOCK, "+3600");
					scene.pauseFor(15_000);
					scene.write(CLOCK, "+0");
					scene.pauseFor(3_000);
				})
					.unnoticed()
					.in(ApplicationFaults::clock)
					.unless(Files.notExists(FAKETIME),
							"libfaketime is missing; install Debian's package `libfaketime`"),

				Fault.of("clock-back", "The application's clock is an hour behind for 15 s", (scene) -> {
					scene.write(CLOCK, "-3600");
					scene.pauseFor(15_000);
					scene.write(CLOCK, "+0");
					scene.pauseFor(3_000);
				})
					.unnoticed()
					.in(ApplicationFaults::clock)
					.unless(Files.notExists(FAKETIME),
							"libfaketime is missing; install Debian's package `libfaketime`"));

	private ApplicationFaults() {
	}

	/**
	 * Only the time of day is stepped, as it is by an operator or a time server. With
	 * libfaketime's fix for waits on the monotonic clock, each timed wait of a JVM ends
	 * at once, and its threads spin.
	 */
	private static Map<String, String> clock(Path directory) {
		return Map.of("LD_PRELOAD", FAKETIME.toString(), "FAKETIME_TIMESTAMP_FILE", directory.resolve(CLOCK).toString(),
				"FAKETIME_CACHE_DURATION", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1", "FAKETIME_FORCE_MONOTONIC_FIX",
				"0", "NO_FAKE_STAT", "1");
	}

}
