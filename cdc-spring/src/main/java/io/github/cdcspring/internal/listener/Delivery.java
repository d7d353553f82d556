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
 * What is handed to the listeners of one group in one go: an event, a batch, or a
 * transaction. The object serves the next delivery when this one is done, so it must not
 * be kept.
 *
 */
public interface Delivery {

	/**
	 * The listeners that it goes to.
	 * @return the group
	 */
	ListenerGroup group();

	/**
	 * The events, in the order of the stream.
	 * @return the events, never empty
	 */
	List<Change> changes();

	/**
	 * The listener that is called or has failed.
	 * @return the listener, {@code null} where all have returned
	 */
	@Nullable ListenerEndpoint inHand();

	/**
	 * How often it was tried, this time included.
	 * @return the attempt, 1 for the first
	 */
	int attempt();

}
