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

package io.github.cdcspring.internal.engine;

import java.time.Duration;
import java.time.Instant;

import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.RestartPreview;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import org.jspecify.annotations.Nullable;

/**
 * The state of an engine's stream, as it was last read.
 *
 * @param positions slot, server and offset, {@code null} if they could never be read
 * @param comparison how slot and offset differ, {@code null} if they could never be read
 * @param onRestart what a restart would do, {@code null} if they could never be read
 * @param slotSafeFor how long the slot will live at the rate at which its safe WAL has
 * shrunk lately, {@code null} where nothing limits it or it is in no danger
 * @param lag for how long the server has had WAL that is not processed, as far as it was
 * read; {@code null} if no offset is stored or nothing could be read
 * @param readAt when it was read, {@code null} if it never was
 * @param problem why it is not of this moment, in words; {@code null} if it is
 */
public record StreamStatus(@Nullable ReplicationState positions, @Nullable SlotOffsetComparison comparison,
		@Nullable RestartPreview onRestart, @Nullable Duration slotSafeFor, @Nullable Duration lag,
		@Nullable Instant readAt, @Nullable String problem) {

	/** Nothing was read yet. */
	static final StreamStatus NONE = new StreamStatus(null, null, null, null, null, null, "Nothing was read yet");

	/**
	 * Whether this is what was known last, and not what is.
	 * @return {@code true} if the last attempt to read failed
	 */
	public boolean isStale() {
		return this.problem != null;
	}

	StreamStatus stale(String problem) {
		return new StreamStatus(this.positions, this.comparison, this.onRestart, this.slotSafeFor, this.lag,
				this.readAt, problem);
	}

}
