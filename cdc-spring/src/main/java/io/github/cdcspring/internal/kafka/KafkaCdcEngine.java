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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.engine.EngineSetup;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * An engine that receives from Kafka topics, as a member of a consumer group. Kafka
 * Connect has the slot and its offset.
 */
public final class KafkaCdcEngine extends SupervisedCdcEngine {

	private final EngineSettings.Kafka kafka;

	private final KafkaEngineRunner runner;

	/**
	 * Create an engine.
	 * @param setup what the engine consists of
	 * @param kafka the settings of its source
	 * @param consumers creates its consumers
	 */
	public KafkaCdcEngine(EngineSetup setup, EngineSettings.Kafka kafka, ConsumerSource consumers) {
		this(setup, kafka, new KafkaEngineRunner(setup.settings(), kafka, setup.listeners(), consumers));
	}

	private KafkaCdcEngine(EngineSetup setup, EngineSettings.Kafka kafka, KafkaEngineRunner runner) {
		super(setup, runner);
		this.kafka = kafka;
		this.runner = runner;
	}

	/**
	 * Return the settings of the source.
	 * @return the settings
	 */
	public EngineSettings.Kafka kafka() {
		return this.kafka;
	}

	/**
	 * Return the partitions that this instance has.
	 * @return the partitions in their order, none while the engine is not running
	 */
	public List<PartitionStatus> partitions() {
		return this.runner.partitions()
			.entrySet()
			.stream()
			.map((partition) -> new PartitionStatus(partition.getKey().topic(), partition.getKey().partition(),
					partition.getValue().committed(), partition.getValue().processed(), partition.getValue().end(),
					partition.getValue().lastEvent()))
			.sorted()
			.toList();
	}

	/**
	 * Return what was read of the connector that fills the topics.
	 * @return what is known, nothing before the engine is started or if Kafka Connect is
	 * not asked
	 */
	public ConnectorReading connector() {
		return this.runner.connectorReading();
	}

	/**
	 * Return why no event arrives in the topics.
	 * @return a sentence, {@code null} if one may arrive, or if that is not known
	 */
	public @Nullable String connectorProblem() {
		return this.runner.connectorProblem();
	}

	/**
	 * Return the connector's whole configuration that the settings need.
	 * @return the configuration, without secrets; {@code null} if Kafka Connect is not
	 * asked
	 */
	public @Nullable Map<String, String> connectorConfiguration() {
		ConnectorStart connector = this.runner.connector();
		return (connector != null) ? connector.configuration() : null;
	}

	/**
	 * Return that configuration as Strimzi's custom resource.
	 * @return a YAML document, {@code null} if Kafka Connect is not asked
	 */
	public @Nullable String strimziConnector() {
		Map<String, String> configuration = connectorConfiguration();
		EngineSettings.Kafka.Connect connect = this.kafka.connect();
		return (configuration != null && connect != null) ? StrimziConnector.yaml(connect.connector(), configuration)
				: null;
	}

	@Override
	protected void closed() {
		this.runner.close();
	}

	@Override
	protected List<AcceptedRisk> acceptedOnServer() {
		return this.runner.acceptedRisks();
	}

	@Override
	public void recover() {
		throw new CdcException("Engine '" + name() + "' receives from Kafka, so it has no replication slot to recover. "
				+ "Restart the connector with a new snapshot.");
	}

	@Override
	public Lsn advance(Lsn lsn) {
		throw new CdcException(
				"Engine '" + name() + "' receives from Kafka, so Kafka Connect advances replication slot '"
						+ settings().slot().name() + "'. The application cannot.");
	}

	@Override
	public CdcBackfill backfill() {
		throw new CdcException("Engine '" + name() + "' receives from Kafka, so it cannot read existing rows. Have the "
				+ "connector take a snapshot.");
	}

}
