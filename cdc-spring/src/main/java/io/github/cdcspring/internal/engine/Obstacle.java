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

package io.github.cdcspring.internal.engine;

/**
 * What keeps a running engine from delivering or acknowledging. The first one is
 * reported.
 */
public enum Obstacle {

	/** A transaction is not visible yet. */
	VISIBILITY,

	/** A store does not answer. */
	STORE,

	/** The server sends nothing. */
	SERVER,

	/** The timeline of a standby is not known. */
	TIMELINE,

	/** No Kafka broker answers. */
	BROKER,

	/** The connector that fills the topics does not run. */
	CONNECTOR

}
