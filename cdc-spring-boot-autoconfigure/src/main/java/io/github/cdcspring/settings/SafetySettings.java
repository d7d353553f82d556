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

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

import io.github.cdcspring.Gap;
import org.jspecify.annotations.Nullable;

/**
 * What the operator takes upon himself.
 *
 * @param accept the ids of the rules whose risk is taken
 * @param acceptGap the one gap that may be passed over, {@code null} for none
 * @since 0.1.0
 */
public record SafetySettings(Set<String> accept, @Nullable Gap acceptGap) {

	/** Nothing is accepted. */
	public static final SafetySettings STRICT = new SafetySettings(Set.of(), null);

	public SafetySettings {
		accept = Collections.unmodifiableSet(new LinkedHashSet<>(accept));
	}

	/**
	 * Create settings.
	 * @param ids the ids of the rules whose risk is taken
	 * @return the settings
	 */
	public static SafetySettings accepting(Collection<String> ids) {
		return new SafetySettings(new LinkedHashSet<>(ids), null);
	}

}
