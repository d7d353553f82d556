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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * Writes watermarks, and waits until the stream has reached them.
 */
final class Watermarks {

	/** How often a wait for the stream is checked. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

	/** After that, a watermark may be lost. */
	private static final Duration LONG_WAIT = Duration.ofMinutes(1);

	private final Connection connection;

	private final String messagePrefix;

	private final BackfillStream.Window window;

	private final BackfillLog log;

	Watermarks(Connection connection, String messagePrefix, BackfillStream.Window window, BackfillLog log) {
		this.connection = connection;
		this.messagePrefix = messagePrefix;
		this.window = window;
		this.log = log;
	}

	/**
	 * Write a watermark, and wait until the stream has reached it and what is delivered
	 * there was handled. A listener may take long, and meanwhile changes are recorded.
	 * Those that the next chunk contains are forgotten: what is visible now, if it will
	 * be read later.
	 */
	<T extends @Nullable Object> T await(BackfillStream.Watermark<T> watermark, TableId table)
			throws SQLException, InterruptedException {
		write(watermark);
		return awaitWritten(watermark, table, () -> null);
	}

	/**
	 * Wait as {@link #await} does.
	 * @param ahead the snapshot of the next chunk if that was read already, otherwise
	 * {@code null}
	 */
	<T extends @Nullable Object> T awaitWritten(BackfillStream.Watermark<T> watermark, TableId table,
			Supplier<@Nullable TransactionSnapshot> ahead) throws SQLException, InterruptedException {
		long began = System.nanoTime();
		long written = began;
		while (true) {
			try {
				return watermark.result().get(CHECK_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex.getCause());
			}
			catch (TimeoutException ex) {
				long now = System.nanoTime();
				if (watermark.handedOver().isDone()) {
					TransactionSnapshot visible = OpenWriters.snapshot(this.connection);
					TransactionSnapshot read = ahead.get();
					this.window.shownBy((read != null) ? read : visible);
				}
				else if (!watermark.reached().isDone() && now - written > LONG_WAIT.toNanos()) {
					written = now;
					this.log.waits(table, Duration.ofNanos(now - began));
					write(watermark);
				}
			}
		}
	}

	/** Write a watermark. */
	void write(BackfillStream.Watermark<?> watermark) throws SQLException {
		try (PreparedStatement statement = this.connection
			.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?)")) {
			statement.setString(1, this.messagePrefix);
			statement.setString(2, watermark.content());
			statement.execute();
		}
	}

}
