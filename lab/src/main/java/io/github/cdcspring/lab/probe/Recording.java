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

package io.github.cdcspring.lab.probe;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file with one line for each thing that happened in the application. A written line
 * survives the application, because the operating system keeps it. Writing ignores an
 * interrupt, which belongs to the listener.
 */
class Recording implements AutoCloseable {

	private final FileOutputStream file;

	Recording(Path file) throws IOException {
		this.file = new FileOutputStream(file.toFile(), true);
	}

	/**
	 * Write lines.
	 * @param lines the lines, each with a line break
	 */
	synchronized void write(CharSequence lines) {
		try {
			this.file.write(lines.toString().getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
