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

package io.github.cdcspring.settings;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All that one engine is told.
 *
 * @param name the engine, {@code default} for the one that {@code cdc.*} describes
 * @param connection how the source database is reached
 * @param lsnFlushMode who advances the slot
 * @param offsetMismatchStrategy who is believed where slot and offset disagree
 * @param slot the replication slot
 * @param publication the publication
 * @param snapshotMode whether existing rows are read first
 * @param heartbeatInterval how often a position is reported without an event, zero for
 * never
 * @param offset where the position is kept
 * @param listener how listeners are called
 * @param safety what the operator takes upon himself
 * @param health from when on it is not healthy
 * @param tracePrefix prefix of the logical messages that carry the writer's trace
 * context, {@code null} for none
 * @param debezium properties passed through to Debezium
 * @since 0.1.0
 */
public record EngineSettings(String name, ConnectionSettings connection, LsnFlushMode lsnFlushMode,
		OffsetMismatchStrategy offsetMismatchStrategy, SlotSettings slot, PublicationSettings publication,
		SnapshotMode snapshotMode, Duration heartbeatInterval, OffsetSettings offset, ListenerSettings listener,
		SafetySettings safety, HealthSettings health, @Nullable String tracePrefix, Map<String, String> debezium) {

	/** The name of the engine that {@code cdc.*} describes. */
	public static final String DEFAULT_ENGINE = "default";

	/**
	 * A setting of this engine as the application's configuration names it.
	 * @param key the setting, such as {@code slot.name}
	 * @return the whole name, such as {@code cdc.slot.name} or
	 * {@code cdc.engines.audit.slot.name}
	 */
	public String property(String key) {
		return (DEFAULT_ENGINE.equals(this.name) ? "cdc." : "cdc.engines." + this.name + ".") + key;
	}

	/**
	 * Whether the application advances the slot, through a bean.
	 * @return {@code true} in manual mode, where the operator says so
	 */
	public boolean isSlotAdvancedByApplication() {
		return this.lsnFlushMode == LsnFlushMode.MANUAL && this.slot.advancedBy() == SlotAdvancer.APPLICATION;
	}

	/** Names and posture only: what is passed through may be confidential. */
	@Override
	public String toString() {
		return "engine '" + this.name + "' on " + this.connection;
	}

}
