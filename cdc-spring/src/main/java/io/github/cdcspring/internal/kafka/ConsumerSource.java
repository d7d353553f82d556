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

package io.github.cdcspring.internal.kafka;

import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;

/**
 * Creates consumers with the application's connection to Kafka.
 */
public interface ConsumerSource {

	/**
	 * Create a consumer of bytes.
	 * @param overrides properties that take precedence over those of the application
	 * @param defaults properties that apply where the application sets none
	 * @return the consumer, to be closed by the caller
	 */
	Consumer<byte[], byte[]> open(Map<String, Object> overrides, Map<String, Object> defaults);

	/**
	 * Return the properties of the application's consumers.
	 * @return the properties, which may be confidential
	 */
	Map<String, Object> properties();

}
