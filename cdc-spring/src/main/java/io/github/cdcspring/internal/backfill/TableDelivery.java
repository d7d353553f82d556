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
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers existing rows of one table over one connection, chunk by chunk. The listeners
 * set the pace: no more than one chunk is read ahead while the rows of another one are
 * handled.
 */
final class TableDelivery {

	private static final Logger logger = LoggerFactory.getLogger(TableDelivery.class);

	/** How often a chunk is read that changes meanwhile. */
	private static final int MAX_ATTEMPTS = 20;

	/** How often rows are read again that change meanwhile. */
	private static final int MAX_REPEATS = 5;

	/** How many rows are read by their keys at once. */
	private static final int MAX_KEYS = 500;

	private final TableReading reading;

	private final TableId table;

	private final Connection connection;

	private final BackfillStream.Window window;

	private final ChunkReader reader;

	private final Watermarks watermarks;

	private final String publication;

	private final Pacing pacing;

	private final int chunkSize;

	/**
	 * Not if a rate is to be kept, or if changes do not tell which rows they concern: the
	 * longer a chunk waits, the more probably it has to be read again.
	 */
	private boolean readsAhead;

	/** The chunk that follows the one whose rows are handled. */
	private @Nullable Chunk ahead;

	TableDelivery(TableReading reading, Connection connection, BackfillStream.Window window,
			BackfillRun.Options options, Pacing pacing, ReadingTurns turns) {
		this.reading = reading;
		this.table = reading.table().table();
		this.connection = connection;
		this.window = window;
		this.reader = new ChunkReader(options.publication(), options.included(), reading.table().listener(),
				reading.table().where(), turns);
		this.watermarks = new Watermarks(connection, options.messagePrefix(), window, reading.log());
		this.publication = options.publication();
		this.pacing = pacing;
		this.chunkSize = pacing.chunkSize(options.chunkSize());
		this.readsAhead = !pacing.isLimited();
	}

	/**
	 * Deliver rows that were not delivered before and that no other reader delivers,
	 * until the reading of the table is paused or canceled.
	 * @param engine the name of the engine
	 */
	void run(String engine) throws SQLException, InterruptedException {
		this.reading.begin(this.connection, this.publication);
		this.watermarks.await(this.window.begin(this.table), this.table);
		if (!new OpenWriters(engine, this.window::shownBy).await(this.connection, this.reading::continues)) {
			return;
		}
		KeyRange range = this.reading.next(this.reader, this.connection, this.chunkSize);
		while (range != null) {
			boolean last = false;
			this.ahead = null;
			while (!last && this.reading.continues()) {
				last = next(range);
			}
			range = this.reading.next(this.reader, this.connection, this.chunkSize);
		}
	}

	/**
	 * Deliver the next chunk of a range. A smaller one is read in less time, so fewer
	 * changes arrive meanwhile.
	 * @return whether it was the last one
	 */
	private boolean next(KeyRange range) throws SQLException, InterruptedException {
		int limit = this.chunkSize;
		TimeUnit.NANOSECONDS.sleep(this.pacing.reserve(this.chunkSize, System.nanoTime()).toNanos());
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			Chunk chunk = read(range, limit);
			if (!this.reading.continues()) {
				this.pacing.unused(this.chunkSize);
				return false;
			}
			DeliveredRows delivered = deliver(chunk, range);
			if (delivered != null) {
				int rows = delivered.count() + again(delivered.changed());
				if (rows > 0) {
					this.reader.delivered();
				}
				this.pacing.unused(this.chunkSize - rows);
				this.reading.handled(range, chunk, rows);
				return chunk.last();
			}
			this.ahead = null;
			this.readsAhead = false;
			limit = Math.max(1, limit / 2);
		}
		throw new CdcException("Rows of table " + LogSafe.of(this.table.toString())
				+ " were changed each time that a chunk was read, and "
				+ "the events do not tell which rows. Repeat it when the table is changed less, or give the table a "
				+ "primary key that is its replica identity.");
	}

	private Chunk read(KeyRange range, int limit) throws SQLException, InterruptedException {
		Chunk ahead = this.ahead;
		this.ahead = null;
		return (ahead != null) ? ahead : this.reader.read(this.connection, this.table, range, range.handled(), limit);
	}

	/**
	 * Deliver a chunk, and meanwhile read the next one of its range. Until that one is
	 * delivered or dropped, changes that only later snapshots show must not be forgotten.
	 * @param range {@code null} if the chunk is of no range, and none follows it
	 */
	private @Nullable DeliveredRows deliver(Chunk chunk, @Nullable KeyRange range)
			throws SQLException, InterruptedException {
		this.window.shownBy(chunk.snapshot());
		BackfillStream.Watermark<@Nullable DeliveredRows> watermark = this.window.deliver(chunk);
		this.watermarks.write(watermark);
		if (range != null && this.readsAhead && !chunk.last() && !chunk.barriers() && this.reading.continues()) {
			this.ahead = readAhead(chunk, range);
		}
		return this.watermarks.awaitWritten(watermark, this.table, this::shownAhead);
	}

	/** The chunk that is delivered does not depend on it, so a failure comes later. */
	private @Nullable Chunk readAhead(Chunk chunk, KeyRange range) throws InterruptedException {
		try {
			return this.reader.readAhead(this.connection, this.table, range, chunk.end(), this.chunkSize);
		}
		catch (SQLException | CdcException ex) {
			// The message of the server may contain data
			logger.debug("The next rows of table {} cannot be read ahead, and are read later: {}",
					LogSafe.of(this.table.toString()), (ex instanceof SQLException failure)
							? "SQL state " + failure.getSQLState() : LogSafe.line(String.valueOf(ex.getMessage())));
			return null;
		}
	}

	private @Nullable TransactionSnapshot shownAhead() {
		Chunk ahead = this.ahead;
		return (ahead != null) ? ahead.snapshot() : null;
	}

	/**
	 * Deliver rows of the last chunk that were changed since it was read. Those that were
	 * deleted are not found.
	 * @return how many were delivered
	 */
	private int again(List<List<String>> changed) throws SQLException, InterruptedException {
		int rows = 0;
		List<List<String>> keys = changed;
		if (!keys.isEmpty()) {
			this.ahead = null;
		}
		for (int attempt = 0; attempt < MAX_REPEATS && !keys.isEmpty(); attempt++) {
			List<List<String>> remaining = new ArrayList<>();
			for (int i = 0; i < keys.size(); i += MAX_KEYS) {
				List<List<String>> some = keys.subList(i, Math.min(keys.size(), i + MAX_KEYS));
				DeliveredRows delivered = deliver(this.reader.read(this.connection, this.table, some), null);
				rows += (delivered != null) ? delivered.count() : 0;
				remaining.addAll((delivered != null) ? delivered.changed() : some);
			}
			keys = remaining;
		}
		if (!keys.isEmpty()) {
			this.reading.log().leftToTheStream(this.table, keys.size(), MAX_REPEATS + 1);
		}
		return rows;
	}

}
