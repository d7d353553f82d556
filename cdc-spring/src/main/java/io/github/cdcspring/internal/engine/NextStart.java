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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * When an execution starts the engine the next time. A delay protects a server that
 * answers. One that was lost is started with as soon as it answers, for example as a
 * standby that was promoted.
 */
final class NextStart {

	/** How long a standby trusts what its looks at the slot have told. */
	private static final Duration STANDBY_CHECK = Duration.ofSeconds(1);

	/**
	 * How often a standby looks whether the slot is free. A server that made it wait for
	 * a lock instead would keep the snapshot of that statement, and could not vacuum.
	 */
	private static final Duration SLOT_CHECK = Duration.ofMillis(100);

	/** How often a server that was lost is looked for. */
	private static final Duration SERVER_CHECK = Duration.ofMillis(250);

	/**
	 * So many attempts begin as soon as the server answers. A later one waits for its
	 * delay, unless the server did not answer meanwhile.
	 */
	private static final int PROMPT_ATTEMPTS = 3;

	private final EngineRunner runner;

	private final StopRequest stop;

	private Duration delay = Duration.ZERO;

	private Duration interval = Duration.ZERO;

	/** Whether the start need not wait for the rest of the delay. */
	private BooleanSupplier ready = () -> false;

	/** Whether the last look at the slot on standby has found it free. */
	private boolean seenFree;

	NextStart(EngineRunner runner, StopRequest stop) {
		this.runner = runner;
		this.stop = stop;
	}

	/** Start after the delay. */
	void after(Duration delay) {
		plan(delay, delay, () -> false);
	}

	/**
	 * Start as soon as the server answers that was lost, and at the latest after the
	 * delay.
	 * @param attempt the number of the attempt, from 1
	 */
	void whenServerAnswers(Duration delay, int attempt) {
		AtomicBoolean lost = new AtomicBoolean(attempt <= PROMPT_ATTEMPTS);
		plan(delay, SERVER_CHECK, () -> {
			boolean answers = this.runner.isServerAnswering();
			if (!answers) {
				lost.set(true);
			}
			return answers && lost.get();
		});
	}

	/**
	 * Start when the slot is free, which another instance holds. A kept connection on
	 * which the slot was seen free although it is held may lead to a former primary that
	 * is still alive, so the next look opens another one.
	 */
	void whenSlotIsFree() {
		if (this.seenFree) {
			prepared();
		}
		plan(STANDBY_CHECK, SLOT_CHECK, () -> {
			this.seenFree = this.runner.isSlotFree();
			return this.seenFree;
		});
	}

	/** A start was prepared, or the standby's connection is not to be used again. */
	void prepared() {
		this.seenFree = false;
		this.runner.endStandby();
	}

	private void plan(Duration delay, Duration interval, BooleanSupplier ready) {
		this.delay = delay;
		this.interval = interval;
		this.ready = ready;
	}

	/**
	 * Wait until the next start is due.
	 * @return whether the stop is requested meanwhile
	 */
	boolean await() {
		long end = System.nanoTime() + this.delay.toNanos();
		for (long rest = this.delay.toNanos(); rest > 0; rest = end - System.nanoTime()) {
			if (this.stop.await(Duration.ofNanos(Math.min(rest, this.interval.toNanos())))) {
				return true;
			}
			if (this.ready.getAsBoolean()) {
				return false;
			}
		}
		return this.stop.isMade();
	}

}
