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

import io.github.cdcspring.engine.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Without a publication no change is sent.
 */
final class PublicationMissingCheck implements ServerCheck {

	@Override
	public String id() {
		return "publication-missing";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		if (context.engine().publication().create() || context.server().publication() != null) {
			return List.of();
		}
		SettingNames settings = context.settings();
		return List.of(settings.violation(id(),
				"Publication '" + context.publicationName() + "' does not exist in database '"
						+ context.server().database() + "', and " + settings.with("publication.create", false)
						+ ": no change would arrive.",
				"Run: " + context.publicationStatement() + " Or set " + settings.name("publication.create") + "=true.",
				"publication.name", "publication.create"));
	}

}
