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

import java.util.List;
import java.util.function.Consumer;

import io.github.cdcspring.internal.debezium.DebeziumConfiguration;
import io.github.cdcspring.internal.debezium.DebeziumOffsetAdapter;
import io.github.cdcspring.internal.debezium.DebeziumRun;
import io.github.cdcspring.internal.debezium.EventQueue;
import io.github.cdcspring.internal.debezium.InFlightTracker;
import io.github.cdcspring.internal.debezium.OffsetCommitter;
import io.github.cdcspring.internal.debezium.StaleMBeanCleaner;
import io.github.cdcspring.internal.debezium.StreamHandler;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.CapturedTables;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to receive, with what it was prepared with: from the store to the
 * listeners, put together around one Debezium engine.
 */
final class EngineAttempt implements AutoCloseable {

	private final EngineSettings settings;

	private final CapturedTables tables;

	private final OffsetSession session;

	private final ReconciliationResult reconciliation;

	private final boolean incremental;

	private @Nullable String sessionId;

	/**
	 * @param incremental whether existing rows are to be read beside the stream
	 */
	EngineAttempt(EngineSettings settings, CapturedTables tables, OffsetSession session,
			ReconciliationResult reconciliation, boolean incremental) {
		this.settings = settings;
		this.tables = tables;
		this.session = session;
		this.reconciliation = reconciliation;
		this.incremental = incremental;
	}

	OffsetSession session() {
		return this.session;
	}

	boolean incremental() {
		return this.incremental;
	}

	/**
	 * Whether Debezium creates the slot, to export a snapshot from it.
	 */
	boolean createsSlot() {
		return this.reconciliation.positions().slot() == null;
	}

	/**
	 * Put the run together.
	 * @param onStreaming what to do once the engine polls
	 * @param onFailure what to do when something other than Debezium fails
	 */
	DebeziumRun build(List<ListenerEndpoint> endpoints, RowMappers mappers, DeliveryOptions options, KeptEvents kept,
			SlotTracker slotTracker, Runnable onStreaming, Consumer<Throwable> onFailure) {
		String sessionId = DebeziumOffsetAdapter.register(this.session);
		this.sessionId = sessionId;
		StaleMBeanCleaner.remove(this.settings.slot().name());
		InFlightTracker inFlightTracker = new InFlightTracker();
		OffsetCommitter committer = new OffsetCommitter(this.settings.name(), inFlightTracker, this.session,
				this.settings.offset().flushInterval(), kept::stored, slotTracker::look, onFailure);
		ListenerDispatcher dispatcher = ListenerDispatcher.of(this.settings.name(), this.settings.listener(), endpoints,
				mappers::mapperFor, options, onFailure);
		RecordDecoder decoder = new RecordDecoder(DebeziumConfiguration.HEARTBEAT_PREFIX,
				this.tables.fullIdentity()::contains);
		return new DebeziumRun(
				DebeziumConfiguration.of(this.settings, this.tables.tables(), endpoints, sessionId,
						isSnapshotOverSlot(), this.incremental),
				new StreamHandler(inFlightTracker, committer, decoder, dispatcher), committer, onStreaming);
	}

	/**
	 * Debezium exports the snapshot of a slot only when it creates it.
	 */
	private boolean isSnapshotOverSlot() {
		return this.session.current().isEmpty() && !createsSlot() && this.settings.snapshotMode().readsData();
	}

	@Override
	public void close() {
		if (this.sessionId != null) {
			DebeziumOffsetAdapter.unregister(this.sessionId);
			EventQueue.forget(this.sessionId);
		}
	}

}
