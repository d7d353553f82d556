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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.PartitionsReader;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;

/**
 * Reports tables that were attached as partitions of captured tables: the rows that they
 * had before never were changes of the captured table.
 */
final class AttachedPartitions {

	private final PartitionsReader reader = new PartitionsReader();

	private final EngineLog log;

	private final Set<String> known = new HashSet<>();

	private boolean read;

	AttachedPartitions(EngineLog log) {
		this.log = log;
	}

	/**
	 * Look for partitions that were attached since the last look, or since the last
	 * transaction that was processed before the first one.
	 */
	synchronized void look(Connection connection, List<CapturedRelation> captured, OffsetSession session)
			throws SQLException {
		Long transaction = session.current().map(StoredOffset::origin).map(OffsetOrigin::transactionId).orElse(null);
		List<TableId> attached = this.reader.read(connection, captured, transaction)
			.stream()
			.filter((partition) -> this.known.add(partition.key()) && (this.read || partition.later()))
			.map(PartitionsReader.Attached::table)
			.toList();
		this.read = true;
		this.log.attached(attached);
	}

}
