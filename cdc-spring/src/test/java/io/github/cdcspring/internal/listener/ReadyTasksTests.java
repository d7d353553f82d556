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

import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadyTasksTests {

	private final ReadyTasks<DeliveryAttempt> tasks = new ReadyTasks<>();

	@Test
	void changeDoesNotWaitForAllRows() {
		IntStream.range(0, 100).forEach((row) -> this.tasks.add(new Task(true)));
		this.tasks.add(new Task(false));
		assertThat(Stream.of(this.tasks.poll(), this.tasks.poll())).anyMatch((task) -> task.equals(new Task(false)));
	}

	@Test
	void rowDoesNotWaitForAllChanges() {
		IntStream.range(0, 100).forEach((change) -> this.tasks.add(new Task(false)));
		this.tasks.add(new Task(true));
		assertThat(Stream.of(this.tasks.poll(), this.tasks.poll())).anyMatch((task) -> task.equals(new Task(true)));
	}

	@Test
	void nothingIsLeft() {
		for (boolean row : new boolean[] { true, true, false, true, false }) {
			this.tasks.add(new Task(row));
		}
		assertThat(Stream.generate(this.tasks::poll).limit(5)).doesNotContainNull();
		assertThat(this.tasks.isEmpty()).isTrue();
		assertThat(this.tasks.poll()).isNull();
	}

	/** Equal to all tasks of its kind. */
	private static final class Task extends DeliveryAttempt {

		private final boolean row;

		Task(boolean row) {
			this.row = row;
		}

		@Override
		boolean readsExistingRow() {
			return this.row;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Task task && task.row == this.row;
		}

		@Override
		public int hashCode() {
			return Boolean.hashCode(this.row);
		}

	}

}
