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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.backfill.BackfillRequest;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.OffsetRecorder;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.offset.OffsetFencedException;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * The existing rows that an engine delivers. Each request is stored before it returns.
 */
final class EngineBackfill implements CdcBackfill {

	/** For the first offset, with which a request is stored. */
	private static final Duration FIRST_OFFSET_TIMEOUT = Duration.ofSeconds(30);

	/** A row that always fails must not keep the engine from running indefinitely. */
	private static final Set<EngineState> CHANGEABLE = Set.of(EngineState.RUNNING, EngineState.BACKING_OFF,
			EngineState.FAILED);

	private final EngineSettings settings;

	private final Supplier<EngineState> state;

	private final EmbeddedEngineRunner runner;

	private final EngineContext context;

	private final Backfill backfill;

	EngineBackfill(EngineSettings settings, Supplier<EngineState> state, EmbeddedEngineRunner runner) {
		this.settings = settings;
		this.state = state;
		this.runner = runner;
		this.context = runner.context();
		this.backfill = this.context.backfill();
	}

	@Override
	public void start(Request requested) {
		require("started", Set.of(EngineState.RUNNING));
		BackfillRequest request = named("started", requested.tables());
		requireReceived(requested.listener(), request.tables());
		Set<TableId> paused = this.backfill.paused(request.tables());
		if (!paused.isEmpty()) {
			throw new CdcException("The reading of existing rows of " + LogSafe.tables(paused)
					+ " is paused, so another request would wait with it. Resume or cancel it first.");
		}
		Map<TableId, List<Condition>> checked;
		try (Connection connection = this.context.source().forRows().connect()) {
			request.check(connection, this.settings.publication().name());
			checked = request.check(connection, requested.where(), this.settings.publication().name(),
					this.runner.includedColumns());
		}
		catch (SQLException ex) {
			throw new CdcException("The tables whose existing rows are requested cannot be checked: "
					+ EngineFailure.of(null, ex).message(), ex);
		}
		store(this.backfill.request(checked, requested.listener()));
	}

	private void requireReceived(@Nullable String listener, Set<TableId> tables) {
		for (TableId table : tables) {
			if (listener != null && !this.context.listeners().receivesExistingRows(listener, table)) {
				throw new CdcException("Listener '" + LogSafe.of(listener)
						+ "' does not exist or receives no READ events of " + LogSafe.tables(List.of(table))
						+ ", so it cannot receive existing rows. Use the id of a listener that receives them.");
			}
		}
	}

	/**
	 * The first offset is stored when the stream has passed the first watermark at the
	 * latest.
	 */
	private void store(Backfill.Request request) {
		boolean stored = false;
		try {
			store();
			stored = request.awaitStored(FIRST_OFFSET_TIMEOUT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			if (!stored) {
				request.withdraw();
			}
		}
		if (!stored) {
			throw new CdcException("Engine '" + this.settings.name() + "' has stored no offset within "
					+ FIRST_OFFSET_TIMEOUT.toSeconds() + " s, so it cannot keep the request to read existing rows, "
					+ "which was dropped. Check whether the engine receives changes and its listeners return, and "
					+ "repeat the request.");
		}
	}

	private void store() {
		OffsetRecorder recorder = this.runner.offsetRecorder();
		if (recorder != null) {
			recorder.saveBackfill();
		}
	}

	private BackfillRequest named(String what, List<String> tables) {
		Set<TableId> captured = this.runner.captured();
		if (captured.isEmpty()) {
			throw new CdcException(
					"Engine '" + this.settings.name() + "' has not found its tables yet, so a backfill cannot be "
							+ what + ". Wait until it is RUNNING.");
		}
		return BackfillRequest.of(tables, captured);
	}

	@Override
	public void pause(String... tables) {
		change("paused", tables, (named) -> this.backfill.pause(named, true));
	}

	@Override
	public void resume(String... tables) {
		change("resumed", tables, (named) -> this.backfill.pause(named, false));
	}

	@Override
	public void cancel(String... tables) {
		change("canceled", tables, this.backfill::cancel);
	}

	private void change(String what, String[] tables, Function<Set<TableId>, Set<TableId>> change) {
		require(what, CHANGEABLE);
		Set<TableId> named = named(what, Request.of(tables).tables()).tables();
		Runnable undo = this.backfill.undo(named);
		Set<TableId> unknown = change.apply(named);
		if (!unknown.isEmpty()) {
			throw new CdcException("No existing rows of " + LogSafe.tables(unknown)
					+ " are to be read, so that cannot be " + what + ". Name tables that 'backfills' lists.");
		}
		try {
			store();
		}
		catch (OffsetFencedException ex) {
			undo.run();
			if (this.state.get() != EngineState.BACKING_OFF) {
				throw ex;
			}
			throw new CdcException("Engine '" + this.settings.name() + "' is starting again, so the backfill was not "
					+ what + ". Repeat the request when the engine is RUNNING.", ex);
		}
		catch (RuntimeException ex) {
			undo.run();
			throw ex;
		}
	}

	private void require(String what, Set<EngineState> states) {
		EngineState state = this.state.get();
		if (!states.contains(state)) {
			throw new CdcException("Engine '" + this.settings.name() + "' is " + state + ", so a backfill cannot be "
					+ what + ". " + cure(state));
		}
	}

	private static String cure(EngineState state) {
		return switch (state) {
			case PAUSED -> "Resume the engine first.";
			case STOPPED, FAILED, REFUSED -> "Restart the engine first.";
			case STANDBY -> "Ask the instance that receives.";
			default -> "Wait until it is RUNNING.";
		};
	}

	/** On standby, another instance reads the rows. */
	@Override
	public List<Status> list() {
		return (this.state.get() != EngineState.STANDBY) ? this.backfill.status() : List.of();
	}

}
