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
 * Without the right {@code wal_level} there is nothing to decode.
 */
final class WalLevelCheck implements ServerCheck {

	@Override
	public String id() {
		return "wal-level";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		if ("logical".equals(context.server().walLevel())) {
			return List.of();
		}
		return List.of(new Violation(id(), "wal_level is '" + context.server().walLevel()
				+ "': the server writes too little to decode changes from, and has no logical replication slot.",
				"Run: ALTER SYSTEM SET wal_level = 'logical'; and restart the server. A managed service has a parameter "
						+ "of its own for it, such as rds.logical_replication."));
	}

}
