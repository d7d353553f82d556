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

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Prints the progress of the run with the elapsed time.
 */
final class Progress {

	private final PrintStream out;

	private final long begin = System.nanoTime();

	Progress(PrintStream out) {
		this.out = out;
	}

	void log(String format, @Nullable Object... arguments) {
		long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.begin);
		this.out.println(String.format(Locale.ROOT, "[%2d:%02d] ", seconds / 60, seconds % 60)
				+ String.format(Locale.ROOT, format, arguments));
	}

	long seconds() {
		return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.begin);
	}

}
