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
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import org.jspecify.annotations.Nullable;

/**
 * The file of the position lies where files do not stay.
 */
final class EphemeralOffsetFile implements SettingsRule {

	private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

	@Override
	public String id() {
		return "ephemeral-offset-file";
	}

	@Override
	public String risk() {
		return "The position may be gone after a restart of the machine or container.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.offset().store() != OffsetStoreType.FILE) {
			return List.of();
		}
		Path file = engine.offset().filePath();
		String place = ephemeralPlace(file);
		if (place == null) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.with("offset.file.path", file) + " lies in " + place
				+ ", where files do not outlive a restart of the machine or container: the position would be gone, "
				+ "and the next start would begin as if it were the first.",
				"Set " + settings.name("offset.file.path")
						+ " to a file on a disk that stays, such as a mounted volume, or "
						+ settings.name("offset.store") + "=jdbc.",
				"offset.file.path", "offset.store"));
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
					? existing + ", which is kept in memory" : null;
		}
		catch (IOException ex) {
			// whoever opens the file says what is wrong with it
			return null;
		}
	}

	/**
	 * With symbolic links followed, as far as the path exists.
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
