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

package io.github.cdcspring.settings;

/**
 * How events are delivered beside each other.
 *
 * @param concurrency how many events are delivered at once, 1 for one after another
 * @param maxInHand how many events may be received and not handled
 * @param maxBytesInHand how many bytes these may take, roughly
 * @param maxTransactionBytes how large a transaction may be that a listener takes whole
 * @param virtualThreads whether listeners are called by virtual threads
 * @since 0.1.0
 */
public record LaneSettings(int concurrency, int maxInHand, long maxBytesInHand, long maxTransactionBytes,
		boolean virtualThreads) {

}
