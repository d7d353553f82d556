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

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The growing delays between the restarts of an engine. A run that lasted longer than the
 * longest delay resets them.
 */
final class RestartBackOff {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofSeconds(30);

	private BackOffExecution delays = delays();

	private int attempt;

	/**
	 * Begin the next attempt.
	 * @return the delay before it
	 */
	Duration next() {
		this.attempt++;
		return Duration.ofMillis(this.delays.nextBackOff());
	}

	/** The number of the next attempt, from 1. */
	int attempt() {
		return this.attempt;
	}

	void ran(Duration duration) {
		if (duration.compareTo(LONGEST) > 0) {
			this.delays = delays();
			this.attempt = 0;
		}
	}

	private static BackOffExecution delays() {
		ExponentialBackOff backOff = new ExponentialBackOff(FIRST.toMillis(), 2);
		backOff.setMaxInterval(LONGEST.toMillis());
		return backOff.start();
	}

}
