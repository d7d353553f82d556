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

package io.github.cdcspring.engine;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Receives the changes of one database from one replication slot and delivers them to the
 * listeners. Obtain it from the {@link CdcEngineRegistry}.
 *
 * @since 0.1.0
 */
public interface CdcEngine {

	/**
	 * Return the name of this engine.
	 * @return {@code default} for the engine that {@code cdc.*} describes
	 */
	String name();

	/**
	 * Return the settings of this engine.
	 * @return the settings, as they were bound when the application started
	 */
	EngineSettings settings();

	/**
	 * Return the state of this engine.
	 * @return the state at this moment
	 */
	EngineStatus status();

	/**
	 * Return the position up to which every event was processed and stored.
	 * @return the end of the last transaction, {@link Lsn#ZERO} if no position is stored
	 * or the engine has not started
	 */
	Lsn storedLsn();

	/**
	 * Stop in order and stay stopped until {@link #resume()}. The server keeps WAL for
	 * the slot meanwhile.
	 * @throws CdcException if the engine is not running, or did not stop in time
	 */
	void pause();

	/**
	 * Start again after {@link #pause()}. A failure to start is reported by
	 * {@link #status()} and retried.
	 * @throws CdcException if the engine is not paused, or has not stopped yet
	 */
	void resume();

	/**
	 * Stop in order and start again. A failure to start is reported by {@link #status()}
	 * and retried.
	 * @throws CdcException if the engine is paused, or did not stop in time
	 */
	void restart();

	/**
	 * Recover an engine that is refused because the changes since its stored offset
	 * cannot be received any more: the slot is missing, lost or another one, has passed
	 * the offset, or the offset is not of the server's history. The engine creates the
	 * slot if it cannot be read, and resumes there. It delivers the existing rows of all
	 * tables alongside, to the listeners of {@link io.github.cdcspring.Operation#READ}
	 * events. {@link CdcBackfillCompleted} then tells for each table that its rows were
	 * delivered, so that rows which were deleted meanwhile can be found.
	 * @throws CdcException if the engine is not refused, its refusal has another cause,
	 * another instance receives from the slot, or it cannot recover: its offset is not
	 * stored or in memory, or the server or the snapshot mode allows no backfill
	 */
	void recover();

	/**
	 * Advance the replication slot in {@code manual} flush mode. The slot never passes
	 * the stored position.
	 * @param lsn the position to advance to
	 * @return the position that the slot will have
	 * @throws CdcException if the settings do not allow the application to advance the
	 * slot
	 */
	Lsn advance(Lsn lsn);

	/**
	 * Return what delivers existing rows alongside the stream.
	 * @return the backfill of this engine
	 */
	CdcBackfill backfill();

}
