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

package io.github.cdcspring.benchmarks.contestant;

/**
 * Receives changes in the way of a contestant.
 */
interface Receiver {

	/**
	 * Receive events until the process ends, and pass each of them to the sink.
	 * @param task the task
	 * @param sink processes the events
	 */
	void receive(Task task, Sink sink) throws Exception;

	static Receiver of(String name) {
		return switch (name) {
			case "pg_recvlogical" -> new ReceiveProgram();
			case "pgjdbc" -> new DriverStream();
			case "debezium" -> new BareEngine();
			case "spring-integration" -> new IntegrationFlowReceiver();
			case "spring-kafka" -> new KafkaJsonApplication();
			case "starter" -> new StarterApplication();
			default -> throw new IllegalArgumentException("Unknown receiver '" + name + "'");
		};
	}

}
