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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.testsupport.ChildProcess;
import io.github.cdcspring.testsupport.TestDatabase;

/** The load, run by the pgbench program itself. */
class PgbenchProgram implements Load {

	private final TestDatabase source;

	private final Path log;

	private final long seed;

	PgbenchProgram(TestDatabase source, Options options) {
		this.source = source;
		this.log = options.directory().resolve("pgbench.log");
		this.seed = options.seed();
	}

	@Override
	public String name() {
		return "pgbench";
	}

	static boolean isInstalled() {
		try {
			return new ProcessBuilder("pgbench", "--version").redirectErrorStream(true)
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

	@Override
	public void initialise(int scale) throws IOException, InterruptedException {
		pgbench("-i", "-q", "-s", "" + scale);
	}

	@Override
	public void run(int transactions, int clients, int rate) throws IOException, InterruptedException {
		if (transactions >= clients) {
			runEach(clients, transactions / clients, rate);
		}
		if (transactions % clients > 0) {
			runEach(1, transactions % clients, rate);
		}
	}

	private void runEach(int clients, int transactionsEach, int rate) throws IOException, InterruptedException {
		List<String> arguments = new ArrayList<>(List.of("-n", "-c", "" + clients, "-j", "" + Math.min(clients, 2),
				"-t", "" + transactionsEach, "--random-seed=" + Math.abs(this.seed)));
		if (rate > 0) {
			arguments.addAll(List.of("-R", "" + rate));
		}
		pgbench(arguments.toArray(String[]::new));
	}

	private void pgbench(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of("pgbench", "-h", this.source.host(), "-p", "" + this.source.port(), "-U", this.source.user()));
		command.addAll(List.of(arguments));
		command.add(this.source.name());
		ChildProcess process = ChildProcess.start(new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile())));
		try {
			int status = process.awaitEnd();
			if (status != 0) {
				throw new IOException("pgbench ended with status " + status + "; its words are in " + this.log);
			}
		}
		finally {
			process.kill();
		}
	}

}
