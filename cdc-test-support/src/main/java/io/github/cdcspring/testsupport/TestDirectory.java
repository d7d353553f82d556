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

package io.github.cdcspring.testsupport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.FileSystemUtils;

/**
 * The directories of test servers. They are in memory if that has room: each database
 * consists of hundreds of files, and to create a file on ext4 takes long while many were
 * removed shortly before.
 */
final class TestDirectory {

	private static final Path MEMORY = Path.of("/dev/shm");

	private static final long MIN_FREE_BYTES = 4L << 30;

	private static final Pattern NAME = Pattern.compile("cdc-test-(\\d+)-.*");

	static {
		removeAbandoned();
	}

	private TestDirectory() {
	}

	/** Create an empty directory. */
	static Path create() throws IOException {
		String prefix = "cdc-test-" + ProcessHandle.current().pid() + "-";
		return hasRoom() ? Files.createTempDirectory(MEMORY, prefix) : Files.createTempDirectory(prefix);
	}

	private static boolean hasRoom() throws IOException {
		return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= MIN_FREE_BYTES;
	}

	/** A JVM that was killed leaves its directories behind. */
	private static void removeAbandoned() {
		if (!Files.isWritable(MEMORY)) {
			return;
		}
		try (DirectoryStream<Path> directories = Files.newDirectoryStream(MEMORY, "cdc-test-*")) {
			for (Path directory : directories) {
				Matcher name = NAME.matcher(directory.getFileName().toString());
				if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
					remove(directory);
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot remove the directories of former tests in " + MEMORY, ex);
		}
	}

	private static void remove(Path directory) throws IOException {
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (NoSuchFileException ex) {
			// Another JVM removes it, too
		}
	}

}
