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
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * Changes of partitions come under their own names, unless told otherwise.
 */
final class PublicationPartitionRootCheck implements ServerCheck {

	@Override
	public String id() {
		return "publication-partition-root";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		PublicationFacts publication = context.server().publication();
		List<TableId> partitioned = context.server()
			.tables()
			.stream()
			.filter(TableFacts::partitioned)
			.map(TableFacts::table)
			.toList();
		if (publication == null || publication.viaRoot() || partitioned.isEmpty()) {
			return List.of();
		}
		return List.of(context.settings()
			.violation(id(),
					"Publication '" + context.publicationName() + "' sends changes of " + TableNames.tables(partitioned)
							+ " under the names of its partitions, which nobody listens to.",
					"Run: ALTER PUBLICATION " + SqlQuoting.identifier(context.publicationName())
							+ " SET (publish_via_partition_root = true);",
					"publication.name"));
	}

}
