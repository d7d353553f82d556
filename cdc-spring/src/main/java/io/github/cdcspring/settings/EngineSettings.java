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

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Gap;
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
public record EngineSettings(String name, EngineSettings.Connection connection, LsnFlushMode lsnFlushMode,
		OffsetMismatchStrategy offsetMismatchStrategy, EngineSettings.Slot slot, EngineSettings.Publication publication,
		SnapshotMode snapshotMode, Duration heartbeatInterval, EngineSettings.Offset offset,
		EngineSettings.Listener listener, EngineSettings.Safety safety, EngineSettings.Health health,
		@Nullable String tracePrefix, Map<String, String> debezium) {

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

	/**
	 * How the source database is reached.
	 *
	 * @param hosts host, or several as {@code h1:5432,h2}; the last one has no port
	 * @param port the port, of several hosts the last one's
	 * @param database the database
	 * @param username the user
	 * @param password the password
	 * @param driverProperties further properties of the PostgreSQL driver
	 * ({@code sslmode}, {@code targetServerType}, …)
	 */
	public record Connection(String hosts, int port, String database, @Nullable String username,
			@Nullable String password, Map<String, String> driverProperties) {

		/**
		 * The URL, without user and password.
		 * @return the URL
		 */
		public String jdbcUrl() {
			return "jdbc:postgresql://" + this.hosts + ":" + this.port + "/" + this.database;
		}

		/** Where it leads to; no user, no password, no driver property. */
		@Override
		public String toString() {
			return jdbcUrl();
		}

	}

	/**
	 * What is done so that a listener's failure, or the application's, costs no event and
	 * applies none twice.
	 *
	 * @param onFailure what becomes of an event at which a listener failed for good
	 * @param transactional whether a listener's work and the record of it commit together
	 * @param parkedTable the table of parked events
	 * @param processedTable the table of applied events
	 * @param createTables whether to create the two where they are missing
	 */
	public record FailureHandling(OnFailure onFailure, boolean transactional, String parkedTable, String processedTable,
			boolean createTables) {

	}

	/**
	 * From when on an engine that runs is not healthy.
	 *
	 * @param maxLagBytes how far it may be behind the server, in bytes; {@code null} for
	 * no limit
	 * @param maxRetainedWalBytes how much WAL the server may keep for the slot, in bytes;
	 * {@code null} for no limit
	 * @param minTimeToSlotLoss how long the slot must be going to live at the present
	 * rate; {@code null} for no limit
	 */
	public record Health(@Nullable Long maxLagBytes, @Nullable Long maxRetainedWalBytes,
			@Nullable Duration minTimeToSlotLoss) {

		/** What holds where nothing is set. */
		public static final Health DEFAULT = new Health(null, null, null);

	}

	/**
	 * How events are delivered beside each other.
	 *
	 * @param concurrency how many events are delivered at once, 1 for one after another
	 * @param maxInFlight how many events may be received and not handled
	 * @param maxBytesInFlight how many bytes these may take, roughly
	 * @param maxTransactionBytes how large a transaction may be that a listener takes
	 * whole
	 * @param virtualThreads whether listeners are called by virtual threads
	 */
	public record Dispatch(int concurrency, int maxInFlight, long maxBytesInFlight, long maxTransactionBytes,
			boolean virtualThreads) {

	}

	/**
	 * How listeners are called.
	 *
	 * @param retry what happens to a failed call
	 * @param shutdownTimeout how long a stop waits for what is in hand
	 * @param timeout what becomes of a call that does not return
	 * @param lanes how events are delivered beside each other
	 * @param failure what becomes of what fails for good
	 */
	public record Listener(EngineSettings.Retry retry, Duration shutdownTimeout, EngineSettings.Timeout timeout,
			EngineSettings.Dispatch lanes, EngineSettings.FailureHandling failure) {

	}

	/**
	 * Where and how often the position is kept.
	 *
	 * @param store the kind of store
	 * @param flushInterval the longest time between an event being handled and its
	 * position being stored
	 * @param filePath the file of {@link OffsetStoreType#FILE}
	 * @param jdbcTable the table of {@link OffsetStoreType#JDBC}
	 * @param jdbcCreateTable whether the table is created where it is missing
	 */
	public record Offset(OffsetStoreType store, Duration flushInterval, Path filePath, String jdbcTable,
			boolean jdbcCreateTable) {

	}

	/**
	 * The publication.
	 *
	 * @param name the publication
	 * @param create whether the starter creates it, and adds and removes tables, so that
	 * it covers exactly the listened ones
	 */
	public record Publication(String name, boolean create) {

	}

	/**
	 * How often and how soon a failed listener call is tried again.
	 *
	 * @param maxAttempts calls in all, the first one included
	 * @param initialInterval the wait before the second call
	 * @param multiplier what each wait is multiplied by
	 * @param maxInterval the longest wait
	 * @param notFor failures that are not tried again, also as the cause of others
	 */
	public record Retry(int maxAttempts, Duration initialInterval, double multiplier, Duration maxInterval,
			Set<Class<? extends Throwable>> notFor) {

		public Retry {
			notFor = Set.copyOf(notFor);
		}

	}

	/**
	 * What the operator takes upon himself.
	 *
	 * @param accept the ids of the rules whose risk is taken
	 * @param acceptGap the one gap that may be passed over, {@code null} for none
	 */
	public record Safety(Set<String> accept, @Nullable Gap acceptGap) {

		/** Nothing is accepted. */
		public static final Safety STRICT = new Safety(Set.of(), null);

		public Safety {
			accept = Collections.unmodifiableSet(new LinkedHashSet<>(accept));
		}

		/**
		 * Create settings.
		 * @param ids the ids of the rules whose risk is taken
		 * @return the settings
		 */
		public static Safety accepting(Collection<String> ids) {
			return new Safety(new LinkedHashSet<>(ids), null);
		}

	}

	/**
	 * The replication slot.
	 *
	 * @param name the slot
	 * @param survivesFailover the operator's word on whether it outlives a failover
	 * @param patroniUrl Patroni's REST API, which is asked whether the slot is a
	 * permanent one, {@code null} to take the operator's word
	 * @param advancedBy who advances the slot in {@link LsnFlushMode#MANUAL},
	 * {@code null} if nobody is declared
	 */
	public record Slot(String name, SurvivesFailover survivesFailover, @Nullable URI patroniUrl,
			@Nullable SlotAdvancer advancedBy) {

	}

	/**
	 * What becomes of a listener that does not return.
	 *
	 * @param timeout how long a call may last before it is reported
	 * @param interrupt whether it is interrupted then
	 */
	public record Timeout(Duration timeout, boolean interrupt) {

	}

}
