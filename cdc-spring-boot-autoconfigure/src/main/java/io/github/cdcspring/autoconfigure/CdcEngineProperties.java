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

import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.EngineSource;
import io.github.cdcspring.settings.KafkaOrder;
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

	private final Connection connection = new Connection();

	private final Slot slot = new Slot();

	private final Publication publication = new Publication();

	private final Snapshot snapshot = new Snapshot();

	private final Backfill backfill = new Backfill();

	private final Heartbeat heartbeat = new Heartbeat();

	private final Offset offset = new Offset();

	private final Listener listener = new Listener();

	private final Safety safety = new Safety();

	private final Health health = new Health();

	private final Tracing tracing = new Tracing();

	private final Kafka kafka = new Kafka();

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

	public Backfill getBackfill() {
		return this.backfill;
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

	public Kafka getKafka() {
		return this.kafka;
	}

	public Map<String, String> getDebezium() {
		return this.debezium;
	}

	/**
	 * Connection to the database whose changes are received.
	 */
	public static class Connection {

		/**
		 * JDBC URL of the database whose changes are received. By default the
		 * application's own database.
		 */
		private @Nullable String url;

		/**
		 * Host of the database, as an alternative to 'url'.
		 */
		private @Nullable String host;

		/**
		 * Port of the database, together with 'host'.
		 */
		private int port = 5432;

		/**
		 * Name of the database, together with 'host'.
		 */
		private @Nullable String database;

		/**
		 * User with the REPLICATION attribute. By default the user of the URL or of the
		 * application's own database.
		 */
		private @Nullable String username;

		/**
		 * Password of the user.
		 */
		private @Nullable String password;

		/**
		 * Additional properties of the PostgreSQL driver, such as 'targetServerType'.
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
	 * Kafka, with 'source=kafka'.
	 */
	public static class Kafka {

		/**
		 * Order of the events: of each key, from a topic for each table, or of the whole
		 * stream, from the topic '<topic-prefix>.stream' with one partition.
		 */
		private KafkaOrder order = KafkaOrder.KEY;

		/**
		 * Prefix of the topics, the connector's 'topic.prefix'. By default the name of
		 * the replication slot.
		 */
		private @Nullable String topicPrefix;

		/**
		 * Consumer group. By default the name of the application with '-cdc' appended; a
		 * further engine appends its own name.
		 */
		private @Nullable String groupId;

		/**
		 * Longest outage of the application for which the topics must keep events, if
		 * 'connect.url' is set. Zero to not check the topics. If a duration suffix is not
		 * specified, seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration maxOutage = Duration.ofDays(1);

		private final Connect connect = new Connect();

		public KafkaOrder getOrder() {
			return this.order;
		}

		public void setOrder(KafkaOrder order) {
			this.order = order;
		}

		public @Nullable String getTopicPrefix() {
			return this.topicPrefix;
		}

		public void setTopicPrefix(@Nullable String topicPrefix) {
			this.topicPrefix = topicPrefix;
		}

		public @Nullable String getGroupId() {
			return this.groupId;
		}

		public void setGroupId(@Nullable String groupId) {
			this.groupId = groupId;
		}

		public Duration getMaxOutage() {
			return this.maxOutage;
		}

		public void setMaxOutage(Duration maxOutage) {
			this.maxOutage = maxOutage;
		}

		public Connect getConnect() {
			return this.connect;
		}

		/**
		 * The connector that fills the topics.
		 */
		public static class Connect {

			/**
			 * URL of the REST API of a Kafka Connect worker. By default Kafka Connect is
			 * not asked.
			 */
			private @Nullable URI url;

			/**
			 * Name of the connector. By default the prefix of its topics.
			 */
			private @Nullable String connector;

			/**
			 * How the connector is treated, if 'url' is set.
			 */
			private ConnectorManagement manage = ConnectorManagement.VERIFY;

			/**
			 * Where the worker finds the password of the database: the name of a provider
			 * of configurations, a colon, and the place.
			 */
			private String passwordReference = "env:DATABASE_PASSWORD";

			/**
			 * User of the REST API. By default the starter does not log in.
			 */
			private @Nullable String username;

			/**
			 * Password of the REST API. By default the starter does not log in.
			 */
			private @Nullable String password;

			public @Nullable URI getUrl() {
				return this.url;
			}

			public void setUrl(@Nullable URI url) {
				this.url = url;
			}

			public @Nullable String getConnector() {
				return this.connector;
			}

			public void setConnector(@Nullable String connector) {
				this.connector = connector;
			}

			public ConnectorManagement getManage() {
				return this.manage;
			}

			public void setManage(ConnectorManagement manage) {
				this.manage = manage;
			}

			public String getPasswordReference() {
				return this.passwordReference;
			}

			public void setPasswordReference(String passwordReference) {
				this.passwordReference = passwordReference;
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

		}

	}

	/**
	 * TLS to the database.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle with trust and key material. The host name of the server
		 * is verified.
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
		 * are read at the same time. Each takes a connection.
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
	 * Stored offset.
	 */
	public static class Offset {

		/**
		 * Where the offset is stored. By default 'jdbc' if the application has a
		 * DataSource, otherwise 'file'.
		 */
		private @Nullable OffsetStoreType store;

		/**
		 * Maximum time between processing an event and storing its offset. If a duration
		 * suffix is not specified, seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
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
	 * Offset in a file.
	 */
	public static class File {

		/**
		 * File that stores the offset. It must outlive the application; a further engine
		 * appends its own name.
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
	 * Offset in a table.
	 */
	public static class Jdbc {

		/**
		 * Name of the table that stores the offset, optionally with its schema.
		 */
		private String table = "cdc_offset";

		/**
		 * Whether to create the table if it does not exist.
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
	 * Delivery of events to listeners.
	 */
	public static class Listener {

		/**
		 * Maximum time that a stop waits for events in flight. If a duration suffix is
		 * not specified, seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration shutdownTimeout = Duration.ofSeconds(30);

		/**
		 * Maximum duration of a listener call before health and log report it. If a
		 * duration suffix is not specified, seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration timeout = Duration.ofMinutes(1);

		/**
		 * Whether to interrupt a listener call that exceeds the timeout, which counts as
		 * a failed attempt.
		 */
		private boolean interruptOnTimeout = false;

		/**
		 * Maximum number of events that are delivered in parallel. With 1, events are
		 * delivered in the order of the stream. Above 1, the events of each key keep
		 * their order.
		 */
		private int concurrency = 1;

		/**
		 * Maximum number of received events that are not yet processed, if concurrency is
		 * above 1. Beyond that, the engine stops receiving.
		 */
		private int maxInFlight = 10_000;

		/**
		 * Approximate maximum memory for received events: once for Debezium's queue, and
		 * once more for events in flight if concurrency is above 1. Beyond that, the
		 * engine stops receiving. A single event is accepted whatever its size.
		 */
		private DataSize maxInFlightSize = DataSize.ofMegabytes(32);

		/**
		 * Whether an event is held back until its transaction is visible on the server,
		 * so that a listener that reads the row finds it. Costs a query for each batch.
		 */
		private boolean visibleTransactions = true;

		/**
		 * Approximate maximum memory for a transaction that is delivered as a whole. A
		 * larger transaction makes the engine fail.
		 */
		private DataSize maxTransactionSize = DataSize.ofMegabytes(64);

		/**
		 * What happens to an event if a listener still fails after the last attempt.
		 */
		private OnFailure onFailure = OnFailure.STOP;

		/**
		 * Whether a listener's work and the registration of its events commit in one
		 * transaction, so that an event that is delivered again is not processed twice.
		 */
		private boolean transactional;

		/**
		 * Name of the table of parked events, optionally with its schema.
		 */
		private String parkedTable = "cdc_parked_event";

		/**
		 * Name of the table of processed events, optionally with its schema.
		 */
		private String processedTable = "cdc_processed";

		/**
		 * Whether to create the tables of parked and processed events if they do not
		 * exist.
		 */
		private boolean createTables = true;

		private final Retry retry = new Retry();

		private final Restart restart = new Restart();

		public OnFailure getOnFailure() {
			return this.onFailure;
		}

		public void setOnFailure(OnFailure onFailure) {
			this.onFailure = onFailure;
		}

		public boolean isVisibleTransactions() {
			return this.visibleTransactions;
		}

		public void setVisibleTransactions(boolean visibleTransactions) {
			this.visibleTransactions = visibleTransactions;
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

		public Restart getRestart() {
			return this.restart;
		}

	}

	/**
	 * Restart of an engine that the failure of a listener has stopped.
	 */
	public static class Restart {

		/**
		 * Maximum number of restarts for the same event, after which the engine stays
		 * stopped. By default there is no limit. Use 0 to never restart.
		 */
		private @Nullable Integer maxAttempts;

		/**
		 * Delay before the first restart. If a duration suffix is not specified, seconds
		 * are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration initialInterval = Duration.ofSeconds(1);

		/**
		 * Multiplier of the delay for each further restart.
		 */
		private double multiplier = 2;

		/**
		 * Maximum delay between two restarts. If a duration suffix is not specified,
		 * seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration maxInterval = Duration.ofMinutes(1);

		public @Nullable Integer getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(@Nullable Integer maxAttempts) {
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
	 * Retry of failed listener calls.
	 */
	public static class Retry {

		/**
		 * Maximum number of calls of a listener for one event, including the first.
		 */
		private int maxAttempts = 3;

		/**
		 * Delay before the first retry. If a duration suffix is not specified, seconds
		 * are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration initialInterval = Duration.ofMillis(200);

		/**
		 * Multiplier of the delay for each further retry.
		 */
		private double multiplier = 5;

		/**
		 * Maximum delay between two attempts. If a duration suffix is not specified,
		 * seconds are used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration maxInterval = Duration.ofSeconds(30);

		/**
		 * Exception types that are not retried, also as the cause of other exceptions. By
		 * default all exceptions are retried.
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
