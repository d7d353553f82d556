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

import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.internal.row.Change;

/**
 * Tasks of several lanes that are handed over in one call.
 */
final class BatchTask extends DeliveryAttempt implements Work {

	private final List<DeliveryTask> tasks;

	BatchTask(List<DeliveryTask> tasks) {
		this.tasks = tasks;
		List<Change> changes = new ArrayList<>(tasks.size());
		for (DeliveryTask task : tasks) {
			changes.addAll(task.changes());
		}
		begin(tasks.get(0).route(), changes);
	}

	List<DeliveryTask> tasks() {
		return this.tasks;
	}

	@Override
	public void run(DispatcherWorker worker) {
		worker.runPortion(this);
	}

}
