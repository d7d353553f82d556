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
import java.util.Collection;
import java.util.List;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import org.jspecify.annotations.Nullable;

/**
 * A partition that is sent under the name of its root is never heard of.
 */
final class PartitionSentAsRootCheck implements ServerCheck {

	@Override
	public String id() {
		return "partition-sent-as-root";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		PublicationFacts publication = context.server().publication();
		if (publication != null && !publication.viaRoot()) {
			return List.of();
		}
		Collection<TableId> covered = (publication == null || context.isPublicationToBeWritten()) ? context.listened()
				: publication.covered();
		List<Violation> violations = new ArrayList<>();
		for (TableFacts table : context.server().tables()) {
			table.ancestors()
				.stream()
				.filter(covered::contains)
				.reduce((nearer, farther) -> farther)
				.ifPresent((root) -> violations.add(violation(context, table.table(), root)));
		}
		return violations;
	}

	private Violation violation(CheckContext context, TableId partition, TableId root) {
		return context.settings()
			.violation(id(), "Publication '" + context.publicationName() + "' sends changes of "
					+ TableNames.tables(List.of(partition)) + " under the name of " + TableNames.tables(List.of(root))
					+ ", which it is a partition of: its own listeners would never be called.",
					"Listen to " + TableNames.tables(List.of(root)) + " instead.", "publication.name");
	}

}
