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

package io.github.cdcspring.internal.support;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Points of a run at which the test kit can end it as if the process had been killed. In
 * production each of them costs one read of a field.
 */
public enum FailPoint {

	/** The listeners have processed an event, which is not acknowledged. */
	AFTER_HANDLED,

	/** An offset is about to be stored. */
	BEFORE_STORED,

	/** An offset was stored, and nothing else has followed. */
	AFTER_STORED,

	/** A stored offset is about to be flushed to the slot. */
	BEFORE_FLUSH;

	private static volatile @Nullable Hook hook;

	/**
	 * Decide at all points from now on. For the test kit only.
	 * @param hook the decision, {@code null} for none
	 */
	public static void decideBy(@Nullable Hook hook) {
		FailPoint.hook = hook;
	}

	/**
	 * Return what happens here.
	 * @param slot the slot of the run
	 * @param lsn the offset, {@link Lsn#ZERO} for a point that has none
	 * @return {@link Action#CONTINUE} in production
	 */
	public Action action(String slot, Lsn lsn) {
		Hook hook = FailPoint.hook;
		return (hook != null) ? hook.action(this, slot, lsn) : Action.CONTINUE;
	}

	/**
	 * What happens at a point.
	 */
	public enum Action {

		/** The run continues. */
		CONTINUE,

		/** The offset is not stored yet. */
		HOLD,

		/** The run ends, and nothing is stored or flushed any more. */
		KILL

	}

	/**
	 * Decides what happens.
	 */
	@FunctionalInterface
	public interface Hook {

		/**
		 * Decide what happens at a point. Called by the threads of the run.
		 * @param point the point
		 * @param slot the slot of the run
		 * @param lsn the offset, {@link Lsn#ZERO} for a point that has none
		 * @return the decision
		 */
		Action action(FailPoint point, String slot, Lsn lsn);

	}

}
