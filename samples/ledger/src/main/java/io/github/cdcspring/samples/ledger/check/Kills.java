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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/**
 * Ends the application again and again by SIGKILL while the load runs, and starts it
 * anew: in the snapshot, while it starts, while it catches up, and while it follows.
 */
class Kills {

	/** About as long as one life of the application lasts. */
	private static final int SECONDS_EACH = 5;

	private final Options options;

	private final Sample sample;

	private final DataSource mirror;

	private final Random random;

	private final PrintStream out;

	Kills(Options options, Sample sample, DataSource mirror, PrintStream out) {
		this.options = options;
		this.sample = sample;
		this.mirror = mirror;
		this.random = new Random(options.seed());
		this.out = out;
	}

	/** Spread the load over all lives, so that none is idle. */
	void run(Load load) throws IOException, SQLException, InterruptedException {
		int lives = this.options.kills() + 1;
		int inSnapshot = Math.min(3, this.options.kills() / 5);
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> round = executor.submit(() -> null);
			for (int life = 1; life <= lives; life++) {
				int share = this.options.transactions() / lives
						+ ((life <= this.options.transactions() % lives) ? 1 : 0);
				round.get();
				round = executor.submit(() -> {
					load.run(share, Math.min(this.options.clients(), Math.max(share, 1)), 1 + share / SECONDS_EACH);
					return null;
				});
				if (life < lives) {
					live(life, life > inSnapshot);
				}
			}
			round.get();
		}
		catch (ExecutionException ex) {
			throw new SQLException(ex.getCause().getMessage(), ex.getCause());
		}
		finally {
			executor.shutdownNow();
			executor.awaitTermination(10, TimeUnit.SECONDS);
		}
	}

	private void live(int life, boolean pastSnapshot) throws IOException, SQLException, InterruptedException {
		int runs = Tallies.read(this.mirror).runs();
		// Every fifth dies at any moment of its start, the others when they have begun
		if (this.random.nextInt(5) > 0) {
			new Progress(this.mirror, this.options.patience(), this.sample)
				.await((tallies) -> tallies.runs() > runs && (!pastSnapshot || tallies.applied() > 0));
		}
		TimeUnit.MILLISECONDS.sleep(this.random.nextInt((int) Duration.ofSeconds(3).toMillis()));
		this.sample.check();
		this.sample.kill();
		Tallies tallies = Tallies.read(this.mirror);
		this.out.printf("kill %d of %d: %,d changes applied, %,d twice%n", life, this.options.kills(),
				tallies.applied(), tallies.duplicates());
		this.sample.start();
	}

}
