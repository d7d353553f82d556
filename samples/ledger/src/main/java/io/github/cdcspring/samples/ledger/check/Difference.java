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

package io.github.cdcspring.samples.ledger.check;

/**
 * What the comparison of one table found.
 *
 * @param table the table
 * @param sourceRows rows of the source
 * @param mirrorRows rows of the mirror
 * @param missing rows that the mirror lacks
 * @param surplus rows that only the mirror has
 * @param altered rows of which a column differs; where a table has no key, such a row
 * counts as missing and surplus
 */
record Difference(LedgerTable table, long sourceRows, long mirrorRows, long missing, long surplus, long altered) {

	boolean isNone() {
		return this.missing == 0 && this.surplus == 0 && this.altered == 0;
	}

}
