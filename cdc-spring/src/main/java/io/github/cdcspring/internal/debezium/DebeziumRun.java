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

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.backfill.BackfillRun;
import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.internal.support.SourceEndpoint;
import io.github.cdcspring.internal.support.SourceSockets;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an engine: a Debezium engine with everything from the replication stream to
 * the listeners and back to the offset store. Debezium's engine runs only once, so each
 * restart needs a new run.
 */
public final class DebeziumRun implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DebeziumRun.class);

	/** How often the stream is watched while a listener keeps Debezium from it. */
	private static final Duration WATCH_INTERVAL = Duration.ofMillis(100);

	/** An engine that was closed ends within milliseconds. */
	private static final Duration END_OF_CLOSED_ENGINE = Duration.ofSeconds(1);

	private final String id;

	private final String name;

	private final RunListener listener;

	private final StreamGuard guard;

	private final SourceSockets sockets;

	private final WalSender walSender;

	private final @Nullable VisibilityGate visibility;

	private final BackfillRun backfill;

	private final BiPredicate<TableId, String> includedColumns;

	private final StreamHandler handler;

	private final OffsetCommitter committer;

	private final Properties properties;

	private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;

	private final CountDownLatch ended = new CountDownLatch(1);

	/** The thread in Debezium's engine, {@code null} if it is not to be interrupted. */
	private @Nullable Thread runner;

	private volatile @Nullable EngineFailure failure;

	private volatile boolean stopping;

	private DebeziumRun(Builder builder, String id, StreamGuard guard, WalSender walSender, ArrivedEvents arrived,
			SourceSockets sockets, RunListener listener) {
		this.id = id;
		this.walSender = walSender;
		this.sockets = sockets;
		this.listener = listener;
		EngineSettings settings = builder.settings;
		this.name = settings.name();
		InFlightTracker<SourceOffset> inFlightTracker = new InFlightTracker<>();
		this.guard = guard;
		this.committer = new OffsetCommitter(settings.name(), inFlightTracker, builder.session, builder.offsetRecorder,
				settings.offset().flushInterval(), listener, this.guard, this::fail);
		ConnectionSource visibilitySource = builder.visibilitySource;
		this.visibility = (visibilitySource != null) ? new VisibilityGate(settings.name(), visibilitySource, listener)
				: null;
		this.properties = DebeziumConfiguration.of(settings, builder.endpoint, sockets, builder.tables,
				builder.listeners.endpoints(), id, builder.snapshotOverSlot);
		this.includedColumns = DebeziumConfiguration.includedColumns(this.properties);
		this.backfill = new BackfillRun(settings.name(), builder.backfill, builder.backfillSource,
				new BackfillRun.Options(DebeziumConfiguration.HEARTBEAT_PREFIX, settings.publication().name(),
						this.includedColumns, settings.backfill().chunkSize(), settings.backfill().maxRowsPerSecond(),
						settings.backfill().concurrency(), (failure) -> withoutConnection(settings, failure)));
		DebeziumConfiguration.leaveOut(this.properties, builder.unsentColumns);
		this.handler = new StreamHandler(inFlightTracker, this.committer,
				new RecordDecoder(DebeziumConfiguration.HEARTBEAT_PREFIX, builder.fullIdentity::contains,
						builder.incompleteKeys::contains),
				builder.listeners.dispatcher(this.guard, this::fail), this.visibility, this.backfill.stream(),
				builder.backfill.snapshot(), arrived);
		this.engine = engine(this.properties, listener);
		this.guard.killBy(this::disconnect);
	}

	/** Why a reader of existing rows gets no connection, and what to do. */
	static String withoutConnection(EngineSettings settings, SQLException failure) {
		String message = EngineFailure.of(null, failure).message();
		return SqlState.is(failure, SqlState.TOO_MANY_CONNECTIONS) ? message + (message.endsWith(".") ? " " : ". ")
				+ "Raise the limit of connections, or lower " + settings.property("backfill.concurrency") + "."
				: message;
	}

	/**
	 * Return the columns that the application receives.
	 * @return tells whether it receives a column of a table
	 */
	public BiPredicate<TableId, String> includedColumns() {
		return this.includedColumns;
	}

	/**
	 * Begin to describe a run.
	 * @param settings the engine's settings
	 * @param endpoint the server to receive from
	 * @param session the offset session of this run
	 * @param listeners the engine's listeners
	 * @return a builder for a run without tables
	 */
	public static Builder builder(EngineSettings settings, SourceEndpoint endpoint, OffsetSession session,
			ListenerSet listeners) {
		return new Builder(settings, endpoint, session, listeners);
	}

	private DebeziumEngine<RecordChangeEvent<SourceRecord>> engine(Properties properties, RunListener listener) {
		return DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
			.using(properties)
			.using(this::completed)
			.using(new DebeziumEngine.ConnectorCallback() {

				@Override
				public void pollingStarted() {
					// The slot exists, so each watermark from now on arrives
					DebeziumRun.this.backfill.start();
					listener.streaming();
				}

			})
			// Without records Debezium would commit while it polls, on another thread
			.using((records, sinceLast) -> records > 0)
			.notifying(this.handler)
			.build();
	}

	private void completed(boolean success, @Nullable String message, @Nullable Throwable error) {
		if (success || this.stopping) {
			return;
		}
		EngineFailure failure = EngineFailure.of(message, error);
		if (keep(failure)) {
			report(failure);
		}
	}

	/**
	 * Keep the first failure: later ones are its consequences.
	 * @return whether it is the first
	 */
	private synchronized boolean keep(EngineFailure failure) {
		if (this.failure != null) {
			return false;
		}
		this.failure = failure;
		return true;
	}

	/**
	 * Report a failure at once, because the run ends only when the running calls have
	 * returned.
	 */
	private void report(EngineFailure failure) {
		if (!this.stopping) {
			this.listener.failed(failure);
		}
	}

	/** Nothing more is delivered when the failure is reported. */
	private void failed(Throwable cause) {
		EngineFailure failure = EngineFailure.of(null, cause);
		boolean first = keep(failure);
		this.guard.end(cause);
		this.handler.stop();
		if (first) {
			report(failure);
		}
	}

	/**
	 * Receive until the run is stopped or fails.
	 * @return the failure, {@code null} if the run was stopped
	 */
	public @Nullable EngineFailure run() {
		this.committer.start();
		watch();
		try {
			runEngine();
			if (this.guard.endsAtUnreadableEvent()) {
				finishReceived();
			}
			return this.failure;
		}
		finally {
			this.backfill.close();
			this.handler.close();
			this.committer.stop();
			this.ended.countDown();
		}
	}

	private void runEngine() {
		synchronized (this) {
			this.runner = Thread.currentThread();
		}
		try {
			this.engine.run();
		}
		finally {
			synchronized (this) {
				if (this.runner == null) {
					// The interrupt was meant for the engine
					Thread.interrupted();
				}
				this.runner = null;
			}
		}
	}

	/**
	 * Debezium's engine waits indefinitely for a task that its close has dropped before
	 * it began.
	 */
	private synchronized void interruptEngine() {
		Thread thread = this.runner;
		if (thread != null) {
			this.runner = null;
			thread.interrupt();
		}
	}

	/**
	 * An operator who passes the unreadable event also passes what is not stored before
	 * it.
	 */
	private void finishReceived() {
		boolean finished = false;
		while (!finished && !this.stopping && !this.guard.isEnded()) {
			finished = this.handler.stopAndAwait(WATCH_INTERVAL);
		}
	}

	/**
	 * Watch the stream: while a listener works, Debezium does not poll and reports no
	 * failure.
	 */
	private void watch() {
		Thread thread = new Thread(() -> {
			try {
				while (!this.ended.await(WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
					Throwable cause = this.guard.streamFailure();
					if (cause != null && !this.stopping) {
						failed(cause);
						return;
					}
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "cdc-" + this.name + "-stream");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * The process id of the WAL sender.
	 * @return the id, {@code null} while there is no replication connection
	 */
	public @Nullable Integer walSenderPid() {
		return this.walSender.pid();
	}

	/**
	 * The sockets of Debezium's connections.
	 * @return the sockets
	 */
	public SourceSockets sockets() {
		return this.sockets;
	}

	/**
	 * End the run because its connections lead nowhere. Debezium may hang in a read, so
	 * they are broken.
	 * @param cause the failure
	 */
	public void disconnect(Throwable cause) {
		if (this.stopping || this.guard.endsAtUnreadableEvent()) {
			return;
		}
		fail(cause);
		this.sockets.abort();
	}

	/**
	 * Return whether a thread of this run calls a listener, although the run has ended: a
	 * stop does not wait for a call that does not return in time.
	 * @return {@code true} while a call is running
	 */
	public boolean isDelivering() {
		return this.handler.isDelivering();
	}

	/**
	 * End the run because something other than Debezium failed. Returns immediately,
	 * because the end may wait for the calling thread.
	 * @param cause the failure
	 */
	public void fail(Throwable cause) {
		failed(cause);
		closeInBackground();
	}

	private void closeInBackground() {
		Thread thread = new Thread(this::closeEngine, "cdc-close");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Stop in order: receive no more events, finish those in flight, store the offset,
	 * flush it to the slot, and close the engine.
	 * @param timeout the time limit for all of it
	 * @return whether every event in flight was processed
	 */
	public boolean stop(Duration timeout) {
		this.stopping = true;
		long deadline = System.nanoTime() + timeout.toNanos();
		boolean finished = this.handler.stopAndAwait(timeout);
		if (finished) {
			this.committer.stop();
		}
		this.backfill.close();
		// Before the running calls are interrupted, so that no listener is blamed
		this.guard.end(new CdcException("Engine '" + this.name + "' is being stopped"));
		this.handler.abandon();
		awaitEnd(Duration.ofNanos(Math.max(Duration.ofSeconds(1).toNanos(), deadline - System.nanoTime())));
		return finished;
	}

	/** Debezium's own close waits minutes for a listener that does not return. */
	private void awaitEnd(Duration timeout) {
		closeInBackground();
		try {
			this.ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * An engine that is starting refuses to be closed, and it may take long to start: it
	 * would receive events for nobody.
	 */
	private void closeEngine() {
		try {
			do {
				try {
					this.engine.close();
					if (!this.ended.await(END_OF_CLOSED_ENGINE.toMillis(), TimeUnit.MILLISECONDS)) {
						interruptEngine();
					}
				}
				catch (IllegalStateException | IOException ex) {
					logger.debug("Debezium's engine cannot be closed yet: {}", ex.getMessage());
				}
			}
			while (!this.ended.await(50, TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Release what Debezium was given by name. To be called when the run has ended, or is
	 * never to begin.
	 */
	@Override
	public void close() {
		this.ended.countDown();
		if (this.visibility != null) {
			this.visibility.close();
		}
		this.sockets.close();
		ColumnConverter.discard(this.properties);
		release(this.id);
	}

	private static void release(String id) {
		RunContext.unregister(id);
		EventQueue.discard(id);
	}

	/**
	 * Describes a run.
	 */
	public static final class Builder {

		private final EngineSettings settings;

		private final SourceEndpoint endpoint;

		private final OffsetSession session;

		private final ListenerSet listeners;

		private Set<TableId> tables = Set.of();

		private Set<TableId> fullIdentity = Set.of();

		private Set<TableId> incompleteKeys = Set.of();

		private Map<TableId, List<String>> unsentColumns = Map.of();

		private List<CapturedRelation> captured = List.of();

		private Set<TableId> unpartitioned = Set.of();

		private boolean snapshotOverSlot;

		private Backfill backfill = new Backfill();

		private OffsetRecorder offsetRecorder;

		private ConnectionSource backfillSource = () -> {
			throw new SQLException("No connection is set");
		};

		private ColumnTypes types = new ColumnTypes(Map.of(), null);

		private KeyHistory keys = new KeyHistory();

		private @Nullable ConnectionSource visibilitySource;

		private Builder(EngineSettings settings, SourceEndpoint endpoint, OffsetSession session,
				ListenerSet listeners) {
			this.settings = settings;
			this.endpoint = endpoint;
			this.session = session;
			this.listeners = listeners;
			this.offsetRecorder = new OffsetRecorder(session, this.backfill);
		}

		/**
		 * Set the tables to capture.
		 * @param tables the tables
		 * @param fullIdentity the tables among them with {@code REPLICA IDENTITY FULL}
		 * @return this builder
		 */
		public Builder tables(Set<TableId> tables, Set<TableId> fullIdentity) {
			this.tables = tables;
			this.fullIdentity = fullIdentity;
			return this;
		}

		/**
		 * Set the tables to capture with their OIDs.
		 * @param captured the tables
		 * @return this builder
		 */
		public Builder captured(List<CapturedRelation> captured) {
			this.captured = captured;
			return this;
		}

		/**
		 * Set the tables that hold their rows themselves, so that a snapshot does not
		 * read those of inheriting tables.
		 * @param tables the tables
		 * @return this builder
		 */
		public Builder unpartitioned(Set<TableId> tables) {
			this.unpartitioned = tables;
			return this;
		}

		/**
		 * Set the tables whose former keys the server does not send completely.
		 * @param tables the tables
		 * @return this builder
		 */
		public Builder incompleteKeys(Set<TableId> tables) {
			this.incompleteKeys = tables;
			return this;
		}

		/**
		 * Set the columns that the server does not send, so that a snapshot does not show
		 * them either.
		 * @param columns the columns of each table
		 * @return this builder
		 */
		public Builder unsentColumns(Map<TableId, List<String>> columns) {
			this.unsentColumns = columns;
			return this;
		}

		/**
		 * Set the types of the tables' columns.
		 * @param tables the columns of the tables
		 * @param source the server
		 * @return this builder
		 */
		public Builder types(Map<TableId, List<TableColumn>> tables, ConnectionSource source) {
			this.types = new ColumnTypes(tables, source);
			return this;
		}

		/**
		 * Set the primary keys that the tables had.
		 * @param keys the keys, to which those that are seen while the run lasts are
		 * added
		 * @return this builder
		 */
		public Builder keys(KeyHistory keys) {
			this.keys = keys;
			return this;
		}

		/**
		 * Set whether an initial snapshot is taken although the slot exists.
		 * @param overSlot whether it is
		 * @return this builder
		 */
		public Builder snapshotOverSlot(boolean overSlot) {
			this.snapshotOverSlot = overSlot;
			return this;
		}

		/**
		 * Read existing rows alongside the stream.
		 * @param backfill the tables to read
		 * @param offsetRecorder stores how far they are read
		 * @param source opens connections for that, see {@link SessionSettings}
		 * @return this builder
		 */
		public Builder backfill(Backfill backfill, OffsetRecorder offsetRecorder, ConnectionSource source) {
			this.backfill = backfill;
			this.offsetRecorder = offsetRecorder;
			this.backfillSource = source;
			return this;
		}

		/**
		 * Deliver events only once their transaction is visible on the server.
		 * @param source the server
		 * @return this builder
		 */
		public Builder awaitVisibility(ConnectionSource source) {
			this.visibilitySource = source;
			return this;
		}

		/**
		 * Build the run. It must be closed even if it is never run.
		 * @param listener is told about the progress of the run
		 * @return the run
		 */
		public DebeziumRun build(RunListener listener) {
			StaleMBeanCleaner.clean(this.settings.slot().name());
			StreamGuard guard = new StreamGuard(this.settings.slot().name(), this.session);
			WalSender walSender = new WalSender();
			ArrivedEvents arrived = new ArrivedEvents();
			String id = new RunContext(this.session, listener, guard, walSender, arrived, this.types, this.captured,
					this.unpartitioned, this.keys)
				.register();
			SourceSockets sockets = SourceSockets.register(this.endpoint.address(),
					!DebeziumConfiguration.debeziumPolls(this.settings));
			try {
				return new DebeziumRun(this, id, guard, walSender, arrived, sockets, listener);
			}
			catch (RuntimeException | Error ex) {
				sockets.close();
				release(id);
				throw ex;
			}
		}

	}

}
