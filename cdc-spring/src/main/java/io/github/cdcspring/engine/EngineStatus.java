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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * State of an engine at a point in time.
 *
 * @param state the state
 * @param since when the engine entered the state
 * @param failure description of the last failure, kept until the engine runs again and
 * has processed the event at which a listener failed; {@code null} if there is none
 * @param restarts restarts after a failure since the application started
 * @param refusals refused starts since the application started
 * @since 0.1.0
 */
public record EngineStatus(EngineState state, Instant since, @Nullable String failure, long restarts, long refusals) {

}
