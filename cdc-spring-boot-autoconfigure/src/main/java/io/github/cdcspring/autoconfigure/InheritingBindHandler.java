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

import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Binds each further engine over what {@code cdc} sets, so that it inherits what it does
 * not set. What identifies an engine or its database is not inherited here: an engine's
 * own value must remain distinguishable.
 */
class InheritingBindHandler extends AbstractBindHandler {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cdc");

	private static final ConfigurationPropertyName ENGINES = ROOT.append("engines");

	private static final Set<ConfigurationPropertyName> NOT_INHERITED = Set.of(ROOT.append("slot.name"),
			ROOT.append("publication.name"), ROOT.append("connection.url"), ROOT.append("connection.host"),
			ROOT.append("connection.username"), ROOT.append("kafka.topic-prefix"), ROOT.append("kafka.group-id"));

	InheritingBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
		return super.onStart(name,
				ENGINES.isParentOf(name) ? target.withSuppliedValue(() -> inherited(target, context)) : target,
				context);
	}

	private static <T> T inherited(Bindable<T> target, BindContext context) {
		return context.getBinder().bindOrCreate(ROOT, Bindable.of(target.getType()), new AbstractBindHandler() {

			@Override
			public <V> @Nullable Bindable<V> onStart(ConfigurationPropertyName name, Bindable<V> target,
					BindContext context) {
				return NOT_INHERITED.contains(name) ? null : super.onStart(name, target, context);
			}

		});
	}

}
