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

import java.sql.SQLException;
import java.util.List;

import io.debezium.config.Configuration;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's task, which knows tables as the stream describes them.
 */
public abstract class RelationTask extends PostgresConnectorTask {

	private @Nullable CdcSourceTaskContext<PostgresConnectorConfig> taskContext;

	@Override
	public CdcSourceTaskContext<PostgresConnectorConfig> preStart(Configuration configuration) {
		CdcSourceTaskContext<PostgresConnectorConfig> taskContext = super.preStart(configuration);
		this.taskContext = taskContext;
		return taskContext;
	}

	@Override
	protected ReplicationConnection buildReplicationConnection(PostgresConnection connection, PostgresSchema schema,
			PostgresConnectorConfig config) throws SQLException {
		ReplicationConnection replication = super.buildReplicationConnection(connection, schema, config);
		CdcSourceTaskContext<PostgresConnectorConfig> taskContext = this.taskContext;
		if (taskContext == null) {
			throw new IllegalStateException("Debezium connects before it has prepared its task");
		}
		StreamedColumns columns = new StreamedColumns(taskContext);
		columns.installIn(schema);
		RelationKeys keys = new RelationKeys(connection, keyHistory());
		SnapshotKeys snapshotKeys = new SnapshotKeys(keys.ofSnapshot());
		snapshotKeys.installIn(schema);
		StreamedTables tables = new StreamedTables(taskContext, schema, columns, snapshotKeys, keys, captured());
		new RelationDecoder(config, tables, connection).installIn(replication);
		return replication;
	}

	/**
	 * The captured tables, empty if only their names are known.
	 */
	protected List<CapturedRelation> captured() {
		return List.of();
	}

	/**
	 * The primary keys that the tables had before this task started.
	 * @return the keys, none if they are not known
	 */
	protected KeyHistory keyHistory() {
		return new KeyHistory();
	}

}
