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
 * Before PostgreSQL 16 a standby does not decode.
 */
final class StandbyDecodingCheck implements ServerCheck {

	@Override
	public String id() {
		return "standby-without-decoding";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		ServerFacts server = context.server();
		if (!server.standby() || server.version() >= DECODING_SINCE) {
			return List.of();
		}
		return List.of(context.settings()
			.violation(id(),
					"The server is a standby of version " + server.version() + ", and no standby before "
							+ DECODING_SINCE + " can have a logical replication slot.",
					"Connect to the primary: set " + context.settings().name("connection.url")
							+ ", with targetServerType=primary where it names several hosts.",
					"connection.url"));
	}

	private static final int DECODING_SINCE = 16;

}
