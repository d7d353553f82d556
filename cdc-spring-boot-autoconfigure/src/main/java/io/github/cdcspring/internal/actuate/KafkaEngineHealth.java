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

import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.kafka.PartitionStatus;

/**
 * Current health of an engine that receives from Kafka.
 */
final class KafkaEngineHealth extends EngineHealth {

	private final KafkaCdcEngine engine;

	KafkaEngineHealth(KafkaCdcEngine engine) {
		super(engine);
		this.engine = engine;
	}

	/** What Kafka reports ends the run, so it is the engine's failure. */
	@Override
	void findSourceProblems(boolean failed) {
	}

	@Override
	void addSourceDetails(Map<String, Object> details) {
		details.put("group", this.engine.kafka().groupId());
		details.put("partitions", this.engine.partitions().size());
		details.put("lag", this.engine.partitions().stream().mapToLong(PartitionStatus::lag).sum());
	}

}
