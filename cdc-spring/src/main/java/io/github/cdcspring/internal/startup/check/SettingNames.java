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

package io.github.cdcspring.internal.startup.check;

import java.util.Arrays;
import java.util.Locale;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;

/**
 * The settings of one engine as its violations name them.
 *
 * @param engine the engine
 */
record SettingNames(EngineSettings engine) {

	String name(String key) {
		return this.engine.property(key);
	}

	String with(String key, Object value) {
		return name(key) + "="
				+ ((value instanceof Enum<?> one) ? one.name().toLowerCase(Locale.ROOT) : LogSafe.of(value));
	}

	String flushMode() {
		return with("lsn-flush-mode", this.engine.lsnFlushMode());
	}

	String strategy() {
		return with("offset-mismatch-strategy", this.engine.offsetMismatchStrategy());
	}

	String store() {
		return with("offset.store", this.engine.offset().store());
	}

	String slot() {
		return "replication slot '" + this.engine.slot().name() + "'";
	}

	Violation violation(String rule, String problem, String action, String... keys) {
		return new Violation(rule, problem, action, Arrays.stream(keys).map(this::name).toList());
	}

}
