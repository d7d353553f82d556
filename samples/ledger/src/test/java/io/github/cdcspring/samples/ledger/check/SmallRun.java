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

package io.github.cdcspring.samples.ledger.check;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A run with few accounts and transactions, and what it prints. The classes that use it
 * run at the same time.
 */
final class SmallRun {

	private static final int ACCOUNTS = 1000;

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	/**
	 * Run it to its end.
	 * @param name the name of its directory
	 * @param options more options
	 * @return whether the mirror is equal
	 */
	boolean endsEqual(String name, String... options) {
		String[] all = new String[options.length + 2];
		all[0] = "--transactions=200";
		all[1] = "--scale=1";
		System.arraycopy(options, 0, all, 2, options.length);
		Path directory = Path.of("target", "ledger-tests", name).toAbsolutePath();
		return new LedgerRun(Options.parse(directory, all),
				(parsed, source) -> new PgbenchStatements(source.dataSource(), parsed, ACCOUNTS),
				new PrintStream(this.output, true, StandardCharsets.UTF_8), false)
			.run();
	}

	String lastLine() {
		return output().stripTrailing().lines().reduce("", (first, second) -> second);
	}

	String output() {
		return this.output.toString(StandardCharsets.UTF_8);
	}

}
