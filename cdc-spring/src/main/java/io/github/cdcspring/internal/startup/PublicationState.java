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

package io.github.cdcspring.internal.startup;

import java.util.Map;
import java.util.Set;

import io.github.cdcspring.TableId;

/**
 * A publication as the server has it.
 *
 * @param allTables whether it was created {@code FOR ALL TABLES}
 * @param operations the operations that it publishes: insert, update, delete, truncate
 * @param viaRoot {@code publish_via_partition_root}: whether changes of partitions are
 * sent under the name of the partitioned root
 * @param storedColumns {@code publish_generated_columns}: whether stored generated
 * columns are sent, which only PostgreSQL 18 or later can do
 * @param owned whether the engine's role has the rights of its owner
 * @param filters by covered table the row filter and column list in words, empty if every
 * change is sent
 */
public record PublicationState(boolean allTables, Set<String> operations, boolean viaRoot, boolean storedColumns,
		boolean owned, Map<TableId, String> filters) {

	/**
	 * The tables that the publication covers.
	 */
	public Set<TableId> covered() {
		return this.filters.keySet();
	}

}
