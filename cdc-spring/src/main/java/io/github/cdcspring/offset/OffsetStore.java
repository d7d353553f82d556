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

import java.util.Optional;

/**
 * Keeps the position of engines. A store that is durable keeps it over a restart and has
 * it on disk when {@link #save} returns. Implementations are safe for use by several
 * engines, each of which touches only what stands under its own name.
 *
 * @since 0.1.0
 */
public interface OffsetStore {

	/**
	 * Read the position of an engine.
	 * @param engine the engine's name
	 * @return the position, empty if none was ever saved
	 * @throws OffsetStoreException if the store cannot be read, or what it holds is
	 * damaged
	 */
	Optional<StoredOffset> load(String engine);

	/**
	 * Replace the position of an engine.
	 * @param engine the engine's name
	 * @param offset the position
	 * @throws OffsetStoreException if it could not be saved; the position from before
	 * then still stands
	 */
	void save(String engine, StoredOffset offset);

	/**
	 * How an operator removes the position of an engine while the application is stopped.
	 * @param engine the engine's name
	 * @return an instruction in words that goes on after "and", with the exact SQL or
	 * file
	 */
	String howToForget(String engine);

	/**
	 * Whether a position outlives the application.
	 * @return {@code true} if it does
	 */
	boolean isDurable();

	/**
	 * Let others have the position of an engine that has ended. The engine may be started
	 * again, and the position is then loaded first.
	 * @param engine the engine's name
	 */
	default void release(String engine) {
	}

}
