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

package io.github.cdcspring.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Describes the machine.
 */
final class Machine {

	private Machine() {
	}

	static String describe() {
		return Runtime.getRuntime().availableProcessors() + " cores of " + processor() + ", " + memory() + "Java "
				+ System.getProperty("java.version");
	}

	private static String processor() {
		return read("/proc/cpuinfo", "model name", System.getProperty("os.arch"));
	}

	private static String memory() {
		String kilobytes = read("/proc/meminfo", "MemTotal", "").replace(" kB", "");
		return kilobytes.isEmpty() ? "" : Math.round(Long.parseLong(kilobytes) / 1024.0 / 1024.0) + " GiB, ";
	}

	private static String read(String file, String key, String otherwise) {
		try {
			return Files.readAllLines(Path.of(file))
				.stream()
				.filter((line) -> line.startsWith(key))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse(otherwise);
		}
		catch (IOException ex) {
			return otherwise;
		}
	}

}
