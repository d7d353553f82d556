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

package io.github.cdcspring.internal.row;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.ConversionService;

/**
 * Converts a label to the enum constant of that name. Case does not matter; hyphens and
 * spaces match underscores. If no constant matches, the application's converter is used.
 */
final class EnumConverter implements ValueConverter {

	private final Class<?> type;

	private final ConversionService conversionService;

	private final Map<String, Object> constants = new HashMap<>();

	EnumConverter(Class<?> type, ConversionService conversionService) {
		this.type = type;
		this.conversionService = conversionService;
		Object[] constants = type.getEnumConstants();
		for (Object constant : constants) {
			this.constants.putIfAbsent(normalized(((Enum<?>) constant).name()), constant);
		}
		for (Object constant : constants) {
			this.constants.put(((Enum<?>) constant).name(), constant);
		}
	}

	@Override
	public @Nullable Object convert(Object raw) {
		String label = (String) raw;
		Object constant = this.constants.get(label);
		if (constant == null) {
			constant = this.constants.get(normalized(label));
		}
		return (constant != null) ? constant : convert(label);
	}

	private static String normalized(String label) {
		return label.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
	}

	private @Nullable Object convert(String label) {
		try {
			return this.conversionService.convert(label, this.type);
		}
		catch (RuntimeException ex) {
			throw new ValueConversionException("no constant of the enum has this name",
					"Add the constant, declare it as String, or register a Converter<String, "
							+ this.type.getSimpleName() + ">");
		}
	}

}
