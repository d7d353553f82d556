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

package io.github.cdcspring.internal.debezium;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Is told about the progress of a {@link DebeziumRun}, on the run's own threads.
 */
public interface RunListener {

	/**
	 * The connection is open and Debezium polls for events.
	 */
	default void streaming() {
	}

	/**
	 * Debezium begins to read existing rows before it streams.
	 */
	default void snapshotStarted() {
	}

	/**
	 * Debezium has read the existing rows of a table before it streams.
	 * @param table the table, with its schema
	 * @param rows how many rows it has read
	 */
	default void snapshotTableRead(String table, long rows) {
	}

	/**
	 * Debezium has read the existing rows before it streams. The last of them may still
	 * be on their way to the listeners.
	 * @param summary what was read
	 */
	default void snapshotCompleted(SnapshotSummary summary) {
	}

	/**
	 * The snapshot before the stream is over, or there is none.
	 */
	default void snapshotPhaseEnded() {
	}

	/**
	 * The run has failed. It ends as soon as the running calls have returned.
	 * @param failure the failure
	 */
	default void failed(EngineFailure failure) {
	}

	/**
	 * No event can be delivered now, or it can again.
	 * @param problem why, and what to do; {@code null} if events can be delivered
	 */
	default void waiting(@Nullable String problem) {
	}

	/**
	 * An offset is about to be stored.
	 * @return whether to store it, {@code false} if the run is about to end instead, or
	 * if it is to be asked again
	 */
	default boolean mayStore() {
		return true;
	}

	/**
	 * An offset was stored.
	 * @param lsn the end of the last transaction that was processed completely
	 */
	default void stored(Lsn lsn) {
	}

	/**
	 * Every received event is processed and stored. Called at each flush interval while
	 * that is so.
	 */
	default void idle() {
	}

}
