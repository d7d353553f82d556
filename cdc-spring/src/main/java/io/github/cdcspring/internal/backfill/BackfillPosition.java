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

package io.github.cdcspring.internal.backfill;

import java.util.List;

/**
 * The row after which the next chunk of a table begins.
 *
 * @param columns the columns that order the rows, as the key was when the row was read
 * @param values their values in that row, as the server's text
 */
record BackfillPosition(List<String> columns, List<String> values) {

	/** Contains no value, because the key may be confidential. */
	@Override
	public String toString() {
		return "a row by " + this.columns;
	}

}
