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

package io.github.cdcspring.settings;

/**
 * How the connector is treated that fills the topics of an engine.
 *
 * @since 0.1.0
 */
public enum ConnectorManagement {

	/** The engine compares the connector's configuration with its own at each start. */
	VERIFY,

	/**
	 * The engine creates the connector, or changes what differs, before it receives.
	 */
	RECONCILE,

	/** The engine does not ask Kafka Connect. */
	NONE

}
