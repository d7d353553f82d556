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

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Names of replication slot and publication.
 */
final class ReplicationNames {

	private static final int MAX_LENGTH = 63;

	/** Debezium puts both names into SQL without quotes, so nothing else may pass. */
	private static final Pattern VALID = Pattern.compile("[a-z_][a-z0-9_]{0," + (MAX_LENGTH - 1) + "}");

	/** Characters that cannot be replaced without a risk that two names become one. */
	private static final Pattern IRREPLACEABLE = Pattern.compile("[^a-z0-9_. -]");

	private ReplicationNames() {
	}

	/**
	 * Return the name of the slot. A slot has one consumer on the whole server, so a
	 * further engine appends its own name to what it would inherit.
	 */
	static String slot(EngineProperties properties, @Nullable String application) {
		String own = properties.own().getSlot().getName();
		if (own != null) {
			return valid(properties.name("slot.name"), own);
		}
		String suffix = properties.isDefault() ? "" : "_" + properties.engine();
		String root = properties.root().getSlot().getName();
		if (root != null) {
			return derived(valid(properties.name("slot.name"), root) + suffix);
		}
		return derived("cdc_" + (StringUtils.hasText(application) ? application : "application") + suffix);
	}

	/**
	 * Return the name of the publication. A publication that the starter maintains
	 * belongs to one engine, and one that the operator maintains may serve several.
	 */
	static String publication(EngineProperties properties, String slot) {
		String own = properties.own().getPublication().getName();
		String root = properties.own().getPublication().isCreate() ? null
				: properties.root().getPublication().getName();
		String name = (own != null) ? own : root;
		return (name != null) ? valid(properties.name("publication.name"), name) : slot;
	}

	/**
	 * Turn a text into a valid name. If the name loses information, a checksum tells it
	 * apart from others.
	 */
	private static String derived(String text) {
		String lower = text.toLowerCase(Locale.ROOT);
		String name = lower.replaceAll("[^a-z0-9_]", "_");
		if (name.length() <= MAX_LENGTH && !IRREPLACEABLE.matcher(lower).find()) {
			return name;
		}
		CRC32 checksum = new CRC32();
		checksum.update(text.getBytes(StandardCharsets.UTF_8));
		return "%s_%08x".formatted(name.substring(0, Math.min(name.length(), MAX_LENGTH - 9)), checksum.getValue());
	}

	private static String valid(String property, String name) {
		if (!VALID.matcher(name).matches()) {
			throw new InvalidCdcPropertyException(property,
					"is " + LogSafe.quoted(name) + ", which is not a safe name of a replication slot or publication.",
					"Use at most " + MAX_LENGTH + " lower case letters, digits and underscores.");
		}
		return name;
	}

}
