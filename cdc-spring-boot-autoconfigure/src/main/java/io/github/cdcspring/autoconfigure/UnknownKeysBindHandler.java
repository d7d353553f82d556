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

import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Warns about each key under {@code cdc} that is not bound, and suggests the nearest
 * known one. Environment variables are not checked, because other programs may use the
 * prefix {@code CDC_}, such as a Kubernetes service of that name.
 */
class UnknownKeysBindHandler extends AbstractBindHandler {

	private static final Logger logger = LoggerFactory.getLogger(UnknownKeysBindHandler.class);

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cdc");

	private final BindHandler parent;

	UnknownKeysBindHandler(BindHandler parent) {
		super(new NoUnboundElementsBindHandler(parent, UnknownKeysBindHandler::isChecked));
		this.parent = parent;
	}

	private static boolean isChecked(ConfigurationPropertySource source) {
		return !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource);
	}

	@Override
	public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			@Nullable Object result) throws Exception {
		this.parent.onFinish(name, target, context, result);
		if (!ROOT.equals(name)) {
			return;
		}
		try {
			super.onFinish(name, target, context, result);
		}
		catch (UnboundConfigurationPropertiesException ex) {
			ex.getUnboundProperties().forEach(UnknownKeysBindHandler::warn);
		}
	}

	private static void warn(ConfigurationProperty property) {
		ConfigurationPropertyName nearest = KnownKeys.nearest(property.getName());
		logger.warn("{} is unknown{}{}", LogSafe.quoted(property.getName()),
				(nearest != null) ? ". Did you mean " + LogSafe.quoted(nearest) + "?"
						: " and has no effect. Remove it.",
				(property.getOrigin() != null) ? " (" + LogSafe.of(property.getOrigin()) + ")" : "");
	}

}
