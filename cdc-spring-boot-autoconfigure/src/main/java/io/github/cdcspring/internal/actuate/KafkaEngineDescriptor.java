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

import java.time.Instant;
import java.util.List;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.EngineDescriptor.AcceptedRiskDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.DifferenceDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.EventCountsDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.FailedDeliveryDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ListenerCallDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ListenerDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.ServerDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.SkippedGapDescriptor;
import io.github.cdcspring.internal.actuate.EngineDescriptor.SlotDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Description of an engine that receives from Kafka. It never contains a row's data.
 *
 * @param source {@code kafka}
 * @param state the current state
 * @param since when the engine entered the state
 * @param failure the last failure and what to do about it, until the engine runs again
 * @param failedDelivery the delivery to a listener that the failure is about
 * @param restarts restarts after a failure since the application started
 * @param refusals refused starts since the application started
 * @param topicPrefix the prefix of the topics
 * @param group the consumer group
 * @param order {@code cdc.kafka.order}
 * @param connector the connector that fills the topics, {@code null} if its state is not
 * known
 * @param connectorConfiguration the configuration that the connector needs, {@code null}
 * if Kafka Connect is not asked
 * @param slot the replication slot of the connector; only its name if it does not exist
 * or is not known
 * @param offset the offset that Kafka Connect has stored
 * @param server the server
 * @param difference the difference between slot and offset; it is explained if the topics
 * contain what lies in between
 * @param partitions the partitions that this instance has
 * @param listeners the listeners
 * @param longestCall the listener call that has been running longest
 * @param eventCounts outcomes of the events since the application started
 * @param acceptedRisks the risks that the operator has accepted
 * @param readAt when slot, offset and server were read
 * @param stale whether they cannot be read now, so that the values are those of
 * {@code readAt}
 * @param staleReason why they cannot be read
 */
public record KafkaEngineDescriptor(String source, EngineState state, Instant since, @Nullable String failure,
		@Nullable FailedDeliveryDescriptor failedDelivery, long restarts, long refusals, String topicPrefix,
		String group, String order, @Nullable ConnectorDescriptor connector,
		@Nullable ConnectorDocument connectorConfiguration, SlotDescriptor slot,
		@Nullable ConnectorOffsetDescriptor offset, @Nullable ServerDescriptor server,
		@Nullable DifferenceDescriptor difference, List<PartitionDescriptor> partitions,
		List<ListenerDescriptor> listeners, @Nullable ListenerCallDescriptor longestCall,
		List<EventCountsDescriptor> eventCounts, List<AcceptedRiskDescriptor> acceptedRisks, @Nullable Instant readAt,
		boolean stale, @Nullable String staleReason) implements DescribedEngine {

	/**
	 * Description of the connector.
	 *
	 * @param name the name
	 * @param state the state of the connector
	 * @param task the state of its task
	 * @param failure the class of the exception that ended the task, and of its first
	 * cause
	 * @param onRestart what a restart of the connector would do now, in a sentence
	 */
	public record ConnectorDescriptor(String name, String state, @Nullable String task, @Nullable String failure,
			@Nullable String onRestart) {

	}

	/**
	 * Description of the offset that Kafka Connect has stored.
	 *
	 * @param lsn the end of the last transaction that is in the topics completely
	 * @param systemIdentifier the cluster that it was received from, {@code null} if the
	 * connector has not stored it
	 * @param timeline the timeline that it was received from
	 * @param skippedGap what the connector has skipped because its slot was ahead of the
	 * offset, until that is accepted
	 */
	public record ConnectorOffsetDescriptor(String lsn, @Nullable String systemIdentifier, @Nullable Integer timeline,
			@Nullable SkippedGapDescriptor skippedGap) {

	}

	/**
	 * Description of a partition.
	 *
	 * @param topic the topic
	 * @param partition the number of the partition
	 * @param committed the committed offset, from which a restart continues
	 * @param processed the offset of the first record that is not processed
	 * @param end the end of the partition, as far as this instance knows; {@code null}
	 * until it knows it
	 * @param lag the number of records that are not processed, {@code null} until the end
	 * is known
	 * @param lastLsn the LSN of the last event that the listeners were given
	 * @param lastCommitTime when its transaction committed
	 */
	public record PartitionDescriptor(String topic, int partition, long committed, long processed, @Nullable Long end,
			@Nullable Long lag, @Nullable String lastLsn, @Nullable Instant lastCommitTime) {

	}

}
