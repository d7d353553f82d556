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
 * Whoever receives needs a WAL sender.
 */
final class FreeWalSenderCheck implements ServerCheck {

	@Override
	public String id() {
		return "wal-senders";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		ServerFacts server = context.server();
		SlotFacts slot = server.slot();
		// whoever has the slot has a sender, which becomes free with it
		if (slot != null && slot.active() || server.senders() < server.maxSenders()) {
			return List.of();
		}
		return List.of(new Violation(id(),
				"No WAL sender is free to read replication slot '" + context.slotName() + "' with: max_wal_senders is "
						+ server.maxSenders() + ", and " + server.senders() + " run.",
				"Run: ALTER SYSTEM SET max_wal_senders = " + (server.maxSenders() + 1)
						+ "; and restart the server. Or end a receiver that nobody needs: SELECT pid, application_name, "
						+ "client_addr FROM pg_stat_replication; shows them."));
	}

}
