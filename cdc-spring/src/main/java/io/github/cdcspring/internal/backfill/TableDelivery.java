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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the existing rows of one table over one connection, chunk by chunk. The next
 * chunk is read when the rows of the former one were handled, so the listeners set the
 * pace.
 */
final class TableDelivery {

	/** How often a chunk is read that changes meanwhile. */
	private static final int MAX_ATTEMPTS = 20;

	/** How often rows are read again that change meanwhile. */
	private static final int MAX_REPEATS = 5;

	/** How many rows are read by their keys at once. */
	private static final int MAX_KEYS = 500;

	private final Backfill backfill;

	private final TableBackfill table;

	private final Connection connection;

	private final BackfillStream stream;

	private final ChunkReader reader;

	private final Watermarks watermarks;

	private final BackfillLog log;

	private final Pacing pacing;

	private final int chunkSize;

	TableDelivery(Backfill backfill, TableBackfill table, Connection connection, BackfillStream stream,
			BackfillRun.Options options, BackfillLog log) {
		this.backfill = backfill;
		this.table = table;
		this.connection = connection;
		this.stream = stream;
		this.reader = new ChunkReader(options.publication(), options.included(), table.listener());
		this.watermarks = new Watermarks(connection, options.messagePrefix(), stream, log);
		this.log = log;
		this.pacing = new Pacing(options.maxRowsPerSecond());
		this.chunkSize = this.pacing.chunkSize(options.chunkSize());
	}

	/**
	 * Deliver the rows that were not delivered before, until the reading of the table is
	 * paused or canceled.
	 * @param engine the name of the engine
	 */
	void run(String engine) throws SQLException, InterruptedException {
		this.log.begins(this.table);
		this.backfill.begins(this.table);
		long began = System.nanoTime();
		this.table.reads(ChunkReader.estimate(this.connection, this.table.table()));
		this.watermarks.await(this.stream.begin(this.table.table()), this.table.table());
		boolean visible = new OpenWriters(engine, this.stream::shownBy).await(this.connection, this::continues);
		boolean last = false;
		while (visible && !last && continues()) {
			long before = this.table.rows();
			long chunkBegan = System.nanoTime();
			last = next();
			this.log.progressed(this.table);
			if (!last) {
				TimeUnit.NANOSECONDS.sleep(
						this.pacing.pause(this.table.rows() - before, Duration.ofNanos(System.nanoTime() - chunkBegan))
							.toNanos());
			}
		}
		if (last) {
			this.backfill.completed(this.table);
			this.log.completed(this.table, this.table.rows() - this.table.rowsBefore(),
					Duration.ofNanos(System.nanoTime() - began));
		}
		else {
			this.log.ended(this.table, this.backfill.contains(this.table));
		}
	}

	private boolean continues() {
		return this.backfill.continues(this.table);
	}

	/**
	 * Deliver the next chunk. A smaller one is read in less time, so fewer changes arrive
	 * meanwhile.
	 * @return whether it was the last one
	 */
	private boolean next() throws SQLException, InterruptedException {
		int limit = this.chunkSize;
		this.table.begin();
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			Chunk chunk = this.reader.read(this.connection, this.table.table(), this.table.handled(), limit);
			UnchangedRows delivered = deliver(chunk);
			if (delivered != null) {
				int again = again(delivered.changed());
				this.reader.delivered();
				this.backfill.handled(this.table, chunk, delivered.rows().size() + again);
				return chunk.last();
			}
			limit = Math.max(1, limit / 2);
		}
		throw new CdcException("Rows of table " + LogSafe.of(this.table.table().toString())
				+ " were changed each time that a chunk was read, and "
				+ "the events do not tell which rows. Repeat it when the table is changed less, or give the table a "
				+ "primary key that is its replica identity.");
	}

	private @Nullable UnchangedRows deliver(Chunk chunk) throws SQLException, InterruptedException {
		this.stream.shownBy(chunk.snapshot());
		return this.watermarks.await(this.stream.deliver(chunk), this.table.table());
	}

	/**
	 * Deliver rows of the last chunk that were changed since it was read. Those that were
	 * deleted are not found.
	 * @return how many were delivered
	 */
	private int again(List<List<String>> changed) throws SQLException, InterruptedException {
		int rows = 0;
		List<List<String>> keys = changed;
		for (int attempt = 0; attempt < MAX_REPEATS && !keys.isEmpty(); attempt++) {
			List<List<String>> remaining = new ArrayList<>();
			for (int i = 0; i < keys.size(); i += MAX_KEYS) {
				List<List<String>> some = keys.subList(i, Math.min(keys.size(), i + MAX_KEYS));
				UnchangedRows delivered = deliver(this.reader.read(this.connection, this.table.table(), some));
				rows += (delivered != null) ? delivered.rows().size() : 0;
				remaining.addAll((delivered != null) ? delivered.changed() : some);
			}
			keys = remaining;
		}
		if (!keys.isEmpty()) {
			this.log.leftToTheStream(this.table.table(), keys.size(), MAX_REPEATS + 1);
		}
		return rows;
	}

}
