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

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Checks the range of values.
 */
final class SettingChecks {

	private SettingChecks() {
	}

	static Duration positive(EngineProperties properties, String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new InvalidCdcPropertyException(properties.name(property), "is " + text(value) + ".",
					"Use a duration above zero, such as 1s.");
		}
		return value;
	}

	static Duration notNegative(EngineProperties properties, String property, Duration value) {
		if (value.isNegative()) {
			throw new InvalidCdcPropertyException(properties.name(property), "is " + text(value) + ".",
					"Use a duration such as 5s, or 0 to disable it.");
		}
		return value;
	}

	private static String text(Duration value) {
		return DurationStyle.SIMPLE.print(value, (value.getNano() != 0) ? ChronoUnit.MILLIS : ChronoUnit.SECONDS);
	}

	static int atLeastOne(EngineProperties properties, String property, int value) {
		return (int) atLeastOne(properties, property, (long) value);
	}

	static long atLeastOne(EngineProperties properties, String property, DataSize value) {
		return atLeastOne(properties, property, value.toBytes());
	}

	private static long atLeastOne(EngineProperties properties, String property, long value) {
		if (value < 1) {
			throw new InvalidCdcPropertyException(properties.name(property),
					"is " + value + ", so nothing could be delivered.", "Use 1 or more.");
		}
		return value;
	}

}
