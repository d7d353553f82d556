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
 * Application event: an engine has entered another state, for example
 * {@link EngineState#RUNNING} when its stream is live, {@link EngineState#STANDBY} when
 * another instance receives, or {@link EngineState#REFUSED}. Listen to it with
 * {@code @EventListener}. It is published on a thread of its own, so a listener may take
 * its time, and the engine may have gone on to a further state.
 *
 * @param engine the name of the engine
 * @param previous the state that the engine has left
 * @param status the status with the state that the engine has entered
 * @since 0.1.0
 */
public record CdcEngineStateChanged(String engine, EngineState previous, EngineStatus status) {

}
