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
	 * @param <E> what the call throws
	 * @param call the call, with all its attempts; it makes no further call
	 * @return its result
	 * @throws E if the call does
	 */
	public <T extends @Nullable Object, E extends Exception> T call(Call<T, E> call) throws E {
		Thread thread = Thread.currentThread();
		this.began.put(thread, System.nanoTime());
		try {
			return call.run();
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
	 * A call of a store.
	 *
	 * @param <T> the type of the result
	 * @param <E> what it throws
	 */
	@FunctionalInterface
	public interface Call<T extends @Nullable Object, E extends Exception> {

		/**
		 * Call the store.
		 * @return the result
		 * @throws E if it fails
		 */
		T run() throws E;

	}

}
