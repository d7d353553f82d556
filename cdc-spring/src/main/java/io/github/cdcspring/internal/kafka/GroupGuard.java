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

package io.github.cdcspring.internal.kafka;

import java.time.Duration;

import io.github.cdcspring.internal.listener.LeaseGuard;
import io.github.cdcspring.internal.support.NotReadyException;

/**
 * Lets the events of a run be delivered only while the run polls. A poll that comes too
 * late confirms nothing: the partitions may belong to another instance.
 */
final class GroupGuard extends LeaseGuard {

	private final Duration lease;

	/**
	 * Create a guard.
	 * @param lease the maximum time between two polls, shorter than the session timeout
	 */
	GroupGuard(Duration lease) {
		super(lease);
		this.lease = lease;
	}

	/** The thread that polls is alive. */
	void confirm() {
		if (!isExpired()) {
			confirmed(System.nanoTime());
		}
	}

	@Override
	protected NotReadyException renew() {
		return expired();
	}

	NotReadyException expired() {
		return new NotReadyException("The process was paused for more than " + this.lease.toSeconds()
				+ " s, so its partitions may belong to another instance. The engine joins the consumer group again. "
				+ "Check for long pauses of the machine or the garbage collector.");
	}

}
