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
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BiFunction;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;

/**
 * Runs the load against the application and says, as its last line and exit status,
 * whether the mirror is equal to the source.
 */
public final class LedgerRun {

	private final Options options;

	private final BiFunction<Options, TestDatabase, Load> loads;

	private final PrintStream out;

	private final ProgressBars bars;

	private final Resources resources = new Resources();

	LedgerRun(Options options, BiFunction<Options, TestDatabase, Load> loads, PrintStream out, boolean terminal) {
		this.options = options;
		this.loads = loads;
		this.bars = new ProgressBars(out, terminal, System::nanoTime);
		this.out = this.bars.lines();
	}

	/**
	 * Run from the command line, for which {@code samples/ledger/run} is the way.
	 * @param arguments the options
	 */
	public static void main(String[] arguments) {
		if (List.of(arguments).contains("--help")) {
			System.out.println(Options.USAGE);
			return;
		}
		System.setProperty("logback.configurationFile", "logback-run.xml");
		Path directory = Path.of(System.getProperty("ledger.directory", "target/ledger"));
		try {
			Options options = Options.parse(directory.toAbsolutePath(), arguments);
			boolean terminal = Boolean.getBoolean("ledger.terminal");
			System.exit(new LedgerRun(options, Load::of, System.out, terminal).run() ? 0 : 1);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.println(Options.USAGE);
			System.exit(2);
		}
	}

	boolean run() {
		return new CheckedRun(this.resources, this.out).run(this::loadAndCompare);
	}

	private Verdict loadAndCompare() throws IOException, SQLException, InterruptedException {
		Files.createDirectories(this.options.directory());
		for (String file : List.of("application.log", "pgbench.log", "offset", "offset-bare")) {
			Files.deleteIfExists(this.options.directory().resolve(file));
		}
		EmbeddedPostgresServer server = this.resources.add(startServer());
		Ledger ledger = this.resources.add(Ledger.create(this.options, server, this.loads));
		Sample sample = this.resources.add(new Sample(this.options, ledger.source(), ledger.mirror()));
		this.out.printf(
				"%d TPC-B transactions by %s, %d clients, scale %d, %s store, %d lane(s), %d kill(s), seed %d%n",
				this.options.transactions(), ledger.load(), this.options.clients(), this.options.scale(),
				this.options.store(), this.options.lanes(), this.options.kills(), this.options.seed());
		ledger.begin();
		ProgressWatch progress = this.resources.add(new ProgressWatch(ledger.mirror().dataSource(), this.bars));
		sample.start();
		ledger.awaitStarts(1, sample);
		if (this.options.backfill()) {
			ledger.awaitSlot(sample);
		}
		ledger.startExtraLoad();
		if (this.options.kills() > 0) {
			ledger.run(sample, this.out);
		}
		else {
			// One half while existing rows are read, the other afterwards
			ledger.run(this.options.transactions() / 2);
			ledger.awaitSnapshot(sample);
			ledger.run(this.options.transactions() - this.options.transactions() / 2);
		}
		Ledger.Outcome outcome = ledger.finish(sample);
		if (this.options.backfill() && !ledger.awaitBackfill(sample)) {
			this.out.println("The backfill stands still");
		}
		progress.close();
		return ledger.judge(outcome, this.options.transactions(), this.options.kills(), sample.stop(), this.out);
	}

	/** Without a shutdown hook: {@link Resources} closes the server after its clients. */
	private EmbeddedPostgresServer startServer() throws IOException {
		return EmbeddedPostgresServer.builder()
			.dataDirectory(this.options.directory().resolve("data"))
			.setting("max_wal_size", "4GB")
			.withoutShutdownHook()
			.start();
	}

}
