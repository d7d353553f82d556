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

import io.github.cdcspring.Gap;

/**
 * Application event: a start has moved the offset of an engine to a slot that was ahead,
 * or to a new one. Transactions that committed in the gap are not delivered. Listen to it
 * with {@code @EventListener}, for example to load what was derived from the rows again.
 * It is published on a thread of its own.
 *
 * @param engine the name of the engine
 * @param gap what is skipped
 * @since 0.1.0
 */
public record CdcGapSkipped(String engine, Gap gap) {

}
