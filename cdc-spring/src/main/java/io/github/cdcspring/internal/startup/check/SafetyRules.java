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

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All rules, on settings, on the server, on the connector and on the consumer group.
 */
public final class SafetyRules {

	private SafetyRules() {
	}

	/**
	 * The ids of all rules.
	 * @return the ids
	 */
	public static Set<String> ids() {
		Set<String> ids = new LinkedHashSet<>();
		all().forEach((rule) -> ids.add(rule.id()));
		return Collections.unmodifiableSet(ids);
	}

	/**
	 * The rules that {@code cdc.safety.accept} can accept.
	 * @return the ids, each with what may happen
	 */
	public static Map<String, String> acceptable() {
		Map<String, String> acceptable = new LinkedHashMap<>();
		all().forEach((rule) -> {
			String risk = rule.risk();
			if (risk != null) {
				acceptable.put(rule.id(), risk);
			}
		});
		return Collections.unmodifiableMap(acceptable);
	}

	static Stream<SafetyRule<?>> all() {
		return Stream
			.<List<? extends SafetyRule<?>>>of(SettingsRules.RULES, ServerChecks.CHECKS, ConnectorChecks.CHECKS,
					GroupChecks.CHECKS)
			.flatMap(List::stream);
	}

}
