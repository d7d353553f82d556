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

package io.github.cdcspring.internal.startup;

import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.EngineSettings;

/**
 * The settings of one engine as messages name them.
 *
 * @param engine the engine
 */
public record SettingNames(EngineSettings engine) {

	/**
	 * The full name of a setting, such as {@code cdc.slot.name}.
	 */
	public String name(String key) {
		return this.engine.property(key);
	}

	/**
	 * A setting with its value, such as {@code cdc.slot.name=shop}.
	 */
	public String with(String key, Object value) {
		return name(key) + "=" + ((value instanceof Enum<?> constant) ? LowerCase.of(constant) : LogSafe.of(value));
	}

	/**
	 * The flush mode with its value.
	 */
	public String flushMode() {
		return with("lsn-flush-mode", this.engine.lsnFlushMode());
	}

	/**
	 * The mismatch strategy with its value.
	 */
	public String strategy() {
		return with("offset-mismatch-strategy", this.engine.offsetMismatchStrategy());
	}

	/**
	 * The snapshot mode with its value.
	 */
	public String snapshotMode() {
		return with("snapshot.mode", this.engine.snapshotMode());
	}

	/**
	 * The kind of offset store with its value.
	 */
	public String store() {
		return with("offset.store", this.engine.offset().store());
	}

	/**
	 * The slot in a sentence.
	 */
	public String slot() {
		return "replication slot '" + this.engine.slot().name() + "'";
	}

}
