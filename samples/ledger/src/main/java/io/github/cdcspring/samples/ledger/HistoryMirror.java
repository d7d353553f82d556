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

package io.github.cdcspring.samples.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;

/**
 * The mirror of {@code pgbench_history}, which has no key: rows are told apart by their
 * position, which stays the same when they are delivered again. A COPY or an INSERT of
 * many rows gives several of them one LSN, so it is transaction, LSN, and ordinal. The
 * bare engine knows no ordinal. There it is the row's place among those of the LSN, which
 * can be counted because a transaction is always sent again from its beginning.
 * <p>
 * A row that a snapshot read has no such place. When a snapshot was interrupted and is
 * taken again, the stream begins before it and brings rows that it has read already: such
 * a row is known by its content, and takes the place of the one that was read.
 * <p>
 * A backfill reads the table while rows are inserted, so it brings rows that the stream
 * brings, too. The table is empty when the stream begins, so the stream brings all.
 */
class HistoryMirror {

	private static final String TABLE = "pgbench_history";

	private static final List<MirrorColumn<Entry>> COLUMNS = List.of(
			new MirrorColumn<>("ledger_transaction", "int8", (entry) -> entry.place().transaction()),
			new MirrorColumn<>("ledger_lsn", "int8", (entry) -> entry.place().lsn()),
			new MirrorColumn<>("ledger_ordinal", "int4", (entry) -> entry.place().ordinal()),
			new MirrorColumn<>("tid", "int4", (entry) -> entry.row().tid()),
			new MirrorColumn<>("bid", "int4", (entry) -> entry.row().bid()),
			new MirrorColumn<>("aid", "int4", (entry) -> entry.row().aid()),
			new MirrorColumn<>("delta", "int4", (entry) -> entry.row().delta()),
			new MirrorColumn<>("mtime", "timestamp", (entry) -> entry.row().mtime()),
			new MirrorColumn<>("filler", "text", (entry) -> entry.row().filler()));

	private static final String REPLACE_READ = """
			WITH incoming AS (
				SELECT *, filler::char(22) AS padded, row_number() OVER (PARTITION BY tid, bid, aid, delta, mtime, filler) AS n
				FROM unnest(%s) AS i (%s)
				WHERE ledger_transaction <> 0 AND NOT EXISTS (SELECT FROM pgbench_history h
					WHERE h.ledger_transaction = i.ledger_transaction AND h.ledger_lsn = i.ledger_lsn
						AND h.ledger_ordinal = i.ledger_ordinal)
			), alike AS (
				SELECT ctid AS id, *, row_number() OVER (PARTITION BY tid, bid, aid, delta, mtime, filler) AS n
				FROM pgbench_history
				WHERE ledger_transaction = 0 AND (aid, tid, delta) IN (SELECT aid, tid, delta FROM incoming)
			)
			DELETE FROM pgbench_history h USING incoming i, alike a
			WHERE h.ctid = a.id AND (a.aid, a.tid, a.delta, a.n) = (i.aid, i.tid, i.delta, i.n)
				AND (a.bid, a.mtime, a.filler) IS NOT DISTINCT FROM (i.bid, i.mtime, i.padded)
			"""
		.formatted(MirrorColumn.arrays(COLUMNS), MirrorColumn.names(COLUMNS));

	private static final String INSERT = "INSERT INTO %s (%s) SELECT * FROM unnest(%s) ON CONFLICT DO NOTHING"
		.formatted(TABLE, MirrorColumn.names(COLUMNS), MirrorColumn.arrays(COLUMNS));

	private final Mirror mirror;

	private final int drop;

	private final boolean counts;

	private int seen;

	private Place last = new Place(-1, -1, 0);

	/**
	 * Create the mirror.
	 * @param mirror the database
	 * @param drop the number of a row to leave out, which the comparison then has to
	 * find; 0 for none
	 * @param counts whether the position of an event has no ordinal
	 */
	HistoryMirror(Mirror mirror, int drop, boolean counts) {
		this.counts = counts;
		this.mirror = mirror;
		this.drop = drop;
	}

	synchronized void apply(List<ChangeEvent<HistoryEntry>> events) {
		if (events.stream().anyMatch(ChangeEvent::snapshot)) {
			this.mirror.beginSnapshot(TABLE);
		}
		List<Entry> entries = new ArrayList<>(events.size());
		Place place = this.last;
		for (ChangeEvent<HistoryEntry> event : events) {
			HistoryEntry row = event.after();
			if (row == null) {
				throw new IllegalStateException(event + ": the mirror knows " + TABLE + " as a table of inserts only");
			}
			if (event.snapshot() && this.mirror.backfill()) {
				continue;
			}
			EventPosition position = this.counts ? null : event.position();
			place = (position != null) ? Place.of(position) : place.next(event);
			if (++this.seen != this.drop) {
				entries.add(new Entry(place, row));
			}
		}
		int read = (int) events.stream().filter(ChangeEvent::snapshot).count();
		this.mirror.inTransaction(TABLE, (connection) -> {
			int replaced = execute(REPLACE_READ, connection, entries);
			int inserted = execute(INSERT, connection, entries);
			return new Tally(entries.size(), read, entries.size() - inserted + replaced, 0, 0);
		});
		// Not before it is committed: a batch that is tried again counts from the same
		// place
		this.last = place;
	}

	private static int execute(String sql, Connection connection, List<Entry> entries) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < COLUMNS.size(); i++) {
				COLUMNS.get(i).bind(connection, statement, i + 1, entries);
			}
			return statement.executeUpdate();
		}
	}

	private record Entry(Place place, HistoryEntry row) {

	}

	private record Place(long transaction, long lsn, int ordinal) {

		/**
		 * The starter's own count, also if only a part of a transaction arrives again.
		 */
		static Place of(EventPosition position) {
			return new Place(position.transactionId(), position.lsn().value(), Math.toIntExact(position.ordinal()));
		}

		Place next(ChangeEvent<?> event) {
			Long id = event.transactionId();
			long transaction = (id != null && !event.snapshot()) ? id : 0;
			long lsn = event.lsn().value();
			boolean sameRecord = transaction == this.transaction && lsn == this.lsn;
			return new Place(transaction, lsn, sameRecord ? this.ordinal + 1 : 0);
		}

	}

}
