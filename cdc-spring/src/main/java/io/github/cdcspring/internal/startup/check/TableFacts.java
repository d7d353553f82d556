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

package io.github.cdcspring.internal.startup.check;

import java.util.List;

import io.github.cdcspring.TableId;

/**
 * A captured table as the server has it.
 *
 * @param needs what is wanted of it
 * @param partitioned whether it has partitions
 * @param schemaUsable whether the role may use its schema
 * @param readable whether the role may read all its columns
 * @param rowSecurity whether rows may be hidden from the role
 * @param owned whether the role has the rights of its owner
 * @param owner its owner
 * @param ancestors what it is a partition of, the nearest first
 * @param leaves where its rows are: itself, or its partitions
 * @param withoutIdentity those of them whose rows cannot be told apart in the log
 * @param withoutFullIdentity those of it and its partitions whose whole row before a
 * change is not sent
 */
record TableFacts(TableNeeds needs, boolean partitioned, boolean schemaUsable, boolean readable, boolean rowSecurity,
		boolean owned, String owner, List<TableId> ancestors, List<TableId> leaves, List<TableId> withoutIdentity,
		List<TableId> withoutFullIdentity) {

	TableId table() {
		return this.needs.table();
	}

}
