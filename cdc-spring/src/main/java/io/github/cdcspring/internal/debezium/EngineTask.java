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

import java.time.Duration;
import java.util.List;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.ErrorHandler;
import io.github.cdcspring.offset.CapturedRelation;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's task, which takes events when they arrive instead of polling at intervals.
 */
public final class EngineTask extends RelationTask {

	/** Whether Debezium polls its queue itself. */
	static final String DEBEZIUM_POLLS = "cdc.debezium.polls";

	/** Number of empty polls before Debezium's own poll may throw a failure. */
	private static final int MAX_EMPTY_POLLS = 5;

	private @Nullable EventQueue queue;

	private @Nullable RunContext context;

	private int emptyPolls;

	@Override
	public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration configuration) {
		// Debezium's pool has this one thread, which also delivers
		Thread.currentThread().setName("cdc-" + configuration.getString("name") + "-delivery");
		RunContext context = RunContext.find(configuration.getString(RunContext.PROPERTY));
		this.context = context;
		ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> coordinator = super.start(configuration);
		if (!configuration.getBoolean(DEBEZIUM_POLLS, false)) {
			this.queue = EventQueue.createdFor(configuration);
		}
		if (context != null) {
			context.guard().watch(this::producerFailure);
			context.arrived().in(this.queue);
		}
		return coordinator;
	}

	@Override
	protected List<CapturedRelation> captured() {
		RunContext context = this.context;
		return (context != null) ? context.captured() : List.of();
	}

	@Override
	protected KeyHistory keyHistory() {
		RunContext context = this.context;
		return (context != null) ? context.keys() : super.keyHistory();
	}

	private @Nullable Throwable producerFailure() {
		return getErrorHandler().map(ErrorHandler::getProducerThrowable).orElse(null);
	}

	@Override
	public ReplicationConnection createReplicationConnection(PostgresConnectorConfig config, int maxRetries,
			Duration retryDelay) {
		ReplicationConnection connection = super.createReplicationConnection(config, maxRetries, retryDelay);
		RunContext context = this.context;
		if (context != null) {
			context.walSender().connectedBy(connection);
		}
		return connection;
	}

	/**
	 * Take events from the queue. While none arrive, Debezium's own poll runs from time
	 * to time, because only that throws failures of Debezium's threads.
	 */
	@Override
	public List<SourceRecord> doPoll() throws InterruptedException {
		EventQueue queue = this.queue;
		if (queue == null) {
			return super.doPoll();
		}
		List<SourceRecord> records = queue.take();
		if (!records.isEmpty()) {
			this.emptyPolls = 0;
			return records;
		}
		this.emptyPolls++;
		if (this.emptyPolls < MAX_EMPTY_POLLS && producerFailure() == null) {
			return records;
		}
		this.emptyPolls = 0;
		try {
			return queue.pollWith(super::doPoll);
		}
		catch (RuntimeException ex) {
			// What was received before the failure comes first. The next poll fails again
			List<SourceRecord> received = queue.take();
			if (received.isEmpty()) {
				throw ex;
			}
			return received;
		}
	}

}
