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

import java.util.List;

import io.github.cdcspring.internal.row.Change;

/**
 * Stands around each attempt of a delivery: where a transaction begins before the
 * listeners, and what they were given is noted and committed with their work behind them.
 * Used by several threads at once, each for deliveries of its own.
 *
 */
@FunctionalInterface
public interface DeliveryAdvice {

	/**
	 * Have the listeners called, or not, if they have had it before.
	 * @param delivery what is delivered
	 * @param listeners its listeners
	 * @throws Throwable what a listener threw, when all was undone: the next attempt
	 * calls every listener of the group again
	 */
	void around(Delivery delivery, Listeners listeners) throws Throwable;

	/** The listeners of a delivery. */
	@FunctionalInterface
	interface Listeners {

		/**
		 * Call the listeners in their order.
		 * @param changes the delivery's events, or those among them that are still to be
		 * handled
		 * @throws Throwable what a listener threw
		 */
		void receive(List<Change> changes) throws Throwable;

	}

}
