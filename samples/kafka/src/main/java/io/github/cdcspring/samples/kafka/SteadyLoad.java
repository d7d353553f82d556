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

package io.github.cdcspring.samples.kafka;

import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TpcbClient;

/**
 * Runs pgbench's transactions, a few hundred a second, and connects again when the server
 * ends.
 */
final class SteadyLoad implements AutoCloseable {

	private static final int PAUSE_MILLIS = 4;

	private final TestDatabase source;

	private final int scale;

	private final int accounts;

	private final Random random;

	private final Thread thread = new Thread(this::run, "load");

	private volatile boolean stopped;

	SteadyLoad(TestDatabase source, int scale, int accounts, long seed) {
		this.source = source;
		this.scale = scale;
		this.accounts = accounts;
		this.random = new Random(seed);
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		try {
			while (!this.stopped) {
				transact();
				TimeUnit.MILLISECONDS.sleep(100);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void transact() throws InterruptedException {
		try (TpcbClient client = new TpcbClient(this.source.connect(), this.scale, this.accounts, this.random)) {
			while (!this.stopped) {
				client.transact();
				TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			}
		}
		catch (SQLException ex) {
			// The server was killed, and is started again
		}
	}

	/** End after the transaction that runs. */
	void stop() throws InterruptedException {
		this.stopped = true;
		this.thread.join();
	}

	@Override
	public void close() {
		this.stopped = true;
		this.thread.interrupt();
	}

}
