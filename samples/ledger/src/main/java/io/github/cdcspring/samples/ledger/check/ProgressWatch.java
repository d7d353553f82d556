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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/** Shows how far existing rows are read, until it is closed. */
final class ProgressWatch implements AutoCloseable {

	private final DataSource mirror;

	private final ProgressBars bars;

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

	ProgressWatch(DataSource mirror, ProgressBars bars) {
		this.mirror = mirror;
		this.bars = bars;
		this.executor.scheduleWithFixedDelay(this::show, 0, 500, TimeUnit.MILLISECONDS);
	}

	private void show() {
		try {
			this.bars.show(TableProgress.readAll(this.mirror));
		}
		catch (SQLException ex) {
			// The run, which reads there too, tells of it
		}
	}

	/** Show the last state, and end. */
	@Override
	public void close() throws InterruptedException {
		if (this.executor.isShutdown()) {
			return;
		}
		this.executor.shutdown();
		this.executor.awaitTermination(10, TimeUnit.SECONDS);
		show();
		this.bars.keep();
	}

}
