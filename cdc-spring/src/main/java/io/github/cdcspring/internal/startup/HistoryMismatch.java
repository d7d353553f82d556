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

package io.github.cdcspring.internal.startup;

import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;

/**
 * Why an offset does not belong to the history of a server, in words.
 */
public final class HistoryMismatch {

	private HistoryMismatch() {
	}

	/**
	 * Say how the offset contradicts the server.
	 * @param found the server and the offset
	 * @return continues a sentence after the LSN of the offset
	 */
	public static String of(ReplicationState found) {
		StoredOffset offset = found.offset();
		OffsetOrigin origin = (offset != null) ? offset.origin() : null;
		ServerState server = found.server();
		if (origin != null && !origin.systemIdentifier().equals(server.systemIdentifier())) {
			return " belongs to another cluster: its system identifier is " + origin.systemIdentifier()
					+ ", but this server's is " + server.systemIdentifier() + ".";
		}
		return " is not part of this server's history, which is on timeline " + server.timeline() + " at "
				+ server.currentLsn()
				+ ": the server was restored from a backup, or was promoted before it had received this WAL"
				+ ((origin != null && origin.transactionId() != null)
						? " and transaction " + origin.transactionId() + ", the last one that was received." : ".");
	}

}
