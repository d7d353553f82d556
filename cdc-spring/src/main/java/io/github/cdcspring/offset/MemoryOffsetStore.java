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

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps positions while the application runs, and no longer.
 *
 * @since 0.1.0
 */
public final class MemoryOffsetStore implements OffsetStore {

	private final Map<String, StoredOffset> offsets = new ConcurrentHashMap<>();

	@Override
	public Optional<StoredOffset> load(String engine) {
		return Optional.ofNullable(this.offsets.get(engine));
	}

	@Override
	public void save(String engine, StoredOffset offset) {
		this.offsets.put(engine, offset);
	}

	@Override
	public String howToForget(String engine) {
		return "nothing is stored";
	}

	@Override
	public boolean isDurable() {
		return false;
	}

	@Override
	public String toString() {
		return "memory";
	}

}
