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
import java.util.Optional;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Whoever writes the publication needs the right to.
 */
final class PublicationRightCheck implements ServerCheck {

	@Override
	public String id() {
		return "publication-right";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		if (!context.isPublicationToBeWritten()) {
			return List.of();
		}
		ServerFacts server = context.server();
		PublicationFacts publication = server.publication();
		String lacks = server.standby() ? "a standby takes no write"
				: lacks(server, publication).map((right) -> "role '" + server.role() + "' " + right).orElse(null);
		if (lacks == null) {
			return List.of();
		}
		SettingNames settings = context.settings();
		return List.of(settings.violation(id(),
				"Publication '" + context.publicationName() + "' "
						+ ((publication != null)
								? "does not cover exactly the tables that are listened to and cannot be changed: "
								: "does not exist and cannot be created: ")
						+ lacks + ".",
				"Run " + (server.standby() ? "on the primary" : "as a superuser") + ": "
						+ context.publicationStatement() + " Or set " + settings.name("publication.create")
						+ "=false and keep the publication yourself.",
				"publication.name", "publication.create"));
	}

	private static Optional<String> lacks(ServerFacts server, @Nullable PublicationFacts publication) {
		if (publication == null && !server.createInDatabase()) {
			return Optional.of("may not create anything in database '" + server.database() + "'");
		}
		if (publication != null && !publication.owned()) {
			return Optional.of("does not own it");
		}
		List<TableId> foreign = server.tables()
			.stream()
			.filter((table) -> !table.owned())
			.map(TableFacts::table)
			.toList();
		return foreign.isEmpty() ? Optional.empty() : Optional.of("does not own " + TableNames.tables(foreign));
	}

}
