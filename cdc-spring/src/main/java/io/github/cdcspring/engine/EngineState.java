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

package io.github.cdcspring.engine;

/**
 * State of an engine.
 *
 * @since 0.1.0
 */
public enum EngineState {

	/** Not started, or stopped in an orderly way. */
	STOPPED,

	/** Stopped by an operator until an operator resumes it. */
	PAUSED,

	/** Checking the server, connecting, or starting the stream. */
	STARTING,

	/** Receiving from the slot. */
	RUNNING,

	/**
	 * Another instance receives from the slot. This one takes over when that one stops.
	 */
	STANDBY,

	/** Failed for a cause that may pass, and waiting for the next attempt. */
	BACKING_OFF,

	/** Refused to start. The failure says why, and what to do. */
	REFUSED,

	/** Failed for a cause that does not pass by itself. */
	FAILED

}
