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

package io.github.cdcspring.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.settings.EngineSource;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SlotAdvancer;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.DeprecatedConfigurationProperty;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of one engine: {@code cdc} for the default engine, and
 * {@code cdc.engines.<name>} for a further one, which inherits what it does not set. It
 * does not inherit the names of slot and publication, because a slot has one consumer.
 *
 * @since 0.1.0
 */
public class CdcEngineProperties {

	/**
	 * Where events are received from.
	 */
	private EngineSource source = EngineSource.EMBEDDED;

	/**
	 * How the replication slot advances.
	 */
	private @Nullable LsnFlushMode lsnFlushMode;

	/**
	 * Whether Debezium advances the replication slot. Use 'lsn-flush-mode' instead; this
	 * key eases a migration from Debezium's 'flush.lsn.source'.
	 */
	private @Nullable Boolean flushLsnSource;

	/**
	 * How a mismatch between replication slot and stored offset is resolved.
	 */
	private OffsetMismatchStrategy offsetMismatchStrategy = OffsetMismatchStrategy.NO_VALIDATION;

	@NestedConfigurationProperty
	private final CdcConnectionProperties connection = new CdcConnectionProperties();

	private final Slot slot = new Slot();

	private final Publication publication = new Publication();

	private final Snapshot snapshot = new Snapshot();

	private final Backfill backfill = new Backfill();

	private final Heartbeat heartbeat = new Heartbeat();

	@NestedConfigurationProperty
	private final CdcOffsetProperties offset = new CdcOffsetProperties();

	@NestedConfigurationProperty
	private final CdcListenerProperties listener = new CdcListenerProperties();

	private final Safety safety = new Safety();

	private final Health health = new Health();

	private final Tracing tracing = new Tracing();

	@NestedConfigurationProperty
	private final CdcKafkaProperties kafka = new CdcKafkaProperties();

	/**
	 * Additional properties to pass to Debezium. A property that has a setting of its
	 * own, or that the starter depends on, is refused.
	 */
	private final Map<String, String> debezium = new LinkedHashMap<>();

	public EngineSource getSource() {
		return this.source;
	}

	public void setSource(EngineSource source) {
		this.source = source;
	}

	public @Nullable LsnFlushMode getLsnFlushMode() {
		return this.lsnFlushMode;
	}

	public void setLsnFlushMode(@Nullable LsnFlushMode lsnFlushMode) {
		this.lsnFlushMode = lsnFlushMode;
	}

	/**
	 * Return whether Debezium advances the replication slot.
	 * @return whether Debezium advances it
	 */
	@Deprecated(since = "0.1.0")
	@DeprecatedConfigurationProperty(replacement = "cdc.lsn-flush-mode",
			reason = "Use 'connector' for 'true' and 'manual' for 'false'.", since = "0.1.0")
	public @Nullable Boolean getFlushLsnSource() {
		return this.flushLsnSource;
	}

	@Deprecated(since = "0.1.0")
	public void setFlushLsnSource(@Nullable Boolean flushLsnSource) {
		this.flushLsnSource = flushLsnSource;
	}

	public OffsetMismatchStrategy getOffsetMismatchStrategy() {
		return this.offsetMismatchStrategy;
	}

	public void setOffsetMismatchStrategy(OffsetMismatchStrategy offsetMismatchStrategy) {
		this.offsetMismatchStrategy = offsetMismatchStrategy;
	}

	public CdcConnectionProperties getConnection() {
		return this.connection;
	}

	public Slot getSlot() {
		return this.slot;
	}

	public Publication getPublication() {
		return this.publication;
	}

	public Snapshot getSnapshot() {
		return this.snapshot;
	}

	public Backfill getBackfill() {
		return this.backfill;
	}

	public Heartbeat getHeartbeat() {
		return this.heartbeat;
	}

	public CdcOffsetProperties getOffset() {
		return this.offset;
	}

	public CdcListenerProperties getListener() {
		return this.listener;
	}

	public Safety getSafety() {
		return this.safety;
	}

	public Health getHealth() {
		return this.health;
	}

	public Tracing getTracing() {
		return this.tracing;
	}

	public CdcKafkaProperties getKafka() {
		return this.kafka;
	}

	public Map<String, String> getDebezium() {
		return this.debezium;
	}

	/**
	 * Replication slot.
	 */
	public static class Slot {

		/**
		 * Name of the replication slot. By default 'cdc_' and the name of the
		 * application; a further engine appends its own name.
		 */
		private @Nullable String name;

		/**
		 * Declaration of what preserves the replication slot in a failover.
		 */
		private SurvivesFailover survivesFailover = SurvivesFailover.NO;

		/**
		 * URLs of Patroni's REST API, one for each node of the cluster, used to verify
		 * that the slot is a permanent one. By default the declaration
		 * 'survives-failover=patroni' is not verified.
		 */
		private List<URI> patroniUrl = new ArrayList<>();

		/**
		 * Declaration of who advances the replication slot in 'lsn-flush-mode=manual'. By
		 * default no one, and the start is refused.
		 */
		private @Nullable SlotAdvancer advancedBy;

		public @Nullable String getName() {
			return this.name;
		}

		public void setName(@Nullable String name) {
			this.name = name;
		}

		public SurvivesFailover getSurvivesFailover() {
			return this.survivesFailover;
		}

		public void setSurvivesFailover(SurvivesFailover survivesFailover) {
			this.survivesFailover = survivesFailover;
		}

		public List<URI> getPatroniUrl() {
			return this.patroniUrl;
		}

		public void setPatroniUrl(List<URI> patroniUrl) {
			this.patroniUrl = patroniUrl;
		}

		public @Nullable SlotAdvancer getAdvancedBy() {
			return this.advancedBy;
		}

		public void setAdvancedBy(@Nullable SlotAdvancer advancedBy) {
			this.advancedBy = advancedBy;
		}

	}

	/**
	 * Publication.
	 */
	public static class Publication {

		/**
		 * Name of the publication. By default the name of the replication slot.
		 */
		private @Nullable String name;

		/**
		 * Whether to create the publication and add the tables of the listeners to it.
		 * Tables are never removed from it.
		 */
		private boolean create = true;

		public @Nullable String getName() {
			return this.name;
		}

		public void setName(@Nullable String name) {
			this.name = name;
		}

		public boolean isCreate() {
			return this.create;
		}

		public void setCreate(boolean create) {
			this.create = create;
		}

	}

	/**
	 * Existing rows.
	 */
	public static class Snapshot {

		/**
		 * When existing rows are read. By default 'initial' with a durable offset store,
		 * otherwise 'no_data'.
		 */
		private @Nullable SnapshotMode mode;

		public @Nullable SnapshotMode getMode() {
			return this.mode;
		}

		public void setMode(@Nullable SnapshotMode mode) {
			this.mode = mode;
		}

	}

	/**
	 * Backfill, which delivers existing rows alongside the stream.
	 */
	public static class Backfill {

		/**
		 * Maximum number of rows to read at once. While they are handled, only the next
		 * ones are read.
		 */
		private int chunkSize = 2_000;

		/**
		 * Maximum number of tables, or of chunks of one table with a primary key, that
		 * are read at the same time. Each takes a connection. While changes arrive, fewer
		 * are read at once if there are too few processors.
		 */
		private int concurrency = 1;

		/**
		 * Whether to deliver the existing rows of a table that was not captured before,
		 * if a listener receives READ events of it.
		 */
		private boolean newTables = true;

		/**
		 * Maximum number of rows to read in a second. By default the listeners set the
		 * pace.
		 */
		private @Nullable Integer maxRowsPerSecond;

		public int getChunkSize() {
			return this.chunkSize;
		}

		public void setChunkSize(int chunkSize) {
			this.chunkSize = chunkSize;
		}

		public int getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(int concurrency) {
			this.concurrency = concurrency;
		}

		public boolean isNewTables() {
			return this.newTables;
		}

		public void setNewTables(boolean newTables) {
			this.newTables = newTables;
		}

		public @Nullable Integer getMaxRowsPerSecond() {
			return this.maxRowsPerSecond;
		}

		public void setMaxRowsPerSecond(@Nullable Integer maxRowsPerSecond) {
			this.maxRowsPerSecond = maxRowsPerSecond;
		}

	}

	/**
	 * Heartbeat, which advances the slot while no events arrive.
	 */
	public static class Heartbeat {

		/**
		 * Interval at which a heartbeat advances the replication slot while no events
		 * arrive. Zero disables heartbeats. If a duration suffix is not specified,
		 * seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration interval = Duration.ofSeconds(5);

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

	}

	/**
	 * Risks that the operator has accepted.
	 */
	public static class Safety {

		/**
		 * Ids of the safety rules whose risk is accepted. By default none. Each start
		 * logs the accepted risks that apply.
		 */
		private List<String> accept = new ArrayList<>();

		/**
		 * Pair of LSNs between stored offset and replication slot to skip once, as given
		 * by the refusal. By default none.
		 */
		private @Nullable String acceptGap;

		/**
		 * Changes of captured tables to accept once, as given by the refusal. By default
		 * none.
		 */
		private List<String> acceptRelations = new ArrayList<>();

		/**
		 * Stored offset from which to recover once, as given by the refusal: the engine
		 * resumes at a slot that can be read and delivers the existing rows alongside. By
		 * default none.
		 */
		private @Nullable String recover;

		public List<String> getAccept() {
			return this.accept;
		}

		public void setAccept(List<String> accept) {
			this.accept = accept;
		}

		public List<String> getAcceptRelations() {
			return this.acceptRelations;
		}

		public void setAcceptRelations(List<String> acceptRelations) {
			this.acceptRelations = acceptRelations;
		}

		public @Nullable String getRecover() {
			return this.recover;
		}

		public void setRecover(@Nullable String recover) {
			this.recover = recover;
		}

		public @Nullable String getAcceptGap() {
			return this.acceptGap;
		}

		public void setAcceptGap(@Nullable String acceptGap) {
			this.acceptGap = acceptGap;
		}

	}

	/**
	 * Thresholds above which a running engine is reported DOWN.
	 */
	public static class Health {

		/**
		 * Maximum WAL by which the engine may lag behind the server before it is reported
		 * DOWN. By default unlimited.
		 */
		private @Nullable DataSize maxLag;

		/**
		 * Maximum WAL that the server may retain for the replication slot before the
		 * engine is reported DOWN. By default unlimited.
		 */
		private @Nullable DataSize maxRetainedWal;

		/**
		 * Minimum time until the server drops the replication slot at the present rate of
		 * WAL, below which the engine is reported DOWN. Applies if
		 * 'max_slot_wal_keep_size' is set on the server. By default unlimited. If a
		 * duration suffix is not specified, seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration minTimeToSlotLoss;

		/**
		 * Maximum time that a message of the server may take to arrive in the replication
		 * stream, above which the engine is reported DOWN and reconnects. If a duration
		 * suffix is not specified, seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration streamTimeout = Duration.ofSeconds(10);

		public @Nullable DataSize getMaxLag() {
			return this.maxLag;
		}

		public void setMaxLag(@Nullable DataSize maxLag) {
			this.maxLag = maxLag;
		}

		public @Nullable DataSize getMaxRetainedWal() {
			return this.maxRetainedWal;
		}

		public void setMaxRetainedWal(@Nullable DataSize maxRetainedWal) {
			this.maxRetainedWal = maxRetainedWal;
		}

		public @Nullable Duration getMinTimeToSlotLoss() {
			return this.minTimeToSlotLoss;
		}

		public void setMinTimeToSlotLoss(@Nullable Duration minTimeToSlotLoss) {
			this.minTimeToSlotLoss = minTimeToSlotLoss;
		}

		public Duration getStreamTimeout() {
			return this.streamTimeout;
		}

		public void setStreamTimeout(Duration streamTimeout) {
			this.streamTimeout = streamTimeout;
		}

	}

	/**
	 * Traces that continue those of the writer.
	 */
	public static class Tracing {

		/**
		 * Prefix of the transactional logical messages that contain the writer's
		 * 'traceparent'. By default each listener call starts a new trace.
		 */
		private @Nullable String messagePrefix;

		public @Nullable String getMessagePrefix() {
			return this.messagePrefix;
		}

		public void setMessagePrefix(@Nullable String messagePrefix) {
			this.messagePrefix = messagePrefix;
		}

	}

}
