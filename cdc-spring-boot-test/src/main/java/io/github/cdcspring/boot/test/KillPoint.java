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

package io.github.cdcspring.boot.test;

import io.github.cdcspring.internal.support.FailPoint;

/**
 * Where a test kills an engine, as if its process had ended there.
 *
 * @since 0.1.0
 * @see CdcScenario#killAt(KillPoint)
 */
public enum KillPoint {

	/**
	 * The listeners have processed the first event, and the engine does not know. The
	 * event is delivered again.
	 */
	AFTER_HANDLED(FailPoint.AFTER_HANDLED),

	/**
	 * The listeners have processed all events, and no offset was stored. All events are
	 * delivered again.
	 */
	BEFORE_STORED(FailPoint.BEFORE_STORED),

	/**
	 * The offset was stored, and nothing else has followed. No event is delivered again.
	 */
	AFTER_STORED(FailPoint.AFTER_STORED),

	/**
	 * The stored offset is about to be flushed to the slot. The server sends the events
	 * again, and the engine does not deliver them.
	 */
	BEFORE_FLUSH(FailPoint.BEFORE_FLUSH);

	private final FailPoint failPoint;

	KillPoint(FailPoint failPoint) {
		this.failPoint = failPoint;
	}

	FailPoint failPoint() {
		return this.failPoint;
	}

}
