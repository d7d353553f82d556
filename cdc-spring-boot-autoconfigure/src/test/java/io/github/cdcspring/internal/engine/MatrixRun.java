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

package io.github.cdcspring.internal.engine;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;

/**
 * Runs the cells of the matrix, several at a time, each with a slot of its own and in a
 * database that no other cell uses at that time.
 */
final class MatrixRun {

	private static final int AT_A_TIME = 4;

	private MatrixRun() {
	}

	/**
	 * Run cells.
	 * @param server a server
	 * @param expendable a server that removes WAL that slots need
	 */
	static Map<MatrixCell, MatrixOutcome> of(List<MatrixCell> cells, TestPostgres server, TestPostgres expendable,
			CellRunner runner) throws Exception {
		BlockingQueue<TestDatabase> databases = new ArrayBlockingQueue<>(AT_A_TIME);
		for (int i = 0; i < AT_A_TIME; i++) {
			databases.add(ownedDatabase(server));
		}
		Map<MatrixCell, MatrixGround> lost = invalidated(cells, ownedDatabase(expendable));
		ExecutorService executor = Executors.newFixedThreadPool(AT_A_TIME);
		// A start on a lost slot mostly waits
		ExecutorService waiting = Executors.newFixedThreadPool(2 * AT_A_TIME);
		try {
			Map<MatrixCell, Future<MatrixOutcome>> running = new LinkedHashMap<>();
			for (MatrixCell cell : cells) {
				MatrixGround ground = lost.get(cell);
				running.put(cell, (ground != null) ? waiting.submit(() -> run(cell, ground, runner))
						: executor.submit(() -> run(cell, databases, runner)));
			}
			return outcomes(running);
		}
		finally {
			executor.shutdownNow();
			waiting.shutdownNow();
		}
	}

	private static TestDatabase ownedDatabase(TestPostgres server) {
		TestDatabase database = server.createDatabase();
		database.grantOwnership();
		return database;
	}

	private static Map<MatrixCell, MatrixGround> invalidated(List<MatrixCell> cells, TestDatabase database)
			throws SQLException {
		Map<MatrixCell, MatrixGround> grounds = new LinkedHashMap<>();
		for (MatrixCell cell : cells) {
			if (cell.state() == MatrixState.SLOT_INVALIDATED) {
				grounds.put(cell, MatrixGround.prepare(database, cell.state(), cell.name()));
			}
		}
		if (!grounds.isEmpty()) {
			MatrixGround.invalidateSlots(database);
		}
		return grounds;
	}

	private static MatrixOutcome run(MatrixCell cell, BlockingQueue<TestDatabase> databases, CellRunner runner)
			throws Exception {
		TestDatabase database = databases.take();
		try {
			return run(cell, MatrixGround.prepare(database, cell.state(), cell.name()), runner);
		}
		finally {
			databases.add(database);
		}
	}

	private static MatrixOutcome run(MatrixCell cell, MatrixGround ground, CellRunner runner) throws Exception {
		try {
			return runner.run(cell, ground);
		}
		finally {
			ground.dropSlot();
		}
	}

	private static Map<MatrixCell, MatrixOutcome> outcomes(Map<MatrixCell, Future<MatrixOutcome>> running)
			throws InterruptedException {
		Map<MatrixCell, MatrixOutcome> outcomes = new LinkedHashMap<>();
		List<Throwable> failures = new ArrayList<>();
		for (Map.Entry<MatrixCell, Future<MatrixOutcome>> cell : running.entrySet()) {
			try {
				outcomes.put(cell.getKey(), cell.getValue().get());
			}
			catch (ExecutionException ex) {
				failures.add(new AssertionError(cell.getKey() + ": " + ex.getCause(), ex.getCause()));
			}
		}
		if (!failures.isEmpty()) {
			AssertionError error = new AssertionError(failures.size() + " cells failed");
			failures.forEach(error::addSuppressed);
			throw error;
		}
		return outcomes;
	}

	interface CellRunner {

		MatrixOutcome run(MatrixCell cell, MatrixGround ground) throws Exception;

	}

}
