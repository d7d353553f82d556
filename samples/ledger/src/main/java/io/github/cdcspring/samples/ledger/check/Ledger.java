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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

import javax.sql.DataSource;

import io.github.cdcspring.samples.ledger.MirrorSchema;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;

/**
 * The source and its mirror: puts the source under load, and compares the mirror row by
 * row.
 */
public final class Ledger implements AutoCloseable {

	/** A start may take longer than the mirror may stand still. */
	private static final Duration START = Duration.ofMinutes(2);

	private final Options options;

	private final TestDatabase sourceDatabase;

	private final TestDatabase mirrorDatabase;

	private final DataSource source;

	private final DataSource mirror;

	private final Load load;

	private final ExtraLoad extra;

	private final Comparison comparison;

	private long begin = System.nanoTime();

	private Ledger(Options options, TestDatabase sourceDatabase, TestDatabase mirrorDatabase, Load load) {
		this.options = options;
		this.sourceDatabase = sourceDatabase;
		this.mirrorDatabase = mirrorDatabase;
		this.source = sourceDatabase.dataSource();
		this.mirror = mirrorDatabase.dataSource();
		this.load = load;
		this.extra = new ExtraLoad(this.source);
		this.comparison = new Comparison(this.source, this.mirror);
	}

	/**
	 * Create source and mirror, and fill the source.
	 * @param options the options
	 * @param server the server of both
	 * @param accounts the number of accounts of a branch, 0 for as many as pgbench
	 * creates
	 */
	public static Ledger create(Options options, EmbeddedPostgresServer server, int accounts)
			throws IOException, SQLException, InterruptedException {
		return create(options, server, (accounts > 0)
				? (parsed, source) -> new PgbenchStatements(source.dataSource(), parsed, accounts) : Load::of);
	}

	static Ledger create(Options options, EmbeddedPostgresServer server, BiFunction<Options, TestDatabase, Load> loads)
			throws IOException, SQLException, InterruptedException {
		TestDatabase source = server.createDatabase("source");
		TestDatabase mirror = server.createDatabase("mirror");
		MirrorSchema.create(mirror.dataSource());
		Load load = loads.apply(options, source);
		load.initialise(options.scale());
		source.execute(LedgerTable.CREATE_EXTRA, Effects.CREATE);
		return new Ledger(options, source, mirror, load);
	}

	public TestDatabase source() {
		return this.sourceDatabase;
	}

	public TestDatabase mirror() {
		return this.mirrorDatabase;
	}

	/** Who runs the load. */
	public String load() {
		return this.load.name();
	}

	/** Wait until the application has started. */
	public void awaitStarts(int count, Victim application) throws SQLException, InterruptedException {
		new Progress(this.mirror, START, application::check).await((tallies) -> tallies.runs() >= count);
	}

	/**
	 * Wait until the mirror has the rows that the source had at the beginning.
	 * @return whether it does; {@code false} when the mirror stood still for too long
	 */
	public boolean awaitSnapshot(Victim application) throws SQLException, InterruptedException {
		long rows = rowsOfFixedTables(Totals.ofSource(this.source));
		return progress(application).await((tallies) -> rowsOfFixedTables(Totals.ofMirror(this.mirror)) == rows);
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

	/**
	 * Wait until the application receives; from then on, all changes are in the stream.
	 */
	void awaitSlot(Victim application) throws SQLException, InterruptedException {
		long deadline = System.nanoTime() + START.toNanos();
		while (number("SELECT count(*) FROM pg_replication_slots WHERE active") == 0) {
			application.check();
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("The application has not begun to receive in time");
			}
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	/** Take the time from here on. */
	public void begin() {
		this.begin = System.nanoTime();
	}

	/** Start the second load, if the options say so. */
	public void startExtraLoad() {
		if (this.options.extra()) {
			this.extra.start(this.options.seed());
		}
	}

	/** Run a part of the load. */
	public void run(int transactions) throws IOException, SQLException, InterruptedException {
		this.load.run(transactions, this.options.clients(), 0);
	}

	/** Run the load while processes are killed. */
	public void run(Victim victim, PrintStream out) throws IOException, SQLException, InterruptedException {
		long existing = rowsOfFixedTables(Totals.ofSource(this.source));
		new Kills(this.options, victim, this.mirror, existing, out).run(this.load);
	}

	/**
	 * End the load, and wait until the mirror is equal or stands still.
	 * @return what to print, when the application has stopped
	 */
	public Outcome finish(Victim application) throws SQLException, InterruptedException {
		int extraTransactions = this.extra.stop();
		Duration loaded = Duration.ofNanos(System.nanoTime() - this.begin);
		boolean caughtUp = awaitEqual(application);
		return new Outcome(extraTransactions, loaded, caughtUp, Duration.ofNanos(System.nanoTime() - this.begin));
	}

	/** Sums first, which are cheap; the rows when the sums agree. */
	private boolean awaitEqual(Victim application) throws SQLException, InterruptedException {
		Map<LedgerTable, Totals> expected = Totals.ofSource(this.source);
		return progress(application).await((tallies) -> Totals.ofMirror(this.mirror).equals(expected)
				&& this.comparison.compareAll().stream().allMatch(Difference::isNone));
	}

	/**
	 * Wait until the existing rows of each table were delivered. The mirror may be equal
	 * before that, because changes bring rows, too.
	 * @return {@code false} when the mirror stood still for too long
	 */
	boolean awaitBackfill(Victim application) throws SQLException, InterruptedException {
		return progress(application)
			.await((tallies) -> TableProgress.readAll(this.mirror).stream().allMatch(TableProgress::done));
	}

	private Progress progress(Victim application) {
		return new Progress(this.mirror, this.options.patience(), application::check);
	}

	/**
	 * Compare, print the report and judge.
	 * @param outcome how the load ended
	 * @param transactions the transactions that the source has to hold
	 * @param kills how many processes were killed
	 * @param stopped whether the application has stopped in time
	 */
	public Verdict judge(Outcome outcome, int transactions, int kills, boolean stopped, PrintStream out)
			throws SQLException {
		Report report = new Report(transactions, kills, Totals.ofSource(this.source), Totals.ofMirror(this.mirror),
				this.comparison.compareAll(), Tallies.read(this.mirror), transactions(),
				this.options.once() ? Effects.read(this.source, this.mirror) : null);
		report.print(out);
		out.printf("load %,d ms%s, mirror %s after %,d ms%s%n", outcome.loaded.toMillis(),
				(outcome.extraTransactions > 0) ? " (and " + outcome.extraTransactions + " extra transactions)" : "",
				outcome.caughtUp ? "equal" : "stood still", outcome.caught.toMillis(),
				stopped ? "" : "; the application did not stop in time");
		return report.verdict();
	}

	/** What the load did in fact, so that an empty comparison cannot pass. */
	public int transactions() throws SQLException {
		return number("SELECT count(*) FROM pgbench_history WHERE filler IS DISTINCT FROM '" + ExtraLoad.COPIED + "'");
	}

	private int number(String sql) throws SQLException {
		try (Connection connection = this.source.getConnection();
				Statement statement = connection.createStatement();
				var result = statement.executeQuery(sql)) {
			result.next();
			return result.getInt(1);
		}
	}

	@Override
	public void close() {
		this.extra.close();
	}

	/**
	 * How the load ended.
	 *
	 * @param extraTransactions transactions of the second load
	 * @param loaded the time from the beginning to the end of the load
	 * @param caughtUp whether the mirror became equal
	 * @param caught the time from the beginning to that moment
	 */
	public record Outcome(int extraTransactions, Duration loaded, boolean caughtUp, Duration caught) {

	}

}
