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

package io.github.cdcspring.samples.ledger;

import java.math.BigDecimal;
import java.time.OffsetDateTime;

import io.github.cdcspring.ColumnValue;

/**
 * A row of {@code ledger_extra}. Of a deleted row the server sends only the key, so the
 * rest may be absent.
 */
record ExtraEntry(int id, ColumnValue<String> note, ColumnValue<BigDecimal> amount,
		ColumnValue<OffsetDateTime> changedAt) {

	/** What the load writes before it rolls back; no listener may ever see it. */
	static final String ROLLED_BACK = "rolled back";

	boolean neverCommitted() {
		return this.note.isAvailable() && ROLLED_BACK.equals(this.note.get());
	}

}
