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

/**
 * What is done so that a listener's failure, or the application's, costs no event and
 * applies none twice.
 *
 * @param onFailure what becomes of an event at which a listener failed for good
 * @param transactional whether a listener's work and the record of it commit together
 * @param parkedTable the table of parked events
 * @param appliedTable the table of applied events
 * @param createTables whether to create the two where they are missing
 * @since 0.1.0
 */
public record FailureSettings(OnFailure onFailure, boolean transactional, String parkedTable, String appliedTable,
		boolean createTables) {

}
