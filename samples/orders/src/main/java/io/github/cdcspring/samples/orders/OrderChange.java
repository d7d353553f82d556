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

package io.github.cdcspring.samples.orders;

import java.time.Duration;
import java.time.Instant;

import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import org.jspecify.annotations.Nullable;

/**
 * One change as the page shows it.
 *
 * @param number counts the changes since the application started
 * @param latencyMillis from the commit to the arrival here; {@code null} for a row that a
 * snapshot read, which was committed at any time before
 */
record OrderChange(long number, Operation operation, @Nullable Order before, @Nullable Order after, String lsn,
		@Nullable Long transactionId, @Nullable Instant commitTime, @Nullable Double latencyMillis) {

	static OrderChange of(long number, ChangeEvent<Order> event, Instant arrival) {
		return new OrderChange(number, event.operation(), event.before(), event.after(), event.lsn().toString(),
				event.transactionId(), event.commitTime(), latencyMillis(event, arrival));
	}

	private static @Nullable Double latencyMillis(ChangeEvent<Order> event, Instant arrival) {
		if (event.snapshot() || event.commitTime() == null) {
			return null;
		}
		return Math.max(0, Duration.between(event.commitTime(), arrival).toNanos() / 1_000) / 1_000.0;
	}

}
