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

package io.github.cdcspring.internal.startup.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import org.jspecify.annotations.Nullable;

/**
 * Rules on offset stores that lose the offset.
 */
final class OffsetStoreRules {

	static final SafetyRule<SettingsContext> MEMORY_WITH_SNAPSHOT = SafetyRule.acceptable("memory-with-snapshot",
			"Every start reads all rows again, and rows that were deleted while the application was down stay undeleted "
					+ "downstream.",
			OffsetStoreRules::memoryWithSnapshot);

	static final SafetyRule<SettingsContext> OFFSET_AUTHORITY_WITHOUT_DURABLE_OFFSET = SafetyRule.acceptable(
			"offset-authority-without-durable-offset",
			"After a restart there is no offset to compare the slot with, so an advanced slot is not noticed.",
			OffsetStoreRules::offsetAuthorityWithoutDurableOffset);

	static final SafetyRule<SettingsContext> EPHEMERAL_FILE = SafetyRule.acceptable("ephemeral-offset-file",
			"The offset may be lost when the machine or container restarts.", OffsetStoreRules::ephemeralFile);

	private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

	private OffsetStoreRules() {
	}

	private static void memoryWithSnapshot(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		EngineSettings engine = context.engine();
		if (!engine.offset().store().isDurable() && engine.snapshotMode().readsData()) {
			findings.add(settings.store() + " loses the offset at each stop, so " + settings.snapshotMode()
					+ " reads all rows again at every start. Rows that were deleted while the application was down "
					+ "stay undeleted downstream.",
					new Steps().setting("Set " + settings.name("offset.store") + " to jdbc or file, or set ",
							settings.name("snapshot.mode") + "=no_data", "."),
					"offset.store", "snapshot.mode");
		}
	}

	private static void offsetAuthorityWithoutDurableOffset(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		EngineSettings engine = context.engine();
		if (!engine.offset().store().isDurable() && engine.offsetMismatchStrategy().needsDurableOffset()) {
			findings.add(
					settings.strategy() + " trusts the stored offset, but " + settings.store()
							+ " loses it at each stop. After a restart there is no offset to compare " + settings.slot()
							+ " with: if another process advanced the slot, the changes in between would be skipped.",
					new Steps().setting("Set " + settings.name("offset.store") + " to jdbc or file, or set ",
							settings.name("offset-mismatch-strategy") + "=no_validation", "."),
					"offset-mismatch-strategy", "offset.store");
		}
	}

	private static void ephemeralFile(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		Path file = context.engine().offset().filePath();
		String place = (context.engine().offset().store() == OffsetStoreType.FILE) ? ephemeralPlace(file) : null;
		if (place != null) {
			findings.add(settings.with("offset.file.path", file) + " is in " + place
					+ ", where files do not survive a restart of the machine or container. The offset would be lost, and "
					+ "the next start would behave like the first.",
					new Steps().setting(
							"Set " + settings.name("offset.file.path")
									+ " to a file on a persistent disk, such as a mounted volume, or set ",
							settings.name("offset.store") + "=jdbc", "."),
					"offset.file.path", "offset.store");
		}
	}

	private static @Nullable String ephemeralPlace(Path file) {
		Path absolute = file.toAbsolutePath().normalize();
		Path real = real(absolute);
		return Stream.of(System.getProperty("java.io.tmpdir"), "/tmp", "/var/tmp", "/dev/shm")
			.map((directory) -> Path.of(directory).toAbsolutePath().normalize())
			.filter((directory) -> absolute.startsWith(directory) || real.startsWith(real(directory)))
			.findFirst()
			.map(Path::toString)
			.orElseGet(() -> fileSystemInMemory(real));
	}

	private static @Nullable String fileSystemInMemory(Path file) {
		Path existing = existing(file);
		try {
			return (existing != null && IN_MEMORY.contains(Files.getFileStore(existing).type()))
					? existing + " (a file system in memory)" : null;
		}
		catch (IOException ex) {
			// The store reports it when it opens the file
			return null;
		}
	}

	/**
	 * Follow symbolic links as far as the path exists.
	 */
	private static Path real(Path path) {
		Path existing = existing(path);
		try {
			return (existing != null) ? existing.toRealPath().resolve(existing.relativize(path)) : path;
		}
		catch (IOException ex) {
			return path;
		}
	}

	private static @Nullable Path existing(Path path) {
		Path existing = path;
		while (existing != null && !Files.exists(existing)) {
			existing = existing.getParent();
		}
		return existing;
	}

}
