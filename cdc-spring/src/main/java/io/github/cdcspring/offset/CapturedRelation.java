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

package io.github.cdcspring.offset;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A table as it was captured. The name alone does not tell a table from another one that
 * was renamed to it.
 *
 * @param oid the {@code oid} of {@code pg_class}
 * @param table schema and name
 * @param state how the server names and publishes it, as an opaque text. It changes with
 * each change of these, even with one that is taken back. Empty if it is not known.
 * @param key its primary key, {@code null} if it is not known
 * @since 0.1.0
 */
public record CapturedRelation(long oid, TableId table, String state, @Nullable CapturedKey key) {

}
