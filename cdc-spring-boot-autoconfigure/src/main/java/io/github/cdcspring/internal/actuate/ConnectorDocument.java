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

package io.github.cdcspring.internal.actuate;

import java.util.Map;

import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import org.jspecify.annotations.Nullable;

/**
 * The connector that an engine needs. It contains no secret: the password is a reference
 * that the worker resolves.
 *
 * @param configuration the configuration, as Kafka Connect takes it
 * @param strimzi the same as a custom resource of Strimzi, in YAML
 */
public record ConnectorDocument(Map<String, String> configuration, String strimzi) {

	static @Nullable ConnectorDocument of(KafkaCdcEngine engine) {
		Map<String, String> configuration = engine.connectorConfiguration();
		String strimzi = engine.strimziConnector();
		return (configuration != null && strimzi != null) ? new ConnectorDocument(configuration, strimzi) : null;
	}

}
