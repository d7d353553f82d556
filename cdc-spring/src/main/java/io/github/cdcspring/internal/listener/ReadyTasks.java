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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

/**
 * Deliveries that can be executed now, those of changes and those of existing rows. They
 * are taken in turn, so that a change does not wait for thousands of rows. Of one key,
 * only the first delivery is ready, so this does not affect its order.
 *
 * @param <T> the type of a delivery
 */
final class ReadyTasks<T extends DeliveryAttempt> {

	private final Queue<T> changes = new ConcurrentLinkedQueue<>();

	private final Queue<T> existingRows = new ConcurrentLinkedQueue<>();

	private volatile boolean rowNext;

	void add(T task) {
		(task.readsExistingRow() ? this.existingRows : this.changes).add(task);
	}

	@Nullable T poll() {
		if (this.existingRows.isEmpty()) {
			return this.changes.poll();
		}
		boolean row = this.rowNext;
		this.rowNext = !row;
		T task = row ? this.existingRows.poll() : this.changes.poll();
		if (task != null) {
			return task;
		}
		return row ? this.changes.poll() : this.existingRows.poll();
	}

	boolean isEmpty() {
		return this.changes.isEmpty() && this.existingRows.isEmpty();
	}

	void clear() {
		this.changes.clear();
		this.existingRows.clear();
	}

}
