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

/**
 * Whose position it is. Two applications may share a database and the name of an engine,
 * but never a replication slot, so the slot belongs to the key.
 *
 * @param engine the engine's name
 * @param slotName the replication slot from which the engine receives
 * @since 0.1.0
 */
public record OffsetKey(String engine, String slotName) {

	@Override
	public String toString() {
		return "engine '" + this.engine + "' on slot '" + this.slotName + "'";
	}

}
