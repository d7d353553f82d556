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

package io.github.cdcspring.lab;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions.
 */
final class Wait {

	private static final int INTERVAL_MILLIS = 20;

	private Wait() {
	}

	/**
	 * Wait until a condition holds.
	 * @param what the condition in words
	 * @throws IllegalStateException if it does not hold in time
	 */
	static void until(String what, Duration timeout, BooleanSupplier condition) {
		if (!holds(timeout, condition)) {
			throw new IllegalStateException("Not within " + timeout.toSeconds() + " s: " + what);
		}
	}

	/**
	 * Wait until a condition holds.
	 * @return whether it holds in time
	 */
	static boolean holds(Duration timeout, BooleanSupplier condition) {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - deadline > 0) {
				return false;
			}
			pause(INTERVAL_MILLIS);
		}
		return true;
	}

	static void pause(int millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted", ex);
		}
	}

}
