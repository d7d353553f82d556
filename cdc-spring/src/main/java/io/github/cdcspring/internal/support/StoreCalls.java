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

package io.github.cdcspring.internal.support;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The calls of a store that have not returned. A store that hangs, for example because of
 * a lock on its table, throws nothing for a while, so another thread asks.
 */
public final class StoreCalls {

	private final Map<Thread, Long> began = new ConcurrentHashMap<>();

	/**
	 * Call the store.
	 * @param <T> the type of the result
	 * @param call the call, which makes no further one
	 * @return its result
	 */
	public <T extends @Nullable Object> T call(Supplier<T> call) {
		Thread thread = Thread.currentThread();
		this.began.put(thread, System.nanoTime());
		try {
			return call.get();
		}
		finally {
			this.began.remove(thread);
		}
	}

	/**
	 * How long the oldest call has been running.
	 * @return the time, zero if none is running
	 */
	public Duration longest() {
		long now = System.nanoTime();
		long longest = 0;
		for (long began : this.began.values()) {
			longest = Math.max(longest, now - began);
		}
		return Duration.ofNanos(longest);
	}

	/**
	 * The longer one of two times.
	 * @param first a time
	 * @param second another one
	 * @return the longer one
	 */
	public static Duration longer(Duration first, Duration second) {
		return (first.compareTo(second) >= 0) ? first : second;
	}

}
