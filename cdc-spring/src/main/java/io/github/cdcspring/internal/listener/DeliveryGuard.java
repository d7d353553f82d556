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

/**
 * Asked before each call of a listener, and before a failed event is skipped or parked.
 */
@FunctionalInterface
public interface DeliveryGuard {

	/** Every delivery is allowed. */
	DeliveryGuard NONE = () -> {
	};

	/**
	 * Check that events of this run may still be delivered.
	 * @throws DeliveryStoppedException if they may not: nothing more is delivered, and it
	 * is not the listener's failure
	 */
	void check();

	/**
	 * A delivery is complete, and not acknowledged yet.
	 * @throws DeliveryStoppedException if the run has ended at this point
	 */
	default void handled() {
	}

}
