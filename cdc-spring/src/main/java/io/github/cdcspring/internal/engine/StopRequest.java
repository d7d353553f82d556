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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The request of the application or of an operator that an execution ends.
 */
final class StopRequest {

	private final CountDownLatch stop = new CountDownLatch(1);

	void make() {
		this.stop.countDown();
	}

	boolean isMade() {
		return this.stop.getCount() == 0;
	}

	/**
	 * Wait for the request.
	 * @return whether it was made in time, or the thread was interrupted
	 */
	boolean await(Duration timeout) {
		try {
			return this.stop.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

}
