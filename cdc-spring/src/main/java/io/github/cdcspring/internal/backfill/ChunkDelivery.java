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
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.internal.row.Change;

/**
 * A chunk at its place in the stream, without the rows that the stream has changed.
 */
public final class ChunkDelivery implements Runnable {

	private final List<Change> rows;

	private final Runnable onHandled;

	private final AtomicInteger pending;

	ChunkDelivery(List<Change> rows, Runnable onHandled) {
		this.rows = rows;
		this.onHandled = onHandled;
		this.pending = new AtomicInteger(rows.size() + 1);
	}

	/**
	 * The rows to deliver.
	 * @return the rows
	 */
	public List<Change> rows() {
		return this.rows;
	}

	/**
	 * To be called once for each row that was handled, and once when all were handed
	 * over.
	 */
	@Override
	public void run() {
		if (this.pending.decrementAndGet() == 0) {
			this.onHandled.run();
		}
	}

}
