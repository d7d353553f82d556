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

package io.github.cdcspring.internal.startup;

import io.github.cdcspring.Gap;
import org.jspecify.annotations.Nullable;

/**
 * What was found before a start, and what was decided.
 *
 * @param positions slot, server and offset as they were found
 * @param comparison how slot and offset differed
 * @param decision what the start does
 * @param skipped the gap that was passed over though it may hold events, {@code null} if
 * none was
 */
public record ReconciliationResult(ReplicationState positions, SlotOffsetComparison comparison, StartDecision decision,
		@Nullable Gap skipped) {

}
