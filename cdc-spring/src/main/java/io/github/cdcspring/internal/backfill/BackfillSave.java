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
 * How far the tables are read, to be stored with the offset.
 */
public final class BackfillSave {

	private final Backfill backfill;

	private final List<TableBackfill> tables;

	private final List<BackfillProgress> progress;

	BackfillSave(Backfill backfill, List<TableBackfill> tables) {
		this.backfill = backfill;
		this.tables = tables;
		this.progress = tables.stream().map(TableBackfill::progress).toList();
	}

	/**
	 * Return how far the tables are read.
	 * @return the tables that are not read to the end
	 */
	public List<BackfillProgress> progress() {
		return this.progress;
	}

	/** The progress is stored. */
	public void stored() {
		this.backfill.stored(this.tables);
	}

}
