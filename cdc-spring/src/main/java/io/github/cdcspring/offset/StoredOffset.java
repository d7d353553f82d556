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

package io.github.cdcspring.offset;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * The position of an engine as it is kept.
 *
 * @param lsn the end of the last transaction that was handled whole
 * @param position what Debezium needs to go on from there, as JSON text
 * @param slot what was seen of the slot while everything handled was stored, {@code null}
 * if it was not looked at yet
 * @param clean whether the engine stopped in order after this position was stored
 * @param storedAt when it was stored, to the microsecond that every store can keep
 * @since 0.1.0
 */
public record StoredOffset(Lsn lsn, String position, @Nullable LastSeenSlot slot, boolean clean, Instant storedAt) {

	public StoredOffset {
		storedAt = storedAt.truncatedTo(ChronoUnit.MICROS);
	}

}
