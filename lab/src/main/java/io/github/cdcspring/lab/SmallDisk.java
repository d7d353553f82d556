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
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of one application, which is so small that it can be filled. It is
 * mounted in a namespace of its own, so that this needs no right of an administrator.
 */
final class SmallDisk {

	/** Whether the system lets a process mount a file system for itself. */
	static final boolean AVAILABLE = isAvailable();

	private static final String MOUNT = "mount -t tmpfs -o size=256k lab \"$0\" && exec \"$@\"";

	private static final String FILLER = "filler";

	private SmallDisk() {
	}

	private static boolean isAvailable() {
		try {
			return new ProcessBuilder("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
					"mount -t tmpfs -o size=64k lab /tmp")
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/** What has to precede the command of a process for which a directory is the disk. */
	static List<String> at(Path directory) {
		return List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, directory.toString());
	}

	/** Leave no byte free. */
	static void fill(Path directory) {
		byte[] block = new byte[1024];
		try (OutputStream filler = Files.newOutputStream(directory.resolve(FILLER))) {
			while (true) {
				filler.write(block);
			}
		}
		catch (IOException ex) {
			// It is full
		}
	}

	/** Take away what filled it. */
	static void free(Path directory) {
		try {
			Files.delete(directory.resolve(FILLER));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
