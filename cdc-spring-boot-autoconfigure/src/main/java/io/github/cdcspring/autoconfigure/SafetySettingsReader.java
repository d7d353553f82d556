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

package io.github.cdcspring.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.github.cdcspring.Gap;
import io.github.cdcspring.internal.startup.check.SafetyRules;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Reads which risks the operator has accepted.
 */
final class SafetySettingsReader {

	private static final Pattern RELATION = Pattern.compile("\\d+(-\\d+)?@[0-9A-F]+/[0-9A-F]+");

	private SafetySettingsReader() {
	}

	static EngineSettings.Safety read(EngineProperties properties) {
		Set<String> acceptable = SafetyRules.acceptable().keySet();
		List<String> accepted = properties.own().getSafety().getAccept();
		for (int i = 0; i < accepted.size(); i++) {
			String id = accepted.get(i);
			if (!acceptable.contains(id)) {
				throw new InvalidCdcPropertyException(properties.names().ofElement("safety.accept", i), "has "
						+ LogSafe.quoted(id)
						+ (SafetyRules.ids().contains(id) ? ", which cannot be accepted: the engine could not work."
								: ", which is not the id of a rule."),
						"Use ids among " + String.join(", ", acceptable) + ".");
			}
		}
		return new EngineSettings.Safety(new LinkedHashSet<>(accepted), acceptedGap(properties),
				acceptedRelations(properties), recovered(properties));
	}

	private static Set<String> acceptedRelations(EngineProperties properties) {
		List<String> accepted = properties.own().getSafety().getAcceptRelations();
		for (int i = 0; i < accepted.size(); i++) {
			if (!RELATION.matcher(accepted.get(i)).matches()) {
				throw new InvalidCdcPropertyException(properties.names().ofElement("safety.accept-relations", i),
						"has " + LogSafe.quoted(accepted.get(i)) + ", which is not a change of a captured table.",
						"Use the values from the refusal, such as 16400-16450@0/16B3748.");
			}
		}
		return new LinkedHashSet<>(accepted);
	}

	private static EngineSettings.@Nullable RecoveredOffset recovered(EngineProperties properties) {
		String offset = properties.own().getSafety().getRecover();
		try {
			return (offset != null) ? EngineSettings.RecoveredOffset.parse(offset) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(properties.name("safety.recover"),
					"is " + LogSafe.quoted(String.valueOf(offset)) + ", which is not a stored offset.",
					"Use the value from the refusal, such as 0/16B3748 or 0/16B3748@7301234567890123456.");
		}
	}

	private static @Nullable Gap acceptedGap(EngineProperties properties) {
		String gap = properties.own().getSafety().getAcceptGap();
		try {
			return (gap != null) ? Gap.parse(gap) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(properties.name("safety.accept-gap"),
					"is " + LogSafe.quoted(String.valueOf(gap)) + ", which is not a pair of LSNs.",
					"Use the pair from the refusal, such as 0/16B3748-0/16B4A10.");
		}
	}

}
