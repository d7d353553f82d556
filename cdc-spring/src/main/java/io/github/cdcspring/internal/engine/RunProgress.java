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
import java.util.List;
import java.util.function.Consumer;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.debezium.RunListener;
import io.github.cdcspring.internal.debezium.SnapshotSummary;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * Follows one run: does what its progress allows, and passes on to the observer what
 * others have to know of it.
 */
final class RunProgress implements RunListener {

	private static final String TIMELINE_UNKNOWN = "The timeline over which a standby has sent the events is not known, so "
			+ "no offset is stored and no event is acknowledged. The engine asks again at each flush interval. If "
			+ "this lasts, check the server.";

	private final EngineContext context;

	private final EngineSettings settings;

	private final PreparedStart start;

	private final SlotTracker slotTracker;

	private final CapturedTableWatch tableWatch;

	private final EngineRunner.Observer observer;

	private final Consumer<Throwable> onFailure;

	private final Runnable onEnd;

	private boolean streaming;

	private volatile boolean snapshotPhaseEnded;

	/** Whether rows of the snapshot may be on their way to the listeners. */
	private volatile boolean readRows;

	private boolean ending;

	/**
	 * Create the progress of a run.
	 * @param start the start of the run
	 * @param onFailure takes what is to end the run
	 * @param onEnd called once, when nothing is left to do; must not wait for the run
	 */
	RunProgress(EngineContext context, PreparedStart start, SlotTracker slotTracker, CapturedTableWatch tableWatch,
			EngineRunner.Observer observer, Consumer<Throwable> onFailure, Runnable onEnd) {
		this.context = context;
		this.settings = context.settings();
		this.start = start;
		this.slotTracker = slotTracker;
		this.tableWatch = tableWatch;
		this.observer = observer;
		this.onFailure = onFailure;
		this.onEnd = onEnd;
	}

	@Override
	public void streaming() {
		if (!recordCreatedSlot()) {
			return;
		}
		if (this.settings.isSlotAdvancedByApplication()) {
			this.start.session().hold();
		}
	}

	/**
	 * A slot that Debezium created for a snapshot did not exist when it was compared with
	 * the offset, so record it before anything is flushed to it.
	 * @return whether the run can continue
	 */
	private boolean recordCreatedSlot() {
		if (!this.start.createsSlot()) {
			return true;
		}
		try (Connection connection = this.context.source().connect()) {
			this.context.reconciler().recordCreatedSlot(connection, this.start.session());
			return true;
		}
		catch (SQLException ex) {
			this.onFailure.accept(ex);
			return false;
		}
	}

	/** The server sends to this run. */
	void confirmed() {
		this.observer.streaming();
		logReceiving(true, false);
	}

	@Override
	public void snapshotStarted() {
		if (!recordCreatedSlot()) {
			return;
		}
		this.observer.readingSnapshot();
		this.context.log().snapshotStarted(this.start.source().tables().size());
		List<TableId> received = this.start.source()
			.tableIds()
			.stream()
			.filter(this.context.listeners()::receivesExistingRows)
			.toList();
		this.context.backfill().snapshot().begin(this.settings.name(), received, this.context.serverOf(this.start));
	}

	@Override
	public void snapshotTableRead(String table, long rows) {
		this.context.backfill().snapshot().read(table, rows);
	}

	@Override
	public void snapshotCompleted(SnapshotSummary summary) {
		this.readRows = summary.rows() > 0;
		this.context.log().snapshotCompleted(summary);
	}

	@Override
	public void snapshotPhaseEnded() {
		logReceiving(false, true);
	}

	/**
	 * Debezium polls before a snapshot has ended, but may skip a snapshot before it
	 * polls.
	 */
	private synchronized void logReceiving(boolean streaming, boolean snapshotPhaseEnded) {
		this.streaming |= streaming;
		this.snapshotPhaseEnded |= snapshotPhaseEnded;
		if (this.streaming && this.snapshotPhaseEnded && this.settings.snapshotMode() != SnapshotMode.INITIAL_ONLY) {
			this.context.log().receiving();
		}
	}

	@Override
	public void failed(EngineFailure failure) {
		this.observer.failing(failure);
	}

	@Override
	public void waiting(@Nullable String problem) {
		this.observer.obstructed(Obstacle.VISIBILITY, problem);
	}

	@Override
	public boolean mayStore() {
		if (!this.tableWatch.isUnchanged()) {
			return false;
		}
		boolean follows = this.slotTracker.followServer();
		this.observer.obstructed(Obstacle.TIMELINE, follows ? null : TIMELINE_UNKNOWN);
		return follows;
	}

	@Override
	public void stored(Lsn lsn) {
		this.context.listeners().options().offsetStored(lsn);
		this.observer.stored(lsn);
	}

	@Override
	public void idle() {
		this.slotTracker.record();
		if (this.settings.snapshotMode().endsAfterSnapshot() && this.snapshotPhaseEnded
				&& (!this.readRows || isSnapshotStored())) {
			end();
		}
	}

	private boolean isSnapshotStored() {
		StoredOffset offset = this.start.session().current().orElse(null);
		return offset != null && !new OffsetJson(offset.position()).isInSnapshot();
	}

	/** Debezium keeps running when it has nothing more to do. */
	private void end() {
		if (!this.ending) {
			this.ending = true;
			this.onEnd.run();
		}
	}

}
