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

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the delivery of events to listeners: {@code cdc.listener}.
 *
 * @since 0.1.0
 */
public class CdcListenerProperties {

	/**
	 * Maximum time that a stop waits for events in flight. If a duration suffix is not
	 * specified, seconds are used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration shutdownTimeout = Duration.ofSeconds(30);

	/**
	 * Maximum duration of a listener call before health and log report it. If a duration
	 * suffix is not specified, seconds are used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration timeout = Duration.ofMinutes(1);

	/**
	 * Whether to interrupt a listener call that exceeds the timeout, which counts as a
	 * failed attempt.
	 */
	private boolean interruptOnTimeout = false;

	/**
	 * Maximum number of events that are delivered in parallel. With 1, events are
	 * delivered in the order of the stream. Above 1, the events of each key keep their
	 * order.
	 */
	private int concurrency = 1;

	/**
	 * Maximum number of received events that are not yet processed, if concurrency is
	 * above 1. Beyond that, the engine stops receiving.
	 */
	private int maxInFlight = 10_000;

	/**
	 * Approximate maximum memory for received events: once for Debezium's queue, and once
	 * more for events in flight if concurrency is above 1. Beyond that, the engine stops
	 * receiving. A single event is accepted whatever its size.
	 */
	private DataSize maxInFlightSize = DataSize.ofMegabytes(32);

	/**
	 * Whether an event is held back until its transaction is visible on the server, so
	 * that a listener that reads the row finds it. Costs a query for each batch.
	 */
	private boolean visibleTransactions = true;

	/**
	 * Approximate maximum memory for a transaction that is delivered as a whole. A larger
	 * transaction makes the engine fail.
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
	 * Whether to create the tables of parked and processed events if they do not exist.
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

}
