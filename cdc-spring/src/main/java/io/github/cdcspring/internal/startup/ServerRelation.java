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

import io.github.cdcspring.offset.CapturedRelation;

/**
 * A table as the server has it now.
 *
 * @param relation the table
 * @param captured whether it exists as a table of its own that a listener receives
 * @param permanent whether its changes are written to the WAL
 * @param partition whether it is a partition of another table
 */
public record ServerRelation(CapturedRelation relation, boolean captured, boolean permanent, boolean partition) {

	/** How the server names and publishes it. */
	RelationState state() {
		return RelationState.parse(this.relation.state());
	}

}
