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

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Copies the data directory of a running server, whose files may vanish meanwhile.
 */
final class DirectoryCopy {

	/** The files of these directories belong to the running server. */
	private static final Set<Path> EMPTY = Set.of(Path.of("pg_replslot"), Path.of("pg_dynshmem"), Path.of("pg_notify"),
			Path.of("pg_serial"), Path.of("pg_snapshots"), Path.of("pg_stat_tmp"), Path.of("pg_subtrans"));

	private static final Set<String> OMITTED = Set.of("postmaster.pid", "postmaster.opts", "standby.signal",
			"backup_label");

	private DirectoryCopy() {
	}

	/**
	 * Copy.
	 * @param included which files to copy, relative to the directory
	 */
	static void copy(Path from, Path to, Predicate<Path> included) throws IOException {
		Files.walkFileTree(from, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
					throws IOException {
				Path relative = from.relativize(directory);
				if (relative.getNameCount() > 1 && EMPTY.contains(relative.subpath(0, 1))) {
					return FileVisitResult.SKIP_SUBTREE;
				}
				Files.createDirectories(to.resolve(relative));
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Path relative = from.relativize(file);
				if (included.test(relative) && !OMITTED.contains(relative.toString())
						&& !EMPTY.contains(relative.subpath(0, 1))) {
					copyIfPresent(file, to.resolve(relative));
				}
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFileFailed(Path file, IOException ex) throws IOException {
				if (ex instanceof NoSuchFileException) {
					return FileVisitResult.CONTINUE;
				}
				throw ex;
			}

		});
	}

	private static void copyIfPresent(Path from, Path to) throws IOException {
		try {
			Files.copy(from, to);
		}
		catch (NoSuchFileException ex) {
			// Dropped meanwhile, which the WAL repeats
		}
	}

}
