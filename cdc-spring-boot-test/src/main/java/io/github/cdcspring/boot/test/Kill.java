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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.FailPoint;
import org.jspecify.annotations.Nullable;

/**
 * Kills the run of one slot at a point. Until then, no offset is stored if the point is
 * before that.
 */
final class Kill implements AutoCloseable {

	/** By slot. */
	private static final Map<String, Kill> armed = new ConcurrentHashMap<>();

	private final String slot;

	private final KillPoint point;

	/** The end of what the stimulus has committed, {@code null} until it is known. */
	private volatile @Nullable Lsn target;

	private volatile boolean handled;

	private volatile boolean killed;

	private Kill(String slot, KillPoint point) {
		this.slot = slot;
		this.point = point;
	}

	static Kill arm(String slot, KillPoint point) {
		Kill kill = new Kill(slot, point);
		armed.put(slot, kill);
		FailPoint.decideBy(Kill::decide);
		return kill;
	}

	private static FailPoint.Action decide(FailPoint point, String slot, Lsn lsn) {
		Kill kill = armed.get(slot);
		return (kill != null) ? kill.decide(point, lsn) : FailPoint.Action.CONTINUE;
	}

	private FailPoint.Action decide(FailPoint point, Lsn lsn) {
		if (point == FailPoint.AFTER_HANDLED) {
			this.handled = true;
		}
		if (point == this.point.failPoint() && isReached(point, lsn)) {
			this.killed = true;
			return FailPoint.Action.KILL;
		}
		return (this.point == KillPoint.BEFORE_STORED) ? FailPoint.Action.HOLD : FailPoint.Action.CONTINUE;
	}

	private boolean isReached(FailPoint point, Lsn lsn) {
		Lsn target = this.target;
		return point == FailPoint.AFTER_HANDLED || (this.handled && target != null && !target.isAfter(lsn));
	}

	/** Set the end of what the stimulus has committed. */
	void target(Lsn target) {
		this.target = target;
	}

	/** Whether a listener has processed an event since the kill was armed. */
	boolean isHandled() {
		return this.handled;
	}

	boolean isDone() {
		return this.killed;
	}

	@Override
	public void close() {
		armed.remove(this.slot, this);
		if (armed.isEmpty()) {
			FailPoint.decideBy(null);
		}
	}

}
