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

package io.github.cdcspring.internal.kafka;

import org.jspecify.annotations.Nullable;

/**
 * State of the connector that fills the topics, as Kafka Connect reports it.
 *
 * @param name the name of the connector
 * @param state the connector's state, such as {@code RUNNING}
 * @param task the state of its task, {@code null} if it has none
 * @param failure the class of the exception that ended the task, and of its first cause,
 * {@code null} if there is none; their messages may contain a row's data
 */
public record ConnectorStatus(String name, String state, @Nullable String task, @Nullable String failure) {

	private static final String RUNNING = "RUNNING";

	/**
	 * Return whether connector and task are running.
	 * @return whether events may arrive in the topics
	 */
	public boolean isRunning() {
		return RUNNING.equals(this.state) && RUNNING.equals(this.task);
	}

	/** Whether its task may have sent events. A task that failed is restarted by hand. */
	boolean mayRun() {
		return this.task != null && !"FAILED".equals(this.task) && !"PAUSED".equals(this.task);
	}

	/** Whether it was stopped, or no worker has started it. */
	boolean isStopped() {
		return this.task == null && ("STOPPED".equals(this.state) || "UNASSIGNED".equals(this.state));
	}

	/** Why nothing arrives in the topics, {@code null} if something may. */
	@Nullable String problem() {
		if (isRunning()) {
			return null;
		}
		String task = (this.task != null) ? "its task " + this.task : "without a task";
		return "Connector '" + this.name + "' is " + this.state + " and " + task
				+ ((this.failure != null) ? " (" + this.failure + ")" : "")
				+ ", so no event arrives in its topics. Check the log of the Kafka Connect worker, fix the cause, and "
				+ "restart or resume the connector.";
	}

}
