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
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.OnFailure;
import io.github.cdcspring.settings.SlotAdvancer;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.DeprecatedConfigurationProperty;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * What can be set for an engine: under {@code cdc} for the default one, and under
 * {@code cdc.engines.<name>} for a further one, which inherits the rest.
 *
 * @since 0.1.0
 */
public class CdcEngineProperties {

	/**
	 * Who advances the replication slot: nobody here, Debezium, or Debezium and the
	 * driver.
	 */
	private @Nullable LsnFlushMode lsnFlushMode;

	/**
	 * Whether Debezium advances the replication slot.
	 */
	private @Nullable Boolean flushLsnSource;

	/**
	 * Who is believed where the replication slot and the stored offset disagree.
	 */
	private OffsetMismatchStrategy offsetMismatchStrategy = OffsetMismatchStrategy.NO_VALIDATION;

	private final Connection connection = new Connection();

	private final Slot slot = new Slot();

	private final Publication publication = new Publication();

	private final Snapshot snapshot = new Snapshot();

	private final Heartbeat heartbeat = new Heartbeat();

	private final Offset offset = new Offset();

	private final Listener listener = new Listener();

	private final Safety safety = new Safety();

	private final Health health = new Health();

	private final Tracing tracing = new Tracing();

	/**
	 * Properties passed through to Debezium. One that has a setting of its own, or would
	 * break what the starter rests on, is refused.
	 */
	private final Map<String, String> debezium = new LinkedHashMap<>();

	public @Nullable LsnFlushMode getLsnFlushMode() {
		return this.lsnFlushMode;
	}

	public void setLsnFlushMode(@Nullable LsnFlushMode lsnFlushMode) {
		this.lsnFlushMode = lsnFlushMode;
	}

	/**
	 * Whether Debezium advances the replication slot.
	 * @return whether it does
	 */
	@Deprecated(since = "0.1.0")
	@DeprecatedConfigurationProperty(replacement = "cdc.lsn-flush-mode",
			reason = "'true' is 'connector', 'false' is 'manual'", since = "0.1.0")
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

	public Connection getConnection() {
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

	public Heartbeat getHeartbeat() {
		return this.heartbeat;
	}

	public Offset getOffset() {
		return this.offset;
	}

	public Listener getListener() {
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

	public Map<String, String> getDebezium() {
		return this.debezium;
	}

	/**
	 * The database whose changes are received.
	 */
	public static class Connection {

		/**
		 * JDBC URL of the database whose changes are received. By default the
		 * application's own database.
		 */
		private @Nullable String url;

		/**
		 * Host of the database, instead of a URL.
		 */
		private @Nullable String host;

		/**
		 * Port of the database, with a host.
		 */
		private int port = 5432;

		/**
		 * Name of the database, with a host.
		 */
		private @Nullable String database;

		/**
		 * User with the REPLICATION attribute.
		 */
		private @Nullable String username;

		/**
		 * Password of the user.
		 */
		private @Nullable String password;

		/**
		 * Further properties of the PostgreSQL driver, such as 'targetServerType'.
		 */
		private final Map<String, String> driverProperties = new LinkedHashMap<>();

		private final Ssl ssl = new Ssl();

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

		public @Nullable String getHost() {
			return this.host;
		}

		public void setHost(@Nullable String host) {
			this.host = host;
		}

		public int getPort() {
			return this.port;
		}

		public void setPort(int port) {
			this.port = port;
		}

		public @Nullable String getDatabase() {
			return this.database;
		}

		public void setDatabase(@Nullable String database) {
			this.database = database;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public Map<String, String> getDriverProperties() {
			return this.driverProperties;
		}

		public Ssl getSsl() {
			return this.ssl;
		}

	}

	/**
	 * TLS to the database.
	 */
	public static class Ssl {

		/**
		 * SSL bundle with the trust and key material; the server's name is verified.
		 */
		private @Nullable String bundle;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/**
	 * The replication slot.
	 */
	public static class Slot {

		/**
		 * Name of the replication slot. By default 'cdc_' and the application's name; a
		 * further engine appends its own name.
		 */
		private @Nullable String name;

		/**
		 * Operator's declaration of what makes the slot outlive a failover.
		 */
		private SurvivesFailover survivesFailover = SurvivesFailover.NO;

		/**
		 * REST API of Patroni, which is asked whether the slot is a permanent one. By
		 * default the declaration is taken at its word.
		 */
		private @Nullable URI patroniUrl;

		/**
		 * Who advances the slot where 'lsn-flush-mode' is 'manual'. By default nobody,
		 * and the start is refused.
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

		public @Nullable URI getPatroniUrl() {
			return this.patroniUrl;
		}

		public void setPatroniUrl(@Nullable URI patroniUrl) {
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
	 * The publication.
	 */
	public static class Publication {

		/**
		 * Name of the publication. By default the name of the replication slot.
		 */
		private @Nullable String name;

		/**
		 * Whether to create the publication and keep it to exactly the tables that are
		 * listened to.
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
	 * The rows that exist at the first start.
	 */
	public static class Snapshot {

		/**
		 * When existing rows are read. By default 'initial' with a durable offset store,
		 * 'no_data' without.
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
	 * Progress without events.
	 */
	public static class Heartbeat {

		/**
		 * How often the position is reported while no event arrives, which keeps the
		 * replication slot moving. Zero for never.
		 */
		private Duration interval = Duration.ofSeconds(5);

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

	}

	/**
	 * The stored position.
	 */
	public static class Offset {

		/**
		 * Where the position is kept. By default 'jdbc' where the application has a
		 * DataSource, otherwise 'file'.
		 */
		private @Nullable OffsetStoreType store;

		/**
		 * Longest time between an event being handled and its position being stored.
		 */
		private Duration flushInterval = Duration.ofSeconds(1);

		private final File file = new File();

		private final Jdbc jdbc = new Jdbc();

		public @Nullable OffsetStoreType getStore() {
			return this.store;
		}

		public void setStore(@Nullable OffsetStoreType store) {
			this.store = store;
		}

		public Duration getFlushInterval() {
			return this.flushInterval;
		}

		public void setFlushInterval(Duration flushInterval) {
			this.flushInterval = flushInterval;
		}

		public File getFile() {
			return this.file;
		}

		public Jdbc getJdbc() {
			return this.jdbc;
		}

	}

	/**
	 * The position in a file.
	 */
	public static class File {

		/**
		 * File of the position, which must outlive the application.
		 */
		private Path path = Path.of("cdc-offset");

		public Path getPath() {
			return this.path;
		}

		public void setPath(Path path) {
			this.path = path;
		}

	}

	/**
	 * The position in a table.
	 */
	public static class Jdbc {

		/**
		 * Table of the position, with a schema or without.
		 */
		private String table = "cdc_offset";

		/**
		 * Whether to create the table where it is missing.
		 */
		private boolean createTable = true;

		public String getTable() {
			return this.table;
		}

		public void setTable(String table) {
			this.table = table;
		}

		public boolean isCreateTable() {
			return this.createTable;
		}

		public void setCreateTable(boolean createTable) {
			this.createTable = createTable;
		}

	}

	/**
	 * The calls of listeners.
	 */
	public static class Listener {

		/**
		 * How long a stop waits for what is in hand.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration shutdownTimeout = Duration.ofSeconds(30);

		/**
		 * How long a call of a listener may last before health and log report it.
		 */
		private Duration timeout = Duration.ofMinutes(1);

		/**
		 * Whether a call that lasts longer than the timeout is interrupted, which counts
		 * as a failed attempt.
		 */
		private boolean interruptOnTimeout = false;

		/**
		 * How many events are delivered at once. With 1 they are delivered one after
		 * another, in the order of the stream; above that, the events of one key keep
		 * their order.
		 */
		private int concurrency = 1;

		/**
		 * How many events may be received and not handled, where concurrency is above 1.
		 * Then receiving waits.
		 */
		private int maxInFlight = 10_000;

		/**
		 * How much memory received events may take, roughly, before receiving waits:
		 * those in Debezium's queue, and as much again in the lanes where concurrency is
		 * above 1. One event is always taken, whatever its size.
		 */
		private DataSize maxInFlightSize = DataSize.ofMegabytes(32);

		/**
		 * How large a transaction may be, roughly in memory, that a listener takes whole.
		 */
		private DataSize maxTransactionSize = DataSize.ofMegabytes(64);

		/**
		 * What becomes of an event at which a listener failed for good.
		 */
		private OnFailure onFailure = OnFailure.STOP;

		/**
		 * Whether the listeners' work and the record of the events they applied commit in
		 * one transaction, so that an event that is sent again is not applied twice.
		 */
		private boolean transactional;

		/**
		 * Table of parked events, with a schema or without.
		 */
		private String parkedTable = "cdc_parked_event";

		/**
		 * Table of applied events, with a schema or without.
		 */
		private String processedTable = "cdc_processed";

		/**
		 * Whether to create the tables of parked and applied events where they are
		 * missing.
		 */
		private boolean createTables = true;

		private final Retry retry = new Retry();

		public OnFailure getOnFailure() {
			return this.onFailure;
		}

		public void setOnFailure(OnFailure onFailure) {
			this.onFailure = onFailure;
		}

		public boolean isTransactional() {
			return this.transactional;
		}

		public void setTransactional(boolean transactional) {
			this.transactional = transactional;
		}

		public String getParkedTable() {
			return this.parkedTable;
		}

		public void setParkedTable(String parkedTable) {
			this.parkedTable = parkedTable;
		}

		public String getProcessedTable() {
			return this.processedTable;
		}

		public void setProcessedTable(String processedTable) {
			this.processedTable = processedTable;
		}

		public boolean isCreateTables() {
			return this.createTables;
		}

		public void setCreateTables(boolean createTables) {
			this.createTables = createTables;
		}

		public Duration getShutdownTimeout() {
			return this.shutdownTimeout;
		}

		public void setShutdownTimeout(Duration shutdownTimeout) {
			this.shutdownTimeout = shutdownTimeout;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public boolean isInterruptOnTimeout() {
			return this.interruptOnTimeout;
		}

		public void setInterruptOnTimeout(boolean interruptOnTimeout) {
			this.interruptOnTimeout = interruptOnTimeout;
		}

		public int getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(int concurrency) {
			this.concurrency = concurrency;
		}

		public int getMaxInFlight() {
			return this.maxInFlight;
		}

		public void setMaxInFlight(int maxInFlight) {
			this.maxInFlight = maxInFlight;
		}

		public DataSize getMaxInFlightSize() {
			return this.maxInFlightSize;
		}

		public void setMaxInFlightSize(DataSize maxInFlightSize) {
			this.maxInFlightSize = maxInFlightSize;
		}

		public DataSize getMaxTransactionSize() {
			return this.maxTransactionSize;
		}

		public void setMaxTransactionSize(DataSize maxTransactionSize) {
			this.maxTransactionSize = maxTransactionSize;
		}

		public Retry getRetry() {
			return this.retry;
		}

	}

	/**
	 * Failed calls of listeners.
	 */
	public static class Retry {

		/**
		 * Calls of a listener for one event in all, the first one included.
		 */
		private int maxAttempts = 3;

		/**
		 * Wait before the second call.
		 */
		private Duration initialInterval = Duration.ofMillis(200);

		/**
		 * What each wait is multiplied by for the next one.
		 */
		private double multiplier = 5;

		/**
		 * Longest wait between two calls.
		 */
		private Duration maxInterval = Duration.ofSeconds(30);

		/**
		 * Exception types that are not tried again, also as the cause of others. By
		 * default every exception is.
		 */
		private List<Class<? extends Throwable>> notFor = new ArrayList<>();

		public List<Class<? extends Throwable>> getNotFor() {
			return this.notFor;
		}

		public void setNotFor(List<Class<? extends Throwable>> notFor) {
			this.notFor = notFor;
		}

		public int getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(int maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

		public Duration getInitialInterval() {
			return this.initialInterval;
		}

		public void setInitialInterval(Duration initialInterval) {
			this.initialInterval = initialInterval;
		}

		public double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(double multiplier) {
			this.multiplier = multiplier;
		}

		public Duration getMaxInterval() {
			return this.maxInterval;
		}

		public void setMaxInterval(Duration maxInterval) {
			this.maxInterval = maxInterval;
		}

	}

	/**
	 * What the operator takes upon himself.
	 */
	public static class Safety {

		/**
		 * Ids of the rules whose risk is taken. By default none; each one that applies is
		 * logged with its risk at every start.
		 */
		private List<String> accept = new ArrayList<>();

		/**
		 * Gap between stored offset and replication slot to pass over once, as the
		 * refusal names it. By default none.
		 */
		private @Nullable String acceptGap;

		public List<String> getAccept() {
			return this.accept;
		}

		public void setAccept(List<String> accept) {
			this.accept = accept;
		}

		public @Nullable String getAcceptGap() {
			return this.acceptGap;
		}

		public void setAcceptGap(@Nullable String acceptGap) {
			this.acceptGap = acceptGap;
		}

	}

	/**
	 * From when on an engine that runs is not healthy.
	 */
	public static class Health {

		/**
		 * WAL by which the engine may be behind the server before it is not healthy. By
		 * default any.
		 */
		private @Nullable DataSize maxLag;

		/**
		 * WAL that the server may keep for the replication slot before the engine is not
		 * healthy. By default any.
		 */
		private @Nullable DataSize maxRetainedWal;

		/**
		 * Time for which the replication slot must be going to live at the present rate,
		 * where the server limits the WAL that it keeps. By default any.
		 */
		private @Nullable Duration minTimeToSlotLoss;

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

	}

	/**
	 * Traces that go on from the writer's.
	 */
	public static class Tracing {

		/**
		 * Prefix of the transactional logical messages that carry the writer's
		 * 'traceparent'. By default none, and each call of a listener begins a trace.
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
