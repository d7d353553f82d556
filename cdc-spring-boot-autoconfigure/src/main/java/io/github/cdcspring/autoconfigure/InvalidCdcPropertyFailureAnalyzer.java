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

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Analyzes a property that cannot work: its name, its origin, and what to do about it.
 */
class InvalidCdcPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCdcPropertyException> {

	private final Environment environment;

	InvalidCdcPropertyFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidCdcPropertyException cause) {
		return new FailureAnalysis(
				"'" + cause.getProperty() + "'" + origin(cause.getProperty()) + " " + cause.getProblem(),
				cause.getAction(), cause);
	}

	private String origin(String key) {
		ConfigurationProperty property = EnginePropertyNames.find(this.environment, key);
		return (property != null && property.getOrigin() != null) ? " (" + property.getOrigin() + ")" : "";
	}

}
