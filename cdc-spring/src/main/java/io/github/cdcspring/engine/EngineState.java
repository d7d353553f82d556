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
 * What an engine is doing.
 *
 * @since 0.1.0
 */
public enum EngineState {

	/** Not started, or stopped in order. */
	STOPPED,

	/** Stopped in order by an operator; it stays so until it is resumed. */
	PAUSED,

	/** Checking, connecting, or building the stream. */
	STARTING,

	/** Receiving; the stream is live. */
	RUNNING,

	/**
	 * Another instance receives from the slot; this one takes over when that one ends.
	 */
	STANDBY,

	/** It failed for a cause that may pass, and waits before it tries again. */
	BACKING_OFF,

	/** It was not allowed to go on; the failure says why and what cures it. */
	REFUSED,

	/** It failed for a cause that does not pass by itself. */
	FAILED

}
