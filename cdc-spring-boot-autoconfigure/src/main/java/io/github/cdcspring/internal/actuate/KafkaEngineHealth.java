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

package io.github.cdcspring.internal.actuate;

import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Gap;
import io.github.cdcspring.internal.kafka.ConnectorReading;
import io.github.cdcspring.internal.kafka.ConnectorStatus;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.kafka.PartitionStatus;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;

/**
 * Current health of an engine that receives from Kafka.
 */
final class KafkaEngineHealth extends EngineHealth {

	/** Rules on the connector without which the engine receives nothing, or the wrong. */
	private static final Set<String> FOR_GOOD = Set.of("connector-plugin", "connector-stream", "connector-order",
			"connector-slot-authority");

	private final KafkaCdcEngine engine;

	private final ConnectorReading connector;

	KafkaEngineHealth(KafkaCdcEngine engine) {
		super(engine);
		this.engine = engine;
		this.connector = engine.connector();
	}

	/** What Kafka reports ends the run, so it is the engine's failure. */
	@Override
	void findSourceProblems(boolean failed) {
		ConnectorPosition position = this.connector.position();
		// While the engine runs, the same is its failure
		String problem = this.engine.connectorProblem();
		if (problem != null && !problem.equals(this.engine.status().failure())) {
			problem(problem);
		}
		// What was read last holds until it can be read again
		this.connector.refused()
			.stream()
			.filter((violation) -> FOR_GOOD.contains(violation.rule()))
			.forEach((violation) -> problem("[" + violation.rule() + "]: " + violation.problem()
					+ " A restart of the application would be refused. " + violation.action()));
		Gap skipped = (position != null) ? position.skipped() : null;
		if (skipped != null && !skipped.equals(this.engine.settings().safety().acceptGap())) {
			problem("Its connector has skipped " + skipped.bytes() + " bytes of WAL, from the offset "
					+ skipped.offsetLsn() + " to the slot " + skipped.slotLsn()
					+ ". Transactions that committed in between are not in the topics. See 'difference' in the endpoint "
					+ "'cdc' for what to do.");
		}
		if (position != null && !position.isContinuous()) {
			problem("If its connector restarts: " + position.onRestart()
					+ " See 'difference' in the endpoint 'cdc' for what to do.");
		}
	}

	@Override
	void addSourceDetails(Map<String, Object> details) {
		ConnectorStatus status = this.connector.status();
		if (status != null) {
			details.put("connector", status.state());
			details.put("task", String.valueOf(status.task()));
		}
		ConnectorPosition position = this.connector.position();
		if (position != null) {
			details.put("verdict", position.comparison().verdict());
			details.put("lagBytes", position.comparison().lagBytes());
			addSkipped(details, position.skipped());
		}
		if (this.connector.problem() != null) {
			details.put("stale", true);
		}
		details.put("group", this.engine.kafka().groupId());
		details.put("partitions", this.engine.partitions().size());
		details.put("lag", PartitionStatus.lag(this.engine.partitions()));
	}

}
