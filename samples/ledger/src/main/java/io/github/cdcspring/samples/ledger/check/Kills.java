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
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/**
 * Kills a process repeatedly with SIGKILL while the load runs, and restarts it: during
 * the snapshot, at its start, and while it streams.
 */
class Kills {

	/** Approximate time from a start to the next kill. */
	private static final int SECONDS_EACH = 5;

	private final Options options;

	private final Victim victim;

	private final DataSource mirror;

	private final Random random;

	private final PrintStream out;

	private final long existing;

	/**
	 * Create the kills.
	 * @param existing how many rows exist when the application starts
	 */
	Kills(Options options, Victim victim, DataSource mirror, long existing, PrintStream out) {
		this.existing = existing;
		this.options = options;
		this.victim = victim;
		this.mirror = mirror;
		this.random = new Random(options.seed());
		this.out = out;
	}

	/** Spread the load over all runs of the application, so that none is idle. */
	void run(Load load) throws IOException, SQLException, InterruptedException {
		int kills = this.options.kills();
		int share = this.options.transactions() / (kills + 1);
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> round = CompletableFuture.completedFuture(null);
			for (int kill = 1; kill <= kills; kill++) {
				round.get();
				round = executor.submit(() -> {
					run(load, share);
					return null;
				});
				live(kill, kill > this.options.snapshotKills());
			}
			round.get();
		}
		catch (ExecutionException ex) {
			throw new SQLException(ex.getMessage(), ex);
		}
		finally {
			executor.shutdownNow();
			executor.awaitTermination(10, TimeUnit.SECONDS);
		}
		run(load, this.options.transactions() - kills * share);
		awaitChanges(Tallies.read(this.mirror));
	}

	private void run(Load load, int transactions) throws IOException, SQLException, InterruptedException {
		if (transactions > 0) {
			load.run(transactions, Math.min(this.options.clients(), transactions), 1 + transactions / SECONDS_EACH);
		}
	}

	private void live(int kill, boolean pastSnapshot) throws IOException, SQLException, InterruptedException {
		Tallies before = Tallies.read(this.mirror);
		// Every fifth dies at any moment of its start, the others when they are at work
		if (kill % 5 == 0) {
			pause(Duration.ofSeconds(6));
		}
		else if (this.options.backfill()) {
			// Each row is read at least once
			long share = this.existing * kill / (this.options.kills() + 1);
			new Progress(this.mirror, this.options.patience(), this.victim::check)
				.await((tallies) -> tallies.read() >= share);
		}
		else if (pastSnapshot) {
			awaitChanges(before);
			pause(Duration.ofSeconds(2));
		}
		else {
			new Progress(this.mirror, this.options.patience(), this.victim::check)
				.await((tallies) -> tallies.read() > before.read());
			pause(Duration.ofSeconds(2));
		}
		this.victim.check();
		String killed = this.victim.kill();
		Tallies tallies = Tallies.read(this.mirror);
		this.out.printf("kill %d of %d (%s): %,d rows of snapshots and %,d changes applied, %,d of them twice%n", kill,
				this.options.kills(), killed, tallies.read(), tallies.applied(), tallies.duplicates());
		this.victim.start();
	}

	private void awaitChanges(Tallies before) throws SQLException, InterruptedException {
		new Progress(this.mirror, this.options.patience(), this.victim::check)
			.await((tallies) -> tallies.applied() > before.applied());
	}

	private void pause(Duration most) throws InterruptedException {
		TimeUnit.MILLISECONDS.sleep(this.random.nextInt((int) most.toMillis()));
	}

}
