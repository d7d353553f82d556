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

package io.github.cdcspring.offset;

import java.util.List;
import java.util.Optional;

import io.github.cdcspring.ActionStep;

/**
 * Keeps the position of engines. A durable store keeps it over a restart, and has it on
 * disk when {@link #save} returns. Implementations are safe for use by several engines,
 * and each key has a position of its own.
 * <p>
 * An instance that begins to receive takes the position over, which raises its epoch.
 * Every save compares the epoch, so that an instance that was paused or partitioned
 * cannot overwrite what its successor stored.
 *
 * @since 0.1.0
 */
public interface OffsetStore {

	/**
	 * Read a position, without taking it over.
	 * @param key whose position
	 * @return the position, empty if none was ever saved
	 * @throws OffsetStoreException if the store cannot be read, or what it holds is
	 * damaged
	 */
	Optional<StoredOffset> load(OffsetKey key);

	/**
	 * Raise the epoch and read the position, atomically with regard to {@link #save}.
	 * @param key whose position
	 * @return the new epoch and what is stored
	 * @throws OffsetStoreException if the store cannot be read or written, or what it
	 * holds is damaged
	 */
	OffsetTakeover takeOver(OffsetKey key);

	/**
	 * Replace a position.
	 * @param key whose position
	 * @param epoch the epoch of the instance
	 * @param offset the position
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if it could not be saved; the position from before is
	 * then kept
	 */
	void save(OffsetKey key, long epoch, StoredOffset offset);

	/**
	 * Check that no other instance has taken over.
	 * @param key whose position
	 * @param epoch the epoch of the instance
	 * @throws OffsetFencedException if another instance has taken over
	 * @throws OffsetStoreException if the store cannot be read
	 */
	void verify(OffsetKey key, long epoch);

	/**
	 * Find positions of the same engine name that belong to other slots. They are never
	 * used; a start without a position mentions them, as the slot may have been renamed.
	 * @param key whose position
	 * @return the names of the other slots
	 * @throws OffsetStoreException if the store cannot be read
	 */
	default List<String> otherSlots(OffsetKey key) {
		return List.of();
	}

	/**
	 * Describe how an operator removes a position while the application is stopped.
	 * @param key whose position
	 * @return the step, with the exact SQL or file
	 */
	ActionStep howToForget(OffsetKey key);

	/**
	 * Return whether a position outlives the application.
	 * @return {@code true} if it does
	 */
	boolean isDurable();

	/**
	 * Release the position of an engine that has stopped, so that another instance can
	 * use it. The engine loads the position again if it is restarted.
	 * @param key whose position
	 */
	default void release(OffsetKey key) {
	}

}
