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

package io.github.cdcspring.internal.debezium;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The classes that a first run loads. To load them takes much of the time of a start and
 * of a takeover, so another thread does it while the application starts, or on standby.
 * The list is from {@code -Xlog:class+load} of instances that received. A name that it
 * lacks is loaded later, and one that does not exist is ignored.
 */
public final class RunClasses {

	private static final String LIST = "run-classes.txt";

	private static final AtomicBoolean begun = new AtomicBoolean();

	private RunClasses() {
	}

	/**
	 * Load the classes in the background, once in a JVM. They are not initialized: two
	 * threads that initialize classes in another order may wait for each other.
	 */
	public static void loadInBackground() {
		if (begun.compareAndSet(false, true)) {
			Thread thread = new Thread(() -> names().forEach(RunClasses::load), "cdc-warm-up");
			thread.setDaemon(true);
			thread.start();
		}
	}

	static List<String> names() {
		try (InputStream list = RunClasses.class.getResourceAsStream(LIST);
				BufferedReader reader = new BufferedReader(
						new InputStreamReader(Objects.requireNonNull(list), StandardCharsets.UTF_8))) {
			return reader.lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean load(String name) {
		try {
			Class.forName(name, false, RunClasses.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			// Another version of a library, or one without an optional part
			return false;
		}
	}

}
