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

package io.github.cdcspring.listener;

import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.decode.Change;

/**
 * Tasks of several lanes that are handed over in one call.
 */
final class Portion extends Handover implements Work {

	private final List<Task> tasks;

	Portion(List<Task> tasks) {
		this.tasks = tasks;
		List<Change> changes = new ArrayList<>(tasks.size());
		for (Task task : tasks) {
			changes.addAll(task.changes());
		}
		begin(tasks.get(0).leg(), changes);
	}

	List<Task> tasks() {
		return this.tasks;
	}

	@Override
	public void run(LaneWorker worker) {
		worker.runPortion(this);
	}

}
