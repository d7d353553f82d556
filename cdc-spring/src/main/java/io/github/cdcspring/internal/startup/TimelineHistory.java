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

import java.sql.SQLException;
import java.util.Map;

import io.github.cdcspring.Lsn;

/**
 * Where the ancestors of a timeline end.
 */
@FunctionalInterface
public interface TimelineHistory {

	/**
	 * The ancestors of a timeline. Needed only if the server's timeline is not the one on
	 * which the offset was stored.
	 * @param timeline the timeline, above 1
	 * @return for each ancestor the LSN at which the server's history left it
	 * @throws SQLException if the server cannot be asked
	 */
	Map<Integer, Lsn> endsBefore(int timeline) throws SQLException;

}
