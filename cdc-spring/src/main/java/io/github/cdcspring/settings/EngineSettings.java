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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one engine. Use {@link #builder} to create them.
 *
 * @param name the engine, {@code default} for the one that {@code cdc.*} configures
 * @param connection the connection to the source database, as it was when the settings
 * were read
 * @param connections returns the connection as it is now. It is asked each time one is
 * opened, because credentials and certificates may be rotated.
 * @param lsnFlushMode who advances the slot
 * @param offsetMismatchStrategy how a mismatch between slot and stored offset is resolved
 * @param slot the replication slot
 * @param publication the publication
 * @param snapshotMode whether existing rows are read
 * @param backfill how existing rows are read alongside the stream
 * @param heartbeatInterval the interval of heartbeats, zero to disable them
 * @param offset the offset store
 * @param listener how listeners are called
 * @param safety the risks that the operator has accepted
 * @param health the thresholds above which a running engine is reported DOWN
 * @param visibleTransactions whether an event is held back until its transaction is
 * visible on the server
 * @param tracePrefix the prefix of the logical messages that carry the writer's trace
 * context, {@code null} for none
 * @param debezium further properties for Debezium
 * @param kafka how events are received from Kafka, {@code null} if the engine embeds
 * Debezium
 * @since 0.1.0
 */
public record EngineSettings(String name, EngineSettings.Connection connection,
		Supplier<EngineSettings.Connection> connections, LsnFlushMode lsnFlushMode,
		OffsetMismatchStrategy offsetMismatchStrategy, EngineSettings.Slot slot, EngineSettings.Publication publication,
		SnapshotMode snapshotMode, EngineSettings.Backfill backfill, Duration heartbeatInterval,
		EngineSettings.Offset offset, EngineSettings.Listener listener, EngineSettings.Safety safety,
		EngineSettings.Health health, boolean visibleTransactions, @Nullable String tracePrefix,
		Map<String, String> debezium, EngineSettings.@Nullable Kafka kafka) {

	/** The name of the engine that {@code cdc.*} configures. */
	public static final String DEFAULT_ENGINE = "default";

	/**
	 * Start to build settings from what has no default.
	 * @param name the engine
	 * @param connection the connection to the source database
	 * @param slot the replication slot
	 * @param publication the publication
	 * @param offset the offset store
	 * @param listener how listeners are called
	 * @return a builder
	 */
	public static Builder builder(String name, Connection connection, Slot slot, Publication publication, Offset offset,
			Listener listener) {
		return new Builder(name, connection, slot, publication, offset, listener);
	}

	/**
	 * The full name of a setting of this engine.
	 * @param key the setting, such as {@code slot.name}
	 * @return the name in the application's configuration, such as {@code cdc.slot.name}
	 * or {@code cdc.engines.audit.slot.name}
	 */
	public String property(String key) {
		return (DEFAULT_ENGINE.equals(this.name) ? "cdc." : "cdc.engines." + this.name + ".") + key;
	}

	/**
	 * Whether a bean of the application advances the slot.
	 * @return {@code true} in {@link LsnFlushMode#MANUAL} with
	 * {@link SlotAdvancer#APPLICATION}
	 */
	public boolean isSlotAdvancedByApplication() {
		return !this.lsnFlushMode.advancesSlot() && this.slot.advancedBy() == SlotAdvancer.APPLICATION;
	}

	/** Names only: properties for Debezium may be confidential. */
	@Override
	public String toString() {
		return "engine '" + this.name + "' on " + this.connection;
	}

	/**
	 * How existing rows are read alongside the stream.
	 *
	 * @param chunkSize the maximum number of rows to read at once
	 * @param newTables whether the existing rows of a table that was not captured before
	 * are read
	 * @param maxRowsPerSecond the maximum number of rows to read in a second,
	 * {@code null} for no limit
	 * @param concurrency the maximum number of chunks to read at the same time
	 */
	public record Backfill(int chunkSize, boolean newTables, @Nullable Integer maxRowsPerSecond, int concurrency) {

		/** The default. */
		public static final Backfill DEFAULT = new Backfill(2_000, true, null, 1);

	}

	/**
	 * The connection to the source database.
	 *
	 * @param hosts the host, or several as {@code h1:5432,h2}; the last one has no port
	 * @param port the port, of several hosts that of the last one
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
			return "jdbc:postgresql://" + this.hosts + ":" + this.port + "/"
					+ URLEncoder.encode(this.database, StandardCharsets.UTF_8).replace("+", "%20");
		}

		/**
		 * The same connection to one host.
		 * @param host the host
		 * @param port the port
		 * @return the connection
		 */
		public Connection at(String host, int port) {
			return new Connection(host, port, this.database, this.username, this.password, this.driverProperties);
		}

		/** The URL only: no user, no password, no driver property. */
		@Override
		public String toString() {
			return jdbcUrl();
		}

	}

	/**
	 * What happens when a listener fails on an event after all retries, and how listeners
	 * stay idempotent.
	 *
	 * @param onFailure what happens to the event
	 * @param transactional whether a listener's work and the registration of the event
	 * commit in one transaction
	 * @param parkedTable the table of parked events
	 * @param processedTable the table of processed events
	 * @param createTables whether to create the two tables if they are missing
	 */
	public record FailureHandling(OnFailure onFailure, boolean transactional, String parkedTable, String processedTable,
			boolean createTables) {

	}

	/**
	 * Thresholds above which a running engine is reported DOWN.
	 *
	 * @param maxLagBytes the maximum lag behind the server in bytes, {@code null} for no
	 * limit
	 * @param maxRetainedWalBytes the maximum WAL in bytes that the server may keep for
	 * the slot, {@code null} for no limit
	 * @param minTimeToSlotLoss the minimum time until the slot is lost at the current
	 * rate, {@code null} for no limit
	 * @param streamTimeout the maximum time that a message of the server may take to
	 * arrive in the replication stream. Then the engine reconnects.
	 */
	public record Health(@Nullable Long maxLagBytes, @Nullable Long maxRetainedWalBytes,
			@Nullable Duration minTimeToSlotLoss, Duration streamTimeout) {

		/** No limits but the one of the stream. */
		public static final Health DEFAULT = new Health(null, null, null, Duration.ofSeconds(10));

	}

	/**
	 * How events are dispatched to listeners.
	 *
	 * @param concurrency the number of events that are delivered in parallel, 1 for one
	 * after another
	 * @param maxInFlight the maximum number of received events that are not yet processed
	 * @param maxBytesInFlight the maximum estimated size of these events in bytes
	 * @param maxTransactionBytes the maximum estimated size in bytes of a transaction
	 * that a listener receives as a whole
	 * @param virtualThreads whether virtual threads call listeners
	 */
	public record Dispatch(int concurrency, int maxInFlight, long maxBytesInFlight, long maxTransactionBytes,
			boolean virtualThreads) {

	}

	/**
	 * How events are received from Kafka.
	 *
	 * @param topicPrefix the prefix of the connector's topics
	 * @param groupId the consumer group
	 * @param order which order events have
	 * @param maxOutage how long the application may be down without losing events, zero
	 * if the topics are not checked
	 * @param connect how Kafka Connect is reached, {@code null} if it is not asked
	 */
	public record Kafka(String topicPrefix, String groupId, KafkaOrder order, Duration maxOutage,
			EngineSettings.Kafka.@Nullable Connect connect) {

		/** By default, topics must keep events for a day. */
		public static final Duration MAX_OUTAGE = Duration.ofDays(1);

		/**
		 * Receive without asking Kafka Connect.
		 * @param topicPrefix the prefix of the connector's topics
		 * @param groupId the consumer group
		 * @param order which order events have
		 */
		public Kafka(String topicPrefix, String groupId, KafkaOrder order) {
			this(topicPrefix, groupId, order, MAX_OUTAGE, null);
		}

		/**
		 * The topic of all events in {@link KafkaOrder#STREAM}.
		 * @return the topic
		 */
		public String streamTopic() {
			return this.topicPrefix + ".stream";
		}

		/**
		 * How Kafka Connect is reached.
		 *
		 * @param url the URL of a worker's REST API
		 * @param connector the name of the connector
		 * @param manage how the connector is treated
		 * @param passwordReference where the worker finds the password of the database:
		 * the name of a provider of configurations, a colon, and the place
		 * @param login the login to the REST API, {@code null} for none
		 */
		public record Connect(URI url, String connector, ConnectorManagement manage, String passwordReference,
				EngineSettings.Kafka.Connect.@Nullable Login login) {

			/** The worker's environment. */
			public static final String PASSWORD_REFERENCE = "env:DATABASE_PASSWORD";

			/**
			 * Compare the connector, without a login.
			 * @param url the URL of a worker's REST API
			 * @param connector the name of the connector
			 */
			public Connect(URI url, String connector) {
				this(url, connector, ConnectorManagement.VERIFY, PASSWORD_REFERENCE, null);
			}

			/**
			 * The URL of the connector.
			 * @return the URL, without a slash at its end
			 */
			public String connectorUrl() {
				return this.url.toString().replaceAll("/+$", "") + "/connectors/"
						+ URLEncoder.encode(this.connector, StandardCharsets.UTF_8).replace("+", "%20");
			}

			/**
			 * The URL that creates connectors.
			 * @return the URL
			 */
			public String connectorsUrl() {
				return this.url.toString().replaceAll("/+$", "") + "/connectors";
			}

			/**
			 * The URL that lists the plugins of the worker.
			 * @return the URL
			 */
			public String pluginsUrl() {
				return this.url.toString().replaceAll("/+$", "") + "/connector-plugins";
			}

			/**
			 * A login to the REST API.
			 *
			 * @param username the user
			 * @param password the password
			 */
			public record Login(String username, String password) {

				/** Contains no secret. */
				@Override
				public String toString() {
					return "a login to Kafka Connect";
				}

			}

		}

	}

	/**
	 * How listeners are called.
	 *
	 * @param retry how a failed call is retried
	 * @param shutdownTimeout how long a stop waits for events in flight
	 * @param timeout what happens to a call that does not return
	 * @param dispatch how events are dispatched
	 * @param failure what happens after all retries
	 * @param restart how the engine restarts after a failure that stops it
	 */
	public record Listener(EngineSettings.Retry retry, Duration shutdownTimeout, EngineSettings.Timeout timeout,
			EngineSettings.Dispatch dispatch, EngineSettings.FailureHandling failure, EngineSettings.Restart restart) {

	}

	/**
	 * The offset store.
	 *
	 * @param store the kind of store
	 * @param flushInterval the maximum time between processing an event and storing its
	 * offset
	 * @param filePath the file of {@link OffsetStoreType#FILE}
	 * @param jdbcTable the table of {@link OffsetStoreType#JDBC}
	 * @param jdbcCreateTable whether to create the table if it is missing
	 */
	public record Offset(OffsetStoreType store, Duration flushInterval, Path filePath, String jdbcTable,
			boolean jdbcCreateTable) {

	}

	/**
	 * The publication.
	 *
	 * @param name the publication
	 * @param create whether the engine creates and alters the publication so that it
	 * covers exactly the captured tables
	 */
	public record Publication(String name, boolean create) {

	}

	/**
	 * How an engine restarts that a listener's failure has stopped.
	 *
	 * @param maxAttempts the maximum number of restarts for one event, {@code null} for
	 * no limit
	 * @param initialInterval the wait before the first restart
	 * @param multiplier the factor by which each further wait is longer
	 * @param maxInterval the maximum wait
	 */
	public record Restart(@Nullable Integer maxAttempts, Duration initialInterval, double multiplier,
			Duration maxInterval) {

		/** No limit, and waits of 1 s up to 1 min. */
		public static final Restart DEFAULT = new Restart(null, Duration.ofSeconds(1), 2, Duration.ofMinutes(1));

	}

	/**
	 * How a failed listener call is retried.
	 *
	 * @param maxAttempts the maximum number of calls, the first one included
	 * @param initialInterval the wait before the second call
	 * @param multiplier the factor by which each further wait is longer
	 * @param maxInterval the maximum wait
	 * @param notFor exceptions that are not retried, also as the cause of others
	 */
	public record Retry(int maxAttempts, Duration initialInterval, double multiplier, Duration maxInterval,
			Set<Class<? extends Throwable>> notFor) {

		public Retry {
			notFor = Set.copyOf(notFor);
		}

	}

	/**
	 * Risks that the operator has accepted.
	 *
	 * @param accept the ids of the rules whose risk is accepted
	 * @param acceptGap the one difference between offset and slot that may be skipped,
	 * {@code null} for none
	 * @param acceptRelations the changes of captured tables that are accepted once, as
	 * the refusals name them
	 * @param recover the stored offset from which the engine recovers once, {@code null}
	 * for none
	 */
	public record Safety(Set<String> accept, @Nullable Gap acceptGap, Set<String> acceptRelations,
			@Nullable RecoveredOffset recover) {

		/** No accepted risk. */
		public static final Safety STRICT = new Safety(Set.of(), null, Set.of(), null);

		public Safety {
			accept = Collections.unmodifiableSet(new LinkedHashSet<>(accept));
			acceptRelations = Collections.unmodifiableSet(new LinkedHashSet<>(acceptRelations));
		}

	}

	/**
	 * A stored offset from which the engine recovers. The text form is {@code 0/16B3748}
	 * or, if the server has another history, {@code 0/16B3748@7301234567890123456}.
	 *
	 * @param lsn the LSN of the offset
	 * @param systemIdentifier the server on which the engine recovers, {@code null} for
	 * one with the history of the offset
	 */
	public record RecoveredOffset(Lsn lsn, @Nullable String systemIdentifier) {

		/**
		 * Parse the text form.
		 * @param text an LSN, and a system identifier after an at sign
		 * @return the offset
		 * @throws IllegalArgumentException if the text is not of this form
		 */
		public static RecoveredOffset parse(String text) {
			int at = text.indexOf('@');
			if (at < 0) {
				return new RecoveredOffset(Lsn.parse(text), null);
			}
			String server = text.substring(at + 1);
			if (!server.matches("\\d+")) {
				throw new IllegalArgumentException("There is no system identifier after the at sign");
			}
			return new RecoveredOffset(Lsn.parse(text.substring(0, at)), server);
		}

		@Override
		public String toString() {
			return this.lsn + ((this.systemIdentifier != null) ? "@" + this.systemIdentifier : "");
		}

	}

	/**
	 * The replication slot.
	 *
	 * @param name the slot
	 * @param survivesFailover the operator's declaration whether the slot survives a
	 * failover
	 * @param patroniUrls the REST APIs of one Patroni cluster, which are asked whether
	 * the slot is permanent; empty to trust the declaration
	 * @param advancedBy who advances the slot in {@link LsnFlushMode#MANUAL},
	 * {@code null} if it is not declared
	 */
	public record Slot(String name, SurvivesFailover survivesFailover, List<URI> patroniUrls,
			@Nullable SlotAdvancer advancedBy) {

		public Slot {
			patroniUrls = List.copyOf(patroniUrls);
		}
	}

	/**
	 * What happens to a listener call that does not return.
	 *
	 * @param timeout how long a call may take before it is reported
	 * @param interrupt whether it is then interrupted
	 */
	public record Timeout(Duration timeout, boolean interrupt) {

	}

	/**
	 * Builds settings. What is not set has the default of its property.
	 */
	public static final class Builder {

		private final String name;

		private final Connection connection;

		private final Slot slot;

		private final Publication publication;

		private final Offset offset;

		private final Listener listener;

		private Supplier<Connection> connections;

		private LsnFlushMode lsnFlushMode = LsnFlushMode.CONNECTOR;

		private OffsetMismatchStrategy offsetMismatchStrategy = OffsetMismatchStrategy.NO_VALIDATION;

		private SnapshotMode snapshotMode = SnapshotMode.INITIAL;

		private Backfill backfill = Backfill.DEFAULT;

		private Duration heartbeatInterval = Duration.ofSeconds(5);

		private Safety safety = Safety.STRICT;

		private Health health = Health.DEFAULT;

		private boolean visibleTransactions = true;

		private @Nullable String tracePrefix;

		private Map<String, String> debezium = Map.of();

		private @Nullable Kafka kafka;

		private Builder(String name, Connection connection, Slot slot, Publication publication, Offset offset,
				Listener listener) {
			this.name = name;
			this.connection = connection;
			this.connections = () -> connection;
			this.slot = slot;
			this.publication = publication;
			this.offset = offset;
			this.listener = listener;
		}

		/**
		 * Set what returns the connection as it is now, if it may change.
		 * @param connections is asked each time a connection is opened
		 * @return this
		 */
		public Builder connections(Supplier<Connection> connections) {
			this.connections = connections;
			return this;
		}

		/**
		 * Set who advances the slot.
		 * @param lsnFlushMode the mode
		 * @return this
		 */
		public Builder lsnFlushMode(LsnFlushMode lsnFlushMode) {
			this.lsnFlushMode = lsnFlushMode;
			return this;
		}

		/**
		 * Set how a mismatch between slot and stored offset is resolved.
		 * @param offsetMismatchStrategy the strategy
		 * @return this
		 */
		public Builder offsetMismatchStrategy(OffsetMismatchStrategy offsetMismatchStrategy) {
			this.offsetMismatchStrategy = offsetMismatchStrategy;
			return this;
		}

		/**
		 * Set whether existing rows are read.
		 * @param snapshotMode the mode
		 * @return this
		 */
		public Builder snapshotMode(SnapshotMode snapshotMode) {
			this.snapshotMode = snapshotMode;
			return this;
		}

		/**
		 * Set how existing rows are read alongside the stream.
		 * @param backfill how
		 * @return this
		 */
		public Builder backfill(Backfill backfill) {
			this.backfill = backfill;
			return this;
		}

		/**
		 * Set the interval of heartbeats.
		 * @param heartbeatInterval the interval, zero to disable them
		 * @return this
		 */
		public Builder heartbeatInterval(Duration heartbeatInterval) {
			this.heartbeatInterval = heartbeatInterval;
			return this;
		}

		/**
		 * Set the risks that the operator has accepted.
		 * @param safety the risks
		 * @return this
		 */
		public Builder safety(Safety safety) {
			this.safety = safety;
			return this;
		}

		/**
		 * Set the thresholds above which a running engine is reported DOWN.
		 * @param health the thresholds
		 * @return this
		 */
		public Builder health(Health health) {
			this.health = health;
			return this;
		}

		/**
		 * Set whether an event is held back until its transaction is visible on the
		 * server.
		 * @param visibleTransactions whether it is
		 * @return this
		 */
		public Builder visibleTransactions(boolean visibleTransactions) {
			this.visibleTransactions = visibleTransactions;
			return this;
		}

		/**
		 * Set the prefix of the logical messages that carry the writer's trace context.
		 * @param tracePrefix the prefix, {@code null} for none
		 * @return this
		 */
		public Builder tracePrefix(@Nullable String tracePrefix) {
			this.tracePrefix = tracePrefix;
			return this;
		}

		/**
		 * Set further properties for Debezium.
		 * @param debezium the properties
		 * @return this
		 */
		public Builder debezium(Map<String, String> debezium) {
			this.debezium = debezium;
			return this;
		}

		/**
		 * Set how events are received from Kafka.
		 * @param kafka how, {@code null} to embed Debezium
		 * @return this
		 */
		public Builder kafka(@Nullable Kafka kafka) {
			this.kafka = kafka;
			return this;
		}

		/**
		 * Build the settings.
		 * @return the settings
		 */
		public EngineSettings build() {
			return new EngineSettings(this.name, this.connection, this.connections, this.lsnFlushMode,
					this.offsetMismatchStrategy, this.slot, this.publication, this.snapshotMode, this.backfill,
					this.heartbeatInterval, this.offset, this.listener, this.safety, this.health,
					this.visibleTransactions, this.tracePrefix, this.debezium, this.kafka);
		}

	}

}
