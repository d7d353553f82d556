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
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.github.cdcspring.internal.listener.RunningCall;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Debezium engine, which runs once: from build to end.
 */
public final class DebeziumRun {

	private static final Logger logger = LoggerFactory.getLogger(DebeziumRun.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

	private final StreamHandler handler;

	private final OffsetCommitter committer;

	private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;

	private final CountDownLatch ended = new CountDownLatch(1);

	private volatile @Nullable EngineFailure failure;

	private volatile boolean stopping;

	public DebeziumRun(Properties properties, StreamHandler handler, OffsetCommitter committer, Runnable onStreaming) {
		this.handler = handler;
		this.committer = committer;
		this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
			.using(properties)
			.using(this::completed)
			.using(new DebeziumEngine.ConnectorCallback() {

				@Override
				public void pollingStarted() {
					onStreaming.run();
				}

			})
			// Debezium commits when told to and not while it polls: that is another
			// thread
			.using((records, sinceLast) -> records > 0)
			.notifying(handler)
			.build();
	}

	private void completed(boolean success, @Nullable String message, @Nullable Throwable error) {
		if (!success && !this.stopping) {
			failed(EngineFailure.of(message, error));
		}
	}

	/**
	 * Note the first failure: what follows from it says less.
	 */
	private synchronized void failed(EngineFailure failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
	}

	/**
	 * Receive until the engine is stopped or fails.
	 * @return the failure, {@code null} if it was stopped
	 */
	public @Nullable EngineFailure run() {
		this.committer.start();
		try {
			this.engine.run();
			return this.failure;
		}
		finally {
			this.handler.close();
			this.committer.stop();
			this.ended.countDown();
		}
	}

	/**
	 * Give Debezium a signal.
	 */
	void signal(DebeziumEngine.Signal signal) {
		this.engine.getSignaler().signal(signal);
	}

	boolean hasEnded() {
		return this.ended.getCount() == 0;
	}

	/**
	 * End the run because something other than Debezium failed. Returns at once: the
	 * caller may be a thread that the end waits for.
	 */
	public void fail(Throwable cause) {
		failed(EngineFailure.of(null, cause));
		this.handler.stop();
		closeInBackground(CLOSE_TIMEOUT);
	}

	private void closeInBackground(Duration timeout) {
		Thread thread = new Thread(() -> close(timeout), "cdc-close");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Stop in order: receive nothing more, finish what is in hand, store, flush, close.
	 * @param timeout how long all of it may take
	 * @return whether everything in hand was finished
	 */
	public boolean stop(Duration timeout) {
		this.stopping = true;
		long deadline = System.nanoTime() + timeout.toNanos();
		boolean finished = this.handler.stopAndAwait(timeout);
		if (finished) {
			this.committer.stop();
		}
		this.handler.abandon();
		awaitEnd(Duration.ofNanos(Math.max(Duration.ofSeconds(1).toNanos(), deadline - System.nanoTime())));
		return finished;
	}

	/** Debezium waits for minutes for a listener that does not return. */
	private void awaitEnd(Duration timeout) {
		closeInBackground(timeout);
		try {
			this.ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	public @Nullable RunningCall oldestCall() {
		return this.handler.oldestCall();
	}

	/**
	 * An engine that is starting refuses to be closed, so try until it lets itself be.
	 */
	private void close(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		try {
			do {
				try {
					this.engine.close();
				}
				catch (IllegalStateException | IOException ex) {
					logger.debug("The engine cannot be closed now: {}", ex.getMessage());
				}
			}
			while (!this.ended.await(50, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
