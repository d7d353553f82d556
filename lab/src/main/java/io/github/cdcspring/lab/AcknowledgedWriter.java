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

package io.github.cdcspring.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import org.jspecify.annotations.Nullable;

/**
 * Inserts one row after the other, each in a transaction of its own and with the next
 * number as its key, and notes which commits were acknowledged. The number of a commit
 * without an answer is not used again. It connects to whichever node is the primary.
 */
final class AcknowledgedWriter implements AutoCloseable {

	private static final int RECONNECT_MILLIS = 50;

	private static final String NUMBER = ":n\\b";

	private final String url;

	private final String insert;

	private final int parameters;

	private final long pauseNanos;

	private final NavigableMap<Long, Long> acknowledged = new ConcurrentSkipListMap<>();

	private final Thread thread = new Thread(this::write, "lab-writer");

	private volatile boolean stopped;

	private volatile @Nullable String failure;

	private long number;

	/**
	 * Describe a writer.
	 * @param url finds the primary
	 * @param insert a statement with {@code :n} for the number
	 * @param rate rows a second
	 */
	AcknowledgedWriter(String url, String insert, int rate) {
		this.url = url;
		this.insert = insert.replaceAll(NUMBER, "?");
		this.parameters = insert.split(NUMBER, -1).length - 1;
		this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / rate;
		this.thread.setDaemon(true);
	}

	/** A writer of the ledger's table. */
	static AcknowledgedWriter ofLedger(String url, int rate) {
		return new AcknowledgedWriter(url, LedgerTables.WRITE, rate);
	}

	void start() {
		this.thread.start();
	}

	private void write() {
		while (!this.stopped) {
			try (Connection connection = connect();
					PreparedStatement statement = connection.prepareStatement(this.insert)) {
				while (!this.stopped) {
					this.number++;
					for (int i = 1; i <= this.parameters; i++) {
						statement.setLong(i, this.number);
					}
					statement.executeUpdate();
					this.acknowledged.put(this.number, System.currentTimeMillis());
					TimeUnit.NANOSECONDS.sleep(this.pauseNanos);
				}
			}
			catch (SQLException ex) {
				this.failure = ex.getSQLState() + ": " + ex.getMessage();
				Wait.pause(RECONNECT_MILLIS);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private Connection connect() throws SQLException {
		Properties properties = new Properties();
		properties.setProperty("user", EmbeddedPostgresServer.USER);
		properties.setProperty("password", EmbeddedPostgresServer.PASSWORD);
		properties.setProperty("hostRecheckSeconds", "0");
		properties.setProperty("connectTimeout", "2");
		properties.setProperty("socketTimeout", "5");
		return DriverManager.getConnection(this.url, properties);
	}

	/** Each acknowledged number and when it was acknowledged. */
	NavigableMap<Long, Long> acknowledged() {
		return this.acknowledged;
	}

	/**
	 * The first number that was acknowledged at or after a time, {@code null} if none
	 * was.
	 */
	@Nullable Long firstAfter(long time) {
		return this.acknowledged.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() >= time)
			.map(Map.Entry::getKey)
			.findFirst()
			.orElse(null);
	}

	/** The last error, {@code null} if there was none. */
	@Nullable String failure() {
		return this.failure;
	}

	/** Stop after the current commit. */
	@Override
	public void close() {
		this.stopped = true;
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(10));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
