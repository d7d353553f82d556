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

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * Who publishes updates of a table without an identity makes them fail.
 */
final class ReplicaIdentityCheck implements ServerCheck {

	@Override
	public String id() {
		return "replica-identity";
	}

	@Override
	public String risk() {
		return "UPDATE and DELETE of these tables fail, in every application.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		PublicationFacts publication = context.server().publication();
		if (publication != null && !publication.operations().contains("update")
				&& !publication.operations().contains("delete")) {
			return List.of();
		}
		List<TableId> without = context.server()
			.tables()
			.stream()
			.flatMap((table) -> table.withoutIdentity().stream())
			.distinct()
			.toList();
		if (without.isEmpty()) {
			return List.of();
		}
		return List.of(context.settings()
			.violation(id(),
					"Rows of " + TableNames.tables(without)
							+ " have no replica identity, such as a primary key: while publication '"
							+ context.publicationName()
							+ "' has them, every UPDATE and DELETE of them fails, in every application.",
					"Add a primary key, or run: " + statements(without), "publication.name"));
	}

	/**
	 * The statements that have whole rows written to the log.
	 */
	static String statements(Collection<TableId> tables) {
		return tables.stream()
			.map((table) -> "ALTER TABLE " + SqlQuoting.table(table) + " REPLICA IDENTITY FULL;")
			.collect(Collectors.joining(" "));
	}

}
