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

import java.util.concurrent.atomic.LongAdder;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LowerCase;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of one operation on one table, or the logical messages of one prefix,
 * since the application started.
 *
 */
public final class EventCount {

	private static final int OUTCOMES = Outcome.values().length;

	private final @Nullable TableId table;

	private final @Nullable String message;

	private final Operation operation;

	private final LongAdder[] adders = new LongAdder[OUTCOMES];

	EventCount(@Nullable TableId table, @Nullable String message, Operation operation) {
		this.table = table;
		this.message = message;
		this.operation = operation;
		for (int i = 0; i < OUTCOMES; i++) {
			this.adders[i] = new LongAdder();
		}
	}

	/**
	 * The table.
	 * @return the table, {@code null} for logical messages
	 */
	public @Nullable TableId table() {
		return this.table;
	}

	/**
	 * The prefix of logical messages.
	 * @return the prefix, {@code other} for all that no listener names, {@code null} for
	 * a table
	 */
	public @Nullable String message() {
		return this.message;
	}

	/**
	 * The operation.
	 * @return the operation
	 */
	public Operation operation() {
		return this.operation;
	}

	/**
	 * Events that came to an end.
	 * @param outcome how
	 * @return how many
	 */
	public long of(Outcome outcome) {
		return this.adders[outcome.ordinal()].sum();
	}

	boolean isPositive() {
		for (LongAdder adder : this.adders) {
			if (adder.sum() > 0) {
				return true;
			}
		}
		return false;
	}

	void add(Outcome outcome) {
		this.adders[outcome.ordinal()].increment();
	}

	/**
	 * What became of an event.
	 *
	 */
	public enum Outcome {

		/** Every listener has returned. */
		HANDLED,

		/** A listener failed after all retries; the event will be delivered again. */
		FAILED,

		/** A listener failed after all retries; the event was skipped. */
		SKIPPED,

		/** A listener failed after all retries; the event was parked. */
		PARKED;

		@Override
		public String toString() {
			return LowerCase.of(this);
		}

	}

}
