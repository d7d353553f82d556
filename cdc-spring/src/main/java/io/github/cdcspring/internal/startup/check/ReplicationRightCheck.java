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
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * Whoever uses a slot needs the right to.
 */
final class ReplicationRightCheck implements ServerCheck {

	@Override
	public String id() {
		return "replication-right";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		ServerFacts server = context.server();
		if (server.replication()) {
			return List.of();
		}
		String role = SqlQuoting.identifier(server.role());
		return List.of(
				context.settings()
					.violation(id(), "Role '" + server.role()
							+ "' has no REPLICATION attribute: it may neither create nor read replication slot '"
							+ context.slotName() + "'.",
							"Run as a superuser: ALTER ROLE " + role
									+ " WITH REPLICATION; On Amazon RDS run: GRANT rds_replication TO " + role + ";",
							"connection.username"));
	}

}
