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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

import javax.sql.DataSource;

import io.github.cdcspring.samples.ledger.MirrorSchema;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;

/**
 * Runs the load against the application and says, as its last line and exit status,
 * whether the mirror is equal to the source.
 */
public final class LedgerRun {

	/** A start may take longer than the mirror may stand still. */
	private static final Duration START = Duration.ofMinutes(2);

	private final Options options;

	private final BiFunction<Options, TestDatabase, Load> loads;

	private final PrintStream out;

	private final Resources resources = new Resources();

	LedgerRun(Options options, BiFunction<Options, TestDatabase, Load> loads, PrintStream out) {
		this.options = options;
		this.loads = loads;
		this.out = out;
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
			System.exit(new LedgerRun(options, Load::of, System.out).run() ? 0 : 1);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.println(Options.USAGE);
			System.exit(2);
		}
	}

	boolean run() {
		Verdict verdict;
		try {
			verdict = loadAndCompare();
		}
		catch (IOException | SQLException | RuntimeException | LinkageError ex) {
			verdict = Verdict.failed(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			verdict = Verdict.failed(ex);
		}
		// Interrupted: what failed then, failed because all was ended under it
		if (!this.resources.interrupted()) {
			this.resources.close();
			this.out.println(verdict.line());
		}
		return verdict.equal();
	}

	private Verdict loadAndCompare() throws IOException, SQLException, InterruptedException {
		Files.createDirectories(this.options.directory());
		for (String file : List.of("application.log", "pgbench.log", "offset", "offset-bare")) {
			Files.deleteIfExists(this.options.directory().resolve(file));
		}
		EmbeddedPostgresServer server = this.resources.add(startServer());
		TestDatabase sourceDatabase = server.createDatabase("source");
		TestDatabase mirrorDatabase = server.createDatabase("mirror");
		DataSource source = sourceDatabase.dataSource();
		DataSource mirror = mirrorDatabase.dataSource();
		MirrorSchema.create(mirror);
		Load load = this.loads.apply(this.options, sourceDatabase);
		load.initialise(this.options.scale());
		execute(source, LedgerTable.CREATE_EXTRA);
		execute(source, Effects.CREATE);
		Sample sample = this.resources.add(new Sample(this.options, sourceDatabase, mirrorDatabase));
		ExtraLoad extra = this.resources.add(new ExtraLoad(source));
		this.out.printf(
				"%d TPC-B transactions by %s, %d clients, scale %d, %s store, %d lane(s), %d kill(s), seed %d%n",
				this.options.transactions(), load.name(), this.options.clients(), this.options.scale(),
				this.options.store(), this.options.lanes(), this.options.kills(), this.options.seed());

		long begin = System.nanoTime();
		sample.start();
		new Progress(mirror, START, sample).await((tallies) -> tallies.runs() > 0);
		if (this.options.backfill()) {
			awaitSlot(source, sample);
		}
		Progress progress = new Progress(mirror, this.options.patience(), sample);
		long existing = rowsOfFixedTables(Totals.ofSource(source));
		if (this.options.extra()) {
			extra.start(this.options.seed());
		}
		if (this.options.kills() > 0) {
			new Kills(this.options, sample, mirror, existing, this.out).run(load);
		}
		else {
			// One half while existing rows are read, the other afterwards
			load.run(this.options.transactions() / 2, this.options.clients(), 0);
			long rows = rowsOfFixedTables(Totals.ofSource(source));
			progress.await((tallies) -> rowsOfFixedTables(Totals.ofMirror(mirror)) == rows);
			load.run(this.options.transactions() - this.options.transactions() / 2, this.options.clients(), 0);
		}
		int extraTransactions = extra.stop();
		Duration loaded = Duration.ofNanos(System.nanoTime() - begin);
		Comparison comparison = new Comparison(source, mirror);
		boolean caughtUp = awaitMirror(source, mirror, comparison, progress);
		Duration caught = Duration.ofNanos(System.nanoTime() - begin);
		boolean stopped = sample.stop();

		Report report = new Report(this.options, Totals.ofSource(source), Totals.ofMirror(mirror),
				comparison.compareAll(), Tallies.read(mirror), transactionsIn(source),
				this.options.once() ? Effects.read(source, mirror) : null);
		report.print(this.out);
		this.out.printf("load %,d ms%s, mirror %s after %,d ms%s%n", loaded.toMillis(),
				(extraTransactions > 0) ? " (and " + extraTransactions + " extra transactions)" : "",
				caughtUp ? "equal" : "stood still", caught.toMillis(),
				stopped ? "" : "; the application did not stop in time");
		return report.verdict();
	}

	/** From then on, all changes are in the stream. */
	private static void awaitSlot(DataSource source, Sample sample) throws SQLException, InterruptedException {
		long deadline = System.nanoTime() + START.toNanos();
		while (number(source, "SELECT count(*) FROM pg_replication_slots WHERE active") == 0) {
			sample.check();
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("The application has not begun to receive in time");
			}
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	/** Without a shutdown hook: {@link Resources} closes the server after its clients. */
	private EmbeddedPostgresServer startServer() throws IOException {
		return EmbeddedPostgresServer.builder()
			.dataDirectory(this.options.directory().resolve("data"))
			.setting("max_wal_size", "4GB")
			.withoutShutdownHook()
			.start();
	}

	/**
	 * The tables that pgbench neither adds to nor deletes from: when they are there, the
	 * snapshot is.
	 */
	private static long rowsOfFixedTables(Map<LedgerTable, Totals> totals) {
		return totals.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().fixed())
			.mapToLong((entry) -> entry.getValue().rows())
			.sum();
	}

	/** Sums first, which are cheap; the rows when the sums agree. */
	private boolean awaitMirror(DataSource source, DataSource mirror, Comparison comparison, Progress progress)
			throws SQLException, InterruptedException {
		Map<LedgerTable, Totals> expected = Totals.ofSource(source);
		return progress.await((tallies) -> Totals.ofMirror(mirror).equals(expected)
				&& comparison.compareAll().stream().allMatch(Difference::isNone));
	}

	/** What the load did in fact, so that an empty comparison cannot pass. */
	private static int transactionsIn(DataSource source) throws SQLException {
		return number(source,
				"SELECT count(*) FROM pgbench_history WHERE filler IS DISTINCT FROM '" + ExtraLoad.COPIED + "'");
	}

	private static int number(DataSource database, String sql) throws SQLException {
		try (Connection connection = database.getConnection();
				Statement statement = connection.createStatement();
				var result = statement.executeQuery(sql)) {
			result.next();
			return result.getInt(1);
		}
	}

	private static void execute(DataSource database, String sql) throws SQLException {
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
