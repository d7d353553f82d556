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

package io.github.cdcspring.internal.startup.check;

import java.util.List;
import java.util.Set;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;

/**
 * What the listeners of an engine want of one table.
 *
 * @param table the table
 * @param operations the operations that are listened to
 * @param rowBefore the listeners that want the row as it was before a change, in words
 */
public record TableNeeds(TableId table, Set<Operation> operations, List<String> rowBefore) {

}
