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

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * A publication may send part of a table only.
 */
final class PublicationFilterCheck implements ServerCheck {

	@Override
	public String id() {
		return "publication-filter";
	}

	@Override
	public String risk() {
		return "Changes that the publication filters out never arrive.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		PublicationFacts publication = context.server().publication();
		if (publication == null || context.isPublicationToBeWritten()) {
			return List.of();
		}
		List<Violation> violations = new ArrayList<>();
		for (TableFacts table : context.server().tables()) {
			String filter = publication.filters().getOrDefault(table.table(), "");
			if (!filter.isEmpty()) {
				violations.add(violation(context, table.table(), filter));
			}
		}
		return violations;
	}

	private Violation violation(CheckContext context, TableId table, String filter) {
		String alter = "ALTER PUBLICATION " + SqlQuoting.identifier(context.publicationName());
		String sql = SqlQuoting.table(table);
		return context.settings()
			.violation(id(),
					"Publication '" + context.publicationName() + "' sends of " + TableNames.tables(List.of(table))
							+ " only " + filter + ": the rest would never arrive.",
					"Run: " + alter + " DROP TABLE " + sql + "; " + alter + " ADD TABLE " + sql + ";",
					"publication.name");
	}

}
