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

import java.util.List;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's task, which takes events when they come instead of looking for them at
 * intervals.
 *
 */
public final class EngineTask extends PostgresConnectorTask {

	/** How many times nothing came before Debezium is asked what is wrong. */
	private static final int PATIENCE = 5;

	private @Nullable EventQueue queue;

	private int idle;

	@Override
	public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration configuration) {
		ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> coordinator = super.start(configuration);
		this.queue = EventQueue.madeFor(configuration);
		return coordinator;
	}

	/**
	 * What came. Debezium's own way is gone now and then while nothing comes: it is the
	 * one that throws what failed in its threads.
	 */
	@Override
	public List<SourceRecord> doPoll() throws InterruptedException {
		EventQueue queue = this.queue;
		if (queue == null) {
			return super.doPoll();
		}
		List<SourceRecord> records = queue.take();
		if (!records.isEmpty()) {
			this.idle = 0;
			return records;
		}
		this.idle++;
		if (this.idle < PATIENCE) {
			return records;
		}
		this.idle = 0;
		return queue.letLook(super::doPoll);
	}

}
