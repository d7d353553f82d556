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

import io.github.cdcspring.settings.EngineSettings;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The growing delays between the restarts of an engine.
 */
final class RestartBackOff {

	private final Duration first;

	private final double multiplier;

	private final Duration longest;

	private BackOffExecution delays;

	private int attempt;

	/**
	 * Create the delays after failures of connection, server or store.
	 */
	RestartBackOff() {
		this(Duration.ofSeconds(1), 2, Duration.ofSeconds(30));
	}

	/**
	 * Create the delays after failures of a listener.
	 */
	RestartBackOff(EngineSettings.Restart settings) {
		this(settings.initialInterval(), settings.multiplier(), settings.maxInterval());
	}

	private RestartBackOff(Duration first, double multiplier, Duration longest) {
		this.first = first;
		this.multiplier = multiplier;
		this.longest = longest;
		this.delays = delays();
	}

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

	/**
	 * Reset the delays after a run that lasted longer than the longest delay.
	 */
	void ran(Duration duration) {
		if (duration.compareTo(this.longest) > 0) {
			reset();
		}
	}

	void reset() {
		this.delays = delays();
		this.attempt = 0;
	}

	private BackOffExecution delays() {
		ExponentialBackOff backOff = new ExponentialBackOff(Math.min(this.first.toMillis(), this.longest.toMillis()),
				this.multiplier);
		backOff.setMaxInterval(this.longest.toMillis());
		return backOff.start();
	}

}
