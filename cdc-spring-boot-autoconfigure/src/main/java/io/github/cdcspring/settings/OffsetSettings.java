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

package io.github.cdcspring.settings;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how often the position is kept.
 *
 * @param store the kind of store
 * @param flushInterval the longest time between an event being handled and its position
 * being stored
 * @param filePath the file of {@link OffsetStoreType#FILE}
 * @param jdbcTable the table of {@link OffsetStoreType#JDBC}
 * @param jdbcCreateTable whether the table is created where it is missing
 * @since 0.1.0
 */
public record OffsetSettings(OffsetStoreType store, Duration flushInterval, Path filePath, String jdbcTable,
		boolean jdbcCreateTable) {

}
