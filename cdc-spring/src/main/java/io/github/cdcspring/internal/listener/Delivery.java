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
import org.jspecify.annotations.Nullable;

/**
 * The delivery of an event, a batch or a transaction to the listeners of one group. The
 * object is reused for the next delivery, so do not keep a reference to it.
 */
public interface Delivery {

	/**
	 * Return the group of the listeners that receive the events.
	 * @return the group
	 */
	ListenerGroup group();

	/**
	 * Return the events in the order of the stream.
	 * @return the events, never empty
	 */
	List<Change> changes();

	/**
	 * Return the listener that is called next, or has failed.
	 * @return the listener, {@code null} if all listeners have returned, so that their
	 * transaction has failed
	 */
	@Nullable ListenerEndpoint currentListener();

	/**
	 * Return the listeners that receive the events, in the order of their calls.
	 * @return those of the group that subscribe to the events and do not skip them
	 */
	List<ListenerEndpoint> listeners();

	/**
	 * Return the number of the current attempt.
	 * @return the attempt, 1 for the first one
	 */
	int attempt();

}
