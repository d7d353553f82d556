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

package io.github.cdcspring.internal.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Lets the events of a run be delivered until the run ends, and only while it is
 * confirmed that they belong to this instance. A process that was paused may have been
 * replaced without knowing.
 */
public abstract class LeaseGuard implements DeliveryGuard {

	private final Duration lease;

	private volatile long confirmedAt = System.nanoTime();

	private final AtomicReference<@Nullable Throwable> ended = new AtomicReference<>();

	/**
	 * Create a guard.
	 * @param lease how long a confirmation is valid
	 */
	protected LeaseGuard(Duration lease) {
		this.lease = lease;
	}

	/**
	 * Whether nothing more is delivered.
	 * @return whether the run has ended
	 */
	public final boolean isEnded() {
		return this.ended.get() != null;
	}

	/**
	 * The run ends: nothing more is delivered.
	 * @param cause what has ended it; only the first one counts
	 */
	public final void end(Throwable cause) {
		// A confirmation that waits for a server must not delay the end
		this.ended.compareAndSet(null, cause);
	}

	/**
	 * The events belong to this instance.
	 * @param asked when that was asked, as the answer may be older than its arrival
	 */
	public final void confirmed(long asked) {
		this.confirmedAt = asked;
	}

	/**
	 * Whether the last confirmation is too old.
	 * @return whether it is older than the lease
	 */
	public final boolean isExpired() {
		return System.nanoTime() - this.confirmedAt > this.lease.toNanos();
	}

	@Override
	public final void check() {
		Throwable cause = this.ended.get();
		if (cause == null) {
			cause = failure();
		}
		if (cause == null && isExpired()) {
			cause = renew();
		}
		if (cause != null) {
			end(cause);
			throw new DeliveryStoppedException(cause);
		}
	}

	/**
	 * What prevents each delivery, whatever was confirmed.
	 * @return the cause, {@code null} if there is none
	 */
	protected @Nullable Throwable failure() {
		return null;
	}

	/**
	 * Confirm again what was confirmed too long ago.
	 * @return why that is not possible, {@code null} if it is confirmed
	 */
	protected abstract @Nullable Throwable renew();

}
