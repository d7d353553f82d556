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

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Failures of Kafka, in the words of the starter.
 */
final class KafkaFailures {

	private KafkaFailures() {
	}

	/**
	 * Translate a failure. Its message names topics, and contains no record.
	 * @return an exception whose type says whether a restart may succeed
	 */
	static RuntimeException translate(KafkaException failure, EngineSettings settings) {
		EngineSettings.Kafka kafka = settings.kafka();
		String group = (kafka != null) ? kafka.groupId() : "";
		if (failure instanceof InvalidOffsetException invalid) {
			return new CdcException("The committed offset of consumer group '" + group + "' is out of range for "
					+ invalid.partitions() + ": the topic no longer has the next record, so events were lost. "
					+ "Compare the tables with what the listeners hold, then set the group's offset with "
					+ "kafka-consumer-groups.sh --reset-offsets, and restart the engine.", failure);
		}
		if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
			return new NotReadyException("Kafka does not let consumer group '" + group + "' in (" + failure.getMessage()
					+ "). Fix the credentials in 'spring.kafka.*', or grant READ on the group and its topics.");
		}
		return new NotReadyException(
				"Consumer group '" + group + "' cannot receive from Kafka (" + failure.getClass().getSimpleName() + ": "
						+ failure.getMessage() + "). Check the brokers of 'spring.kafka.bootstrap-servers'.");
	}

}
