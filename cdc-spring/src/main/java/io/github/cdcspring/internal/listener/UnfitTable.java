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

import io.github.cdcspring.TableId;

/**
 * A table whose rows do not fit what a listener declares.
 *
 * @param table the table
 * @param listener the listener in words
 * @param named whether the listener names the table, which is not only matched by a
 * wildcard, and the operation if only deleted rows do not fit
 * @param deleted whether only deleted rows do not fit
 * @param problem what is wrong
 * @param action what to do
 */
public record UnfitTable(TableId table, String listener, boolean named, boolean deleted, String problem,
		String action) {

}
