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
 * The oldest server whose catalogs tell what is asked of them.
 */
final class ServerVersionCheck implements ServerCheck {

	@Override
	public String id() {
		return "server-version";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		return check(context.server().version());
	}

	private static final int OLDEST = 13;

	/**
	 * Judge a version, before anything is read that an older server does not have.
	 */
	List<Violation> check(int version) {
		if (version >= OLDEST) {
			return List.of();
		}
		return List.of(new Violation(id(),
				"The server is PostgreSQL " + version
						+ ", which cannot tell whether a replication slot was lost, nor send "
						+ "changes of partitions under the name of their root.",
				"Upgrade the server to PostgreSQL " + OLDEST + " or later."));
	}

}
