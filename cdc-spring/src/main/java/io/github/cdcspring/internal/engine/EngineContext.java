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

import java.time.Duration;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.check.Preflight;
import io.github.cdcspring.settings.EngineSettings;

/**
 * What all starts and runs of an engine that embeds Debezium share.
 *
 * @param setup what the engine consists of
 * @param source the database whose changes are received
 * @param preflight checks the server
 * @param reconciler compares slot and offset
 * @param backfill the tables whose existing rows are to be read
 * @param partitions reports attached partitions
 */
record EngineContext(EngineSetup setup, SourceDatabase source, Preflight preflight, OffsetReconciler reconciler,
		Backfill backfill, AttachedPartitions partitions) {

	/** For questions about a run to its server. */
	static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * Create a context.
	 * @param howToForget how to delete the stored offset, for refusals
	 */
	static EngineContext of(EngineSetup setup, ActionStep howToForget) {
		EngineSettings settings = setup.settings();
		SourceDatabase source = new SourceDatabase(settings);
		return new EngineContext(setup, source, new Preflight(settings, setup.listeners(), howToForget),
				new OffsetReconciler(settings, source, howToForget), new Backfill(),
				new AttachedPartitions(setup.log()));
	}

	EngineSettings settings() {
		return this.setup.settings();
	}

	ListenerSet listeners() {
		return this.setup.listeners();
	}

	EngineLog log() {
		return this.setup.log();
	}

	/** The server of a run. */
	SourceDatabase serverOf(PreparedStart start) {
		return this.source.at(start.endpoint(), READ_TIMEOUT);
	}

}
