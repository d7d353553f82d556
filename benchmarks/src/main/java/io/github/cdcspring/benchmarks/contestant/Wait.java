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

package io.github.cdcspring.benchmarks.contestant;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for a time. Benchmarks need that; tests wait for conditions instead.
 *
 * @since 0.1.0
 */
public final class Wait {

	private Wait() {
	}

	/**
	 * Wait at least for a time.
	 * @param micros the time in microseconds
	 */
	public static void micros(long micros) {
		until(System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros));
	}

	/**
	 * Wait until a point in time, or until the thread is interrupted.
	 * @param time the time as a value of {@link System#nanoTime()}
	 */
	public static void until(long time) {
		for (long rest = time - System.nanoTime(); rest > 0
				&& !Thread.currentThread().isInterrupted(); rest = time - System.nanoTime()) {
			LockSupport.parkNanos(rest);
		}
	}

}
