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

package io.github.cdcspring.internal.row;

import java.time.Instant;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * A change whose origin was read from Debezium's {@code source} block.
 */
interface SourcedChange extends Change {

	EventSource source();

	@Override
	default Lsn lsn() {
		return source().lsn();
	}

	@Override
	default EventPosition position() {
		return source().position();
	}

	@Override
	default @Nullable Long transactionId() {
		return source().transactionId();
	}

	@Override
	default @Nullable Instant commitTime() {
		return source().commitTime();
	}

	@Override
	default @Nullable String listener() {
		return source().listener();
	}

	@Override
	default boolean snapshot() {
		return source().snapshot();
	}

}
