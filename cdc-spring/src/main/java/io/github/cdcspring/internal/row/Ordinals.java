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

import java.util.Objects;

import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the events with the same LSN and transaction. It must see the events in the
 * order of the stream, and belongs to one thread.
 */
final class Ordinals implements EventNumbers {

	/** No event has this one. A row that was read has 0, and no transaction. */
	private long lsn = -1;

	private @Nullable Long transactionId;

	private int ordinal;

	private int first;

	/**
	 * Start to count.
	 * @param first the number of the first event
	 */
	Ordinals(int first) {
		this.first = first;
	}

	@Override
	public int number(Struct source, long lsn, @Nullable Long transactionId) {
		return next(lsn, transactionId);
	}

	int next(long lsn, @Nullable Long transactionId) {
		if (lsn == this.lsn && Objects.equals(transactionId, this.transactionId)) {
			// A snapshot may have more rows than there are numbers
			this.ordinal = (this.ordinal + 1) & Integer.MAX_VALUE;
			return this.ordinal;
		}
		this.lsn = lsn;
		this.transactionId = transactionId;
		this.ordinal = this.first;
		this.first = 0;
		return this.ordinal;
	}

}
