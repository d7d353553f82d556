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
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.postgresql.PGConnection;

/**
 * What pgbench does not do: deletes, changes of keys, several changes of one row in one
 * transaction, statements of many rows, COPY, rollbacks, savepoints, transactions that
 * stay open. Writes to ids of its own in {@code ledger_extra}, and marks as
 * {@value #ROLLED_BACK} whatever will not be committed.
 */
class ExtraLoad implements AutoCloseable {

	static final String COPIED = "copied";

	private static final String ROLLED_BACK = "rolled back";

	private static final int WORKERS = 2;

	private static final int IDS = 1000;

	private final DataSource source;

	private final ExecutorService executor = Executors.newFixedThreadPool(WORKERS);

	private final List<Future<Integer>> workers = new ArrayList<>();

	private final AtomicInteger copies = new AtomicInteger();

	private volatile boolean stopped;

	ExtraLoad(DataSource source) {
		this.source = source;
	}

	void start(long seed) {
		for (int i = 0; i < WORKERS; i++) {
			int firstId = i * 1_000_000;
			Random random = new Random(seed + i);
			this.workers.add(this.executor.submit(() -> work(firstId, random)));
		}
	}

	/**
	 * Finish what is open.
	 * @return how many transactions were committed or rolled back
	 */
	int stop() throws SQLException, InterruptedException {
		this.stopped = true;
		int transactions = 0;
		try {
			for (Future<Integer> worker : this.workers) {
				transactions += worker.get();
			}
		}
		catch (ExecutionException ex) {
			throw new SQLException("The extra load failed: " + ex.getMessage(), ex);
		}
		return transactions;
	}

	private int work(int firstId, Random random) throws SQLException, IOException, InterruptedException {
		int transactions = 0;
		try (Connection connection = this.source.getConnection(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			while (!this.stopped) {
				if (transact(connection, statement, firstId + random.nextInt(IDS), random)) {
					connection.commit();
				}
				else {
					connection.rollback();
				}
				transactions++;
				TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
			}
		}
		return transactions;
	}

	/** One transaction around an id; says whether to commit it. */
	private boolean transact(Connection connection, Statement statement, int id, Random random)
			throws SQLException, IOException, InterruptedException {
		switch (random.nextInt(10)) {
			case 0 -> insert(statement, id, 1, "one");
			case 1 -> insert(statement, id, 20, "many");
			case 2 -> update(statement, id, 1, "changed " + random.nextInt());
			case 3 -> update(statement, id, 50, "changed together");
			case 4 -> delete(statement, id, 1 + random.nextInt(10));
			case 5 -> statement.execute(("UPDATE ledger_extra SET id = %1$d + 500000 WHERE id = %1$d "
					+ "AND NOT EXISTS (SELECT FROM ledger_extra WHERE id = %1$d + 500000)")
				.formatted(id));
			case 6 -> {
				insert(statement, id, 5, ROLLED_BACK);
				update(statement, id, 10, ROLLED_BACK);
				return false;
			}
			case 7 -> {
				insert(statement, id, 3, "before the savepoint");
				Savepoint savepoint = connection.setSavepoint();
				update(statement, id, 10, ROLLED_BACK);
				delete(statement, id, 2);
				connection.rollback(savepoint);
				update(statement, id, 2, "after the savepoint");
			}
			case 8 -> {
				insert(statement, id, 1, "first");
				update(statement, id, 1, "second");
				delete(statement, id, 1);
				TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
				insert(statement, id, 1, "third");
				update(statement, id, 1, "fourth");
			}
			default -> copy(connection, statement, id, 1 + random.nextInt(20));
		}
		return true;
	}

	private static void insert(Statement statement, int id, int count, String note) throws SQLException {
		statement.execute(("INSERT INTO ledger_extra (id, note, amount) SELECT id, '%s', id / 100.0 "
				+ "FROM generate_series(%d, %d) id ON CONFLICT DO NOTHING")
			.formatted(note, id, id + count - 1));
	}

	private static void update(Statement statement, int id, int count, String note) throws SQLException {
		statement
			.execute(("UPDATE ledger_extra SET note = '%s', amount = amount + 0.01, changed_at = clock_timestamp() "
					+ "WHERE id BETWEEN %d AND %d")
				.formatted(note, id, id + count - 1));
	}

	private static void delete(Statement statement, int id, int count) throws SQLException {
		statement.execute("DELETE FROM ledger_extra WHERE id BETWEEN %d AND %d".formatted(id, id + count - 1));
	}

	/**
	 * Rows that share LSNs, in a table with a key and in the one without. There they are
	 * alike within one COPY and differ between any two, as no two of pgbench's are alike.
	 */
	private void copy(Connection connection, Statement statement, int id, int count) throws SQLException, IOException {
		delete(statement, id, count);
		LocalDateTime time = LocalDateTime.of(2000, 1, 1, 0, 0).plusSeconds(this.copies.incrementAndGet());
		StringBuilder extra = new StringBuilder();
		StringBuilder history = new StringBuilder();
		for (int i = 0; i < count; i++) {
			extra.append(id + i).append('\t').append(COPIED).append("\t0.50\n");
			history.append("1\t1\t").append(id).append("\t0\t").append(time).append('\t').append(COPIED).append('\n');
		}
		PGConnection postgres = connection.unwrap(PGConnection.class);
		postgres.getCopyAPI()
			.copyIn("COPY ledger_extra (id, note, amount) FROM STDIN", new StringReader(extra.toString()));
		postgres.getCopyAPI()
			.copyIn("COPY pgbench_history (tid, bid, aid, delta, mtime, filler) FROM STDIN",
					new StringReader(history.toString()));
	}

	@Override
	public void close() {
		this.stopped = true;
		this.executor.shutdownNow();
	}

}
