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

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/** Waits for the mirror as long as it moves. */
class Progress {

	private final DataSource mirror;

	private final Duration patience;

	private final Runnable check;

	Progress(DataSource mirror, Duration patience, Runnable check) {
		this.mirror = mirror;
		this.patience = patience;
		this.check = check;
	}

	/**
	 * Wait until a condition holds.
	 * @return whether it does; {@code false} when the mirror stood still for too long
	 */
	boolean await(Condition condition) throws SQLException, InterruptedException {
		long moved = -1;
		long since = System.nanoTime();
		while (System.nanoTime() - since < this.patience.toNanos()) {
			Tallies tallies = Tallies.read(this.mirror);
			if (condition.holds(tallies)) {
				return true;
			}
			this.check.run();
			long now = tallies.runs() + tallies.applied() + tallies.read();
			if (now != moved) {
				moved = now;
				since = System.nanoTime();
			}
			TimeUnit.MILLISECONDS.sleep(100);
		}
		return false;
	}

	/** What to wait for. */
	interface Condition {

		boolean holds(Tallies tallies) throws SQLException;

	}

}
