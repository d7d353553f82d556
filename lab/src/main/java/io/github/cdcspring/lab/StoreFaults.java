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

/**
 * Faults of the place where the offset is stored.
 */
final class StoreFaults {

	private static final String FILE = "offset-file";

	private static final String DISK = "disk";

	private static final String STORE = "--cdc.offset.store=file";

	private static final String PATH = "--cdc.offset.file.path=$directory/";

	static final List<Fault> ALL = List.of(
			Fault.of("offset-table-locked", "`cdc_offset` is locked for 20 s", (scene) -> scene
				.execute("BEGIN; LOCK TABLE $role.cdc_offset IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(20); COMMIT")),

			Fault.of("offset-table-dropped", "`cdc_offset` is dropped", (scene) -> {
				scene.execute("DROP TABLE $role.cdc_offset");
				scene.awaitNewRow();
			}).unnoticed(),

			Fault.of("offset-table-read-only", "All transactions of the application are read-only for 15 s",
					(scene) -> {
						scene.execute("ALTER ROLE $role SET default_transaction_read_only = on");
						scene.endConnections();
						Wait.pause(15_000);
						scene.execute("ALTER ROLE $role RESET default_transaction_read_only");
						scene.endConnections();
					}),

			Fault.of("offset-table-not-writable", "The right to change `cdc_offset` is missing for 15 s", (scene) -> {
				scene.execute("REVOKE INSERT, UPDATE ON $role.cdc_offset FROM $role");
				Wait.pause(15_000);
				scene.execute("GRANT INSERT, UPDATE ON $role.cdc_offset TO $role");
			}),

			damaged("truncated", "is empty", new byte[0]),

			damaged("garbage", "is garbage", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }),

			Fault.of("offset-file-deleted",
					"The offset file is missing when the application starts, which takes a new snapshot", (scene) -> {
						scene.application().kill();
						Files.delete(scene.directory().resolve(FILE));
						scene.application().start();
					})
				.unnoticed()
				.restarting()
				.with(STORE, PATH + FILE),

			Fault.of("offset-file-disk-full", "The disk of the offset file is full for 15 s", (scene) -> {
				Path disk = scene.application().seen(scene.directory().resolve(DISK));
				SmallDisk.fill(disk);
				Wait.pause(15_000);
				SmallDisk.free(disk);
			}).with(STORE, PATH + DISK + "/" + FILE).onSmallDisk(DISK));

	private StoreFaults() {
	}

	/** A damaged file is restored from a copy, and the application continues. */
	private static Fault damaged(String name, String how, byte[] content) {
		return Fault.of("offset-file-" + name,
				"The offset file " + how + " when the application starts, and is restored from a copy after 5 s",
				(scene) -> {
					scene.application().kill();
					Path file = scene.directory().resolve(FILE);
					byte[] copy = Files.readAllBytes(file);
					Files.write(file, content);
					scene.startWithFault();
					Wait.pause(5_000);
					Files.write(file, copy);
				})
			.restarting()
			.with(STORE, PATH + FILE);
	}

}
