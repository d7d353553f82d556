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
 * The state of an engine at a moment.
 *
 * @param state what it is doing
 * @param since since when
 * @param failure the last failure, in words; kept while it waits to try again, and while
 * it runs until the event is processed that a listener failed at; {@code null} otherwise
 * @param restarts how often it was built anew since the application started
 * @param refusals how often it was refused since the application started
 * @since 0.1.0
 */
public record EngineStatus(EngineState state, Instant since, @Nullable String failure, long restarts, long refusals) {

}
