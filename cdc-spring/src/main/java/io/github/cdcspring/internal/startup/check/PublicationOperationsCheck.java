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
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * A publication may leave operations out.
 */
final class PublicationOperationsCheck implements ServerCheck {

	@Override
	public String id() {
		return "publication-operations";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		PublicationFacts publication = context.server().publication();
		if (publication == null) {
			return List.of();
		}
		Set<String> missing = new LinkedHashSet<>();
		List<TableId> tables = new ArrayList<>();
		for (TableFacts table : context.server().tables()) {
			Set<String> wanted = wanted(table);
			wanted.removeAll(publication.operations());
			if (missing.addAll(wanted) || !wanted.isEmpty()) {
				tables.add(table.table());
			}
		}
		if (missing.isEmpty()) {
			return List.of();
		}
		List<String> all = NAMES.values()
			.stream()
			.filter((name) -> missing.contains(name) || publication.operations().contains(name))
			.toList();
		return List.of(context.settings()
			.violation(id(),
					"Publication '" + context.publicationName() + "' does not publish " + inOrder(missing)
							+ ", which listeners want of " + TableNames.tables(tables) + ": it would never arrive.",
					"Run: ALTER PUBLICATION " + SqlQuoting.identifier(context.publicationName()) + " SET (publish = '"
							+ String.join(", ", all) + "');",
					"publication.name"));
	}

	private static final Map<Operation, String> NAMES = new EnumMap<>(Map.of(Operation.CREATE, "insert",
			Operation.UPDATE, "update", Operation.DELETE, "delete", Operation.TRUNCATE, "truncate"));

	private static Set<String> wanted(TableFacts table) {
		Set<String> wanted = new LinkedHashSet<>();
		NAMES.forEach((operation, name) -> {
			if (table.needs().operations().contains(operation)) {
				wanted.add(name);
			}
		});
		return wanted;
	}

	private static String inOrder(Set<String> names) {
		return NAMES.values().stream().filter(names::contains).collect(Collectors.joining(", "));
	}

}
