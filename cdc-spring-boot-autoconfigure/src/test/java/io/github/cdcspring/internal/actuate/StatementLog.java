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

package io.github.cdcspring.internal.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.TestDatabase;

/**
 * Statements that a server logs. Its statistics of transactions are delayed, and include
 * those of its own workers.
 */
final class StatementLog {

	/** Name of the log file. */
	static final String FILE = "statements.log";

	private static final Pattern ENTRY = Pattern.compile("(?m)^\\d{4}-[^\\[]+\\[\\d+] LOG: {2}");

	private static final Pattern STATEMENT = Pattern.compile("(?:statement|execute [^:]+|fastpath [^:]+):\\s*(\\S.*)?");

	private static final int SHOWN = 60;

	private final Path file;

	private int read;

	private StatementLog(Path file) {
		this.file = file;
	}

	/**
	 * Log every statement of a database in sessions that begin from now on.
	 * @param logs the directory that the server's logging collector writes to
	 */
	static StatementLog of(TestDatabase database, Path logs) {
		database.execute("ALTER DATABASE " + database.name() + " SET log_statement = 'all'");
		return new StatementLog(logs.resolve(FILE));
	}

	/**
	 * Return the statements since the last call, truncated. BEGIN and the connection
	 * pool's empty statement for validation are left out.
	 */
	List<String> read() {
		try {
			String text = Files.readString(this.file, StandardCharsets.UTF_8);
			String news = text.substring(this.read);
			this.read = text.length();
			return ENTRY.splitAsStream(news)
				.map(STATEMENT::matcher)
				.filter((entry) -> entry.lookingAt() && entry.group(1) != null)
				.map((entry) -> entry.group(1))
				.filter((statement) -> !statement.startsWith("BEGIN"))
				.map((statement) -> statement.substring(0, Math.min(statement.length(), SHOWN)))
				.collect(Collectors.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
