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
 * A publication that the starter may not change has to cover what is listened to.
 */
final class PublicationCoverageCheck implements ServerCheck {

	@Override
	public String id() {
		return "publication-coverage";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		PublicationFacts publication = context.server().publication();
		if (publication == null || context.isPublicationToBeWritten()) {
			return List.of();
		}
		List<TableId> missing = context.server()
			.tables()
			.stream()
			.filter((table) -> !isCovered(table, publication))
			.map(TableFacts::table)
			.toList();
		if (missing.isEmpty()) {
			return List.of();
		}
		SettingNames settings = context.settings();
		return List.of(settings.violation(id(),
				"Publication '" + context.publicationName() + "' does not cover " + TableNames.tables(missing)
						+ ", and " + settings.with("publication.create", false)
						+ ": changes of them would never arrive.",
				"Run: ALTER PUBLICATION " + SqlQuoting.identifier(context.publicationName()) + " ADD TABLE "
						+ TableNames.sql(missing) + "; Or set " + settings.name("publication.create") + "=true.",
				"publication.name", "publication.create"));
	}

	/**
	 * What is sent under another name is another check's.
	 */
	private static boolean isCovered(TableFacts table, PublicationFacts publication) {
		return publication.covered().contains(table.table())
				|| table.partitioned() && table.leaves().stream().anyMatch(publication.covered()::contains)
				|| table.ancestors().stream().anyMatch(publication.covered()::contains);
	}

}
