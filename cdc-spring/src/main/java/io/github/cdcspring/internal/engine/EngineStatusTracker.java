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

import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.listener.FailedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * The status of an engine, which changes with each state that it enters.
 */
final class EngineStatusTracker {

	private final Clock clock = Clock.systemUTC();

	private final Consumer<EngineStatus> onChange;

	private volatile TrackedStatus current = new TrackedStatus(
			new EngineStatus(EngineState.STOPPED, this.clock.instant(), null, 0, 0), null);

	/**
	 * Create a tracker for an engine that is stopped.
	 * @param onChange called with each change, in order
	 */
	EngineStatusTracker(Consumer<EngineStatus> onChange) {
		this.onChange = onChange;
	}

	TrackedStatus current() {
		return this.current;
	}

	EngineStatus status() {
		return this.current.status();
	}

	EngineState state() {
		return status().state();
	}

	boolean is(EngineState state) {
		return state() == state;
	}

	void enter(EngineState state) {
		enter(state, null, null);
	}

	/**
	 * Enter a state. A state that is entered again keeps its beginning.
	 */
	void enter(EngineState state, @Nullable String failure, @Nullable FailedDelivery delivery) {
		update(state, failure, delivery, (last) -> true);
	}

	/**
	 * Enter a state, unless the engine has left the given one meanwhile.
	 */
	void enterFrom(EngineState from, EngineState state, String failure) {
		update(state, failure, null, (last) -> last == from);
	}

	/** A run that reads existing rows first is restarted before it receives. */
	private static boolean isRestart(EngineState last, EngineState next) {
		return switch (next) {
			case RUNNING -> last != EngineState.RUNNING && last != EngineState.STARTING && last != EngineState.STANDBY;
			case STARTING -> last == EngineState.BACKING_OFF || last == EngineState.REFUSED;
			default -> false;
		};
	}

	private synchronized void update(EngineState state, @Nullable String failure, @Nullable FailedDelivery delivery,
			Predicate<EngineState> condition) {
		EngineStatus last = status();
		if (!condition.test(last.state())) {
			return;
		}
		boolean restarted = last.failure() != null && isRestart(last.state(), state);
		boolean refused = state == EngineState.REFUSED;
		Instant since = (last.state() == state) ? last.since() : this.clock.instant();
		EngineStatus next = new EngineStatus(state, since, failure, last.restarts() + (restarted ? 1 : 0),
				last.refusals() + (refused ? 1 : 0));
		this.current = new TrackedStatus(next, delivery);
		this.onChange.accept(next);
	}

}
