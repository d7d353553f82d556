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

import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.listener.FailedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * The status of an engine together with the delivery that its failure is about.
 *
 * @param status the status
 * @param failedDelivery the delivery, {@code null} if there is no failure or it has
 * another cause
 */
public record TrackedStatus(EngineStatus status, @Nullable FailedDelivery failedDelivery) {

}
