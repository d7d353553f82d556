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

import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.engine.Violation;

/**
 * Who wants the row before a change needs a table that logs it.
 */
final class RowBeforeCheck implements ServerCheck {

	@Override
	public String id() {
		return "row-before";
	}

	@Override
	public String risk() {
		return "Of the row before a change there is the key at most, and a choice of columns may not see what changed.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		List<Violation> violations = new ArrayList<>();
		for (TableFacts table : context.server().tables()) {
			if (!table.needs().rowBefore().isEmpty() && !table.withoutFullIdentity().isEmpty()) {
				violations.add(new Violation(id(), "The " + String.join(" and the ", table.needs().rowBefore())
						+ " needs the row of " + TableNames.tables(List.of(table.table()))
						+ " as it was before a change, but the server sends its key at most: the replica identity of "
						+ TableNames.tables(table.withoutFullIdentity()) + " is not FULL.",
						"Run: " + ReplicaIdentityCheck.statements(table.withoutFullIdentity())));
			}
		}
		return violations;
	}

}
