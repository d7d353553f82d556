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

import io.github.cdcspring.internal.listener.ListenerRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Where the settings of an engine stand: under its own prefix, or under {@code cdc} where
 * it inherits them.
 */
class EnginePropertyNames {

	private static final String ROOT = "cdc";

	private final Environment environment;

	private final String prefix;

	EnginePropertyNames(Environment environment, String engine) {
		this.environment = environment;
		this.prefix = ListenerRegistry.DEFAULT_ENGINE.equals(engine) ? ROOT : ROOT + ".engines." + engine;
	}

	String prefix() {
		return this.prefix;
	}

	boolean inherits() {
		return !this.prefix.equals(ROOT);
	}

	/**
	 * Whether the engine has a setting of its own.
	 */
	boolean isOwn(String setting) {
		return find(this.environment, this.prefix + "." + setting) != null;
	}

	/**
	 * The key that a setting is read from; where it is not set, the engine's own.
	 */
	String of(String setting) {
		boolean inherited = inherits() && !isOwn(setting) && find(this.environment, ROOT + "." + setting) != null;
		return (inherited ? ROOT : this.prefix) + "." + setting;
	}

	/**
	 * The key that an element of a list is read from.
	 */
	String ofElement(String setting, int index) {
		String element = of(setting + "[" + index + "]");
		return (find(this.environment, element) != null) ? element : of(setting);
	}

	/**
	 * What is set under a key of an engine, or under that of {@code cdc} which it
	 * inherits.
	 */
	static @Nullable ConfigurationProperty findInherited(Environment environment, String key) {
		ConfigurationProperty own = find(environment, key);
		String inherited = key.replaceFirst("^cdc\\.engines\\.[^.]+\\.", ROOT + ".");
		return (own != null || inherited.equals(key)) ? own : find(environment, inherited);
	}

	/**
	 * What is set under a key.
	 */
	static @Nullable ConfigurationProperty find(Environment environment, String key) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

}
