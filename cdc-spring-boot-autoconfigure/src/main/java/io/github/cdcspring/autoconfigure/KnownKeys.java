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

import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The keys of {@link CdcProperties}.
 */
final class KnownKeys {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cdc");

	private static final ConfigurationPropertyName ENGINES = ROOT.append("engines");

	private KnownKeys() {
	}

	/**
	 * Return the known key that is nearest to an unknown one.
	 * @return the known key, {@code null} if none resembles it
	 */
	static @Nullable ConfigurationPropertyName nearest(ConfigurationPropertyName unknown) {
		boolean ofEngine = ENGINES.isAncestorOf(unknown) && unknown.getNumberOfElements() > 3;
		ConfigurationPropertyName prefix = ofEngine ? unknown.chop(3) : ROOT;
		String text = unknown.toString();
		return keys(prefix, ofEngine ? CdcEngineProperties.class : CdcProperties.class).stream()
			.filter((known) -> distance(text, known.toString()) <= text.length() / 3)
			.min(Comparator.comparingInt((known) -> distance(text, known.toString())))
			.orElse(null);
	}

	private static List<ConfigurationPropertyName> keys(ConfigurationPropertyName prefix, Class<?> type) {
		List<ConfigurationPropertyName> keys = new ArrayList<>();
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			ConfigurationPropertyName key = prefix.append(DataObjectPropertyName.toDashedForm(property.getName()));
			Class<?> valueType = property.getPropertyType();
			if (valueType != null && isGroup(valueType)) {
				keys.addAll(keys(key, valueType));
			}
			else if (valueType != Class.class) {
				keys.add(key);
			}
		}
		return keys;
	}

	private static boolean isGroup(Class<?> type) {
		return type.getPackage() == CdcProperties.class.getPackage();
	}

	/** Edits of one character that turn one text into the other (Levenshtein). */
	private static int distance(String first, String second) {
		int[] previous = new int[second.length() + 1];
		for (int j = 0; j <= second.length(); j++) {
			previous[j] = j;
		}
		for (int i = 1; i <= first.length(); i++) {
			int[] current = new int[second.length() + 1];
			current[0] = i;
			for (int j = 1; j <= second.length(); j++) {
				int substituted = previous[j - 1] + ((first.charAt(i - 1) == second.charAt(j - 1)) ? 0 : 1);
				current[j] = Math.min(substituted, Math.min(previous[j], current[j - 1]) + 1);
			}
			previous = current;
		}
		return previous[second.length()];
	}

}
