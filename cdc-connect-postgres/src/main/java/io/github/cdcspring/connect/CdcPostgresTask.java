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

package io.github.cdcspring.connect;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.debezium.DebeziumException;
import io.debezium.config.Configuration;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.spi.SlotState;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.pipeline.spi.Offsets;
import io.debezium.pipeline.spi.Partition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.ColumnConverter;
import io.github.cdcspring.internal.debezium.RelationTask;
import io.github.cdcspring.internal.debezium.TransactionEndOffsets;
import io.github.cdcspring.internal.row.RecordedSequence;
import io.github.cdcspring.internal.row.UnmarkedKeys;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's task, whose records have the offset of the last transaction end before them.
 * Kafka Connect may store the offset of any record. A restart then sends the open
 * transaction again from its beginning.
 * <p>
 * Debezium flushes to the slot what it reads from Kafka Connect's offset storage, so the
 * slot never gets ahead of the stored offset.
 *
 * @since 0.1.0
 */
public class CdcPostgresTask extends RelationTask {

	private @Nullable Map<String, String> properties;

	private final UnmarkedKeys keys = new UnmarkedKeys();

	private RecordedSequence.Writer sequences = new RecordedSequence.Writer();

	private @Nullable TransactionEndOffsets offsets;

	private @Nullable PostgresConnectorConfig connector;

	/**
	 * Create a task. Kafka Connect does it.
	 */
	public CdcPostgresTask() {
	}

	/**
	 * Called before each start. Debezium also restarts a task by itself.
	 */
	@Override
	public CdcSourceTaskContext<PostgresConnectorConfig> preStart(Configuration configuration) {
		discardProperties();
		this.properties = TaskProperties.of(configuration);
		return super.preStart(complete(configuration));
	}

	@Override
	public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration configuration) {
		this.offsets = null;
		this.sequences = new RecordedSequence.Writer();
		Configuration completed = complete(configuration);
		PostgresConnectorConfig connector = new PostgresConnectorConfig(completed);
		this.connector = connector;
		Map<String, ?> stored = this.context.offsetStorageReader()
			.offset(new PostgresPartition(connector.getLogicalName(), connector.databaseName()).getSourcePartition());
		boolean usable = stored != null && TransactionEndOffsets.isUsable(stored);
		Configuration.Builder builder = completed.edit();
		TaskProperties.snapshot(completed, usable, !usable && confirmed(connector) != null).forEach(builder::with);
		return super.start(builder.build());
	}

	/**
	 * The position from which the server streams if it is asked for no later one.
	 * @return {@code null} if the slot does not exist
	 */
	private static @Nullable Lsn confirmed(PostgresConnectorConfig connector) {
		try (PostgresConnection connection = new PostgresConnection(connector.getJdbcConfig(),
				PostgresConnection.CONNECTION_GENERAL)) {
			SlotState slot = connection.getReplicationSlotState(connector.slotName(),
					connector.plugin().getPostgresPluginName());
			return (slot != null) ? new Lsn(slot.slotLastFlushedLsn().asLong()) : null;
		}
		catch (SQLException | DebeziumException ex) {
			throw new RetriableException("The position of slot '" + connector.slotName()
					+ "' cannot be read, so the task cannot tell where the stream starts. Check that the server is "
					+ "available.", ex);
		}
	}

	private Configuration complete(Configuration configuration) {
		Configuration.Builder builder = configuration.edit();
		if (this.properties != null) {
			this.properties.forEach(builder::with);
		}
		return builder.build();
	}

	/**
	 * The offset may be of Debezium's own connector, and inside a transaction. One inside
	 * a snapshot is none: the snapshot is taken again.
	 */
	@Override
	protected Offsets<PostgresPartition, PostgresOffsetContext> getPreviousOffsets(
			Partition.Provider<PostgresPartition> provider, OffsetContext.Loader<PostgresOffsetContext> loader) {
		return super.getPreviousOffsets(provider, (offset) -> TransactionEndOffsets.isUsable(offset)
				? loader.load(TransactionEndOffsets.atTransactionEnd(offset)) : null);
	}

	@Override
	public List<SourceRecord> doPoll() throws InterruptedException {
		List<SourceRecord> events = super.doPoll();
		List<SourceRecord> records = new ArrayList<>(events.size());
		for (SourceRecord event : events) {
			this.sequences.write(event);
			records.add(offsets(event).applyTo(this.keys.applyTo(event)));
		}
		return records;
	}

	private TransactionEndOffsets offsets(SourceRecord first) {
		TransactionEndOffsets offsets = this.offsets;
		if (offsets == null) {
			PostgresConnectorConfig connector = Objects.requireNonNull(this.connector);
			offsets = new TransactionEndOffsets(this.context.offsetStorageReader().offset(first.sourcePartition()),
					() -> confirmed(connector));
			this.offsets = offsets;
		}
		return offsets;
	}

	@Override
	protected void doStop() {
		super.doStop();
		discardProperties();
	}

	private void discardProperties() {
		if (this.properties != null) {
			ColumnConverter.discard(this.properties);
		}
	}

}
