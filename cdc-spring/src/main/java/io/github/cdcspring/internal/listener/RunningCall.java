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

package io.github.cdcspring.internal.listener;

import java.time.Instant;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A listener call that has not returned.
 *
 * @param listener the listener's id
 * @param since when the call began, within a second
 * @param table the table of the event, or of the first one, {@code null} for a message
 * @param lsn the LSN of the event
 * @param overdue whether it lasts longer than {@code cdc.listener.timeout}
 */
public record RunningCall(String listener, Instant since, @Nullable TableId table, Lsn lsn, boolean overdue) {

}
