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
 * Names of an engine's properties, for messages: with the engine's own prefix, or with
 * {@code cdc} where the engine inherits the value.
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

	/**
	 * Return the name under which a property is set, or the engine's own if it is not
	 * set.
	 */
	String of(String property) {
		String own = this.prefix + "." + property;
		String inherited = ROOT + "." + property;
		return (findOwn(this.environment, own) == null && findOwn(this.environment, inherited) != null) ? inherited
				: own;
	}

	/**
	 * Return the name under which an element of a list is set.
	 */
	String ofElement(String property, int index) {
		String element = of(property + "[" + index + "]");
		return (findOwn(this.environment, element) != null) ? element : of(property);
	}

	/**
	 * Return whether a property of any name is set.
	 */
	boolean isSet(String property) {
		return this.environment.containsProperty(property);
	}

	/**
	 * Find a property of an engine, or the one of {@code cdc} that it inherits.
	 */
	static @Nullable ConfigurationProperty find(Environment environment, String name) {
		ConfigurationProperty own = findOwn(environment, name);
		String inherited = name.replaceFirst("^cdc\\.engines\\.[^.]+\\.", ROOT + ".");
		return (own != null || inherited.equals(name)) ? own : findOwn(environment, inherited);
	}

	private static @Nullable ConfigurationProperty findOwn(Environment environment, String name) {
		ConfigurationPropertyName adapted = ConfigurationPropertyName.adapt(name, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(adapted);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

}
