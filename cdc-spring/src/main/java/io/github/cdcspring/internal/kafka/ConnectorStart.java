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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.ConnectorChecks;
import io.github.cdcspring.internal.startup.check.ConnectorConfiguration;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;
import io.github.cdcspring.internal.startup.check.TopicStates;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the connector before each start and, if the settings say so, creates or changes
 * it. Nothing is changed while a rule refuses the start.
 */
final class ConnectorStart {

	private static final Logger logger = LoggerFactory.getLogger(ConnectorStart.class);

	private final EngineSettings settings;

	private final EngineSettings.Kafka kafka;

	private final EngineSettings.Kafka.Connect connect;

	private final List<TablePattern> tables;

	private final ConnectorClient client;

	private final ConnectorPositionReader positions;

	private volatile List<AcceptedRisk> accepted = List.of();

	/** The topics, as the last start found them. */
	private volatile TopicStates topics = TopicStates.UNKNOWN;

	/** Whether the connector was judged since the application started. */
	private volatile boolean judged;

	/** Whether a start has found or made the connector as it is to be. */
	private volatile boolean applied;

	/**
	 * The configuration with which a start has tried to create the connector, and which
	 * no start has resumed since. Kafka Connect may carry a request out that it has not
	 * answered in time.
	 */
	private volatile @Nullable Map<String, String> created;

	ConnectorStart(EngineSettings settings, EngineSettings.Kafka kafka, EngineSettings.Kafka.Connect connect,
			List<TablePattern> tables) {
		this.settings = settings;
		this.kafka = kafka;
		this.connect = connect;
		this.tables = tables;
		this.client = new ConnectorClient(settings, connect);
		this.positions = new ConnectorPositionReader(settings, this.client, kafka.topicPrefix());
	}

	ConnectorClient client() {
		return this.client;
	}

	/** The risks of the connector that the operator accepted for the last start. */
	List<AcceptedRisk> accepted() {
		return this.accepted;
	}

	/**
	 * Judge the connector. A connector that was judged once need not be at a restart
	 * while Kafka Connect does not answer: Kafka has events that can be received
	 * meanwhile.
	 * @param topics the topics
	 * @param kafkaEnd finds the highest LSN of an event in the topics
	 * @return what is to be changed
	 * @throws StartRefusedException if a rule refuses the start
	 * @throws NotReadyException if Kafka Connect or the server does not answer
	 */
	Change judge(TopicStates topics, Supplier<@Nullable Lsn> kafkaEnd) {
		Change change;
		this.topics = topics;
		try {
			Map<String, String> running = this.client.read();
			Map<String, String> wanted = wanted(running);
			change = change(running, wanted);
			ConnectorPosition position = this.positions.read(!change.isEmpty(), kafkaEnd);
			this.accepted = ConnectorChecks.check(this.settings, this.kafka, this.connect, this.tables, wanted,
					position, topics);
			List<Violation> refused = new ArrayList<>(plugin(change));
			refused.addAll(begins(change, running, position, kafkaEnd));
			warnOfGapInTopics(position);
			if (!refused.isEmpty()) {
				throw new StartRefusedException(this.settings.name(), refused);
			}
		}
		catch (NotReadyException ex) {
			if (!this.judged || this.created != null && !this.applied) {
				throw ex;
			}
			logger.warn("Engine '{}' starts again without another look at its connector. {}", this.settings.name(),
					ex.getMessage());
			return Change.NONE;
		}
		this.judged = true;
		return change;
	}

	/** The end of the topics is known only if the connector was not running. */
	private void warnOfGapInTopics(@Nullable ConnectorPosition position) {
		Gap gap = (position != null && position.isContinuous() && position.kafkaEnd() != null) ? position.gap() : null;
		if (gap != null && !gap.equals(this.settings.safety().acceptGap())) {
			logger
				.warn("Engine '{}': the topics contain what lies between the offset and the slot of connector '{}', but "
						+ "the connector does not know that, and would note it as skipped. Set '{}' of the connector before it "
						+ "runs.", this.settings.name(), this.connect.connector(),
						ConnectorConfiguration.accepting(gap));
		}
	}

	/** A connector that a start has created, but not resumed, is left to no one else. */
	private Change change(@Nullable Map<String, String> running, @Nullable Map<String, String> wanted) {
		Change change = Change.of(running, wanted);
		Map<String, String> created = this.created;
		if (running == null || created == null || !change.isEmpty()) {
			return change;
		}
		Map<String, String> found = new LinkedHashMap<>(running);
		found.keySet().retainAll(created.keySet());
		ConnectorStatus status = this.client.status();
		if (found.equals(created) && (status == null || status.isStopped())) {
			return Change.RESUMPTION;
		}
		this.created = null;
		return change;
	}

	private @Nullable Map<String, String> wanted(@Nullable Map<String, String> running) {
		return (this.connect.manage() == ConnectorManagement.RECONCILE)
				? ConnectorChecks.reconciled(this.settings, this.kafka, this.connect, this.tables, running) : running;
	}

	/**
	 * Look what a start would find now, without a change.
	 * @param kafkaEnd finds the highest LSN of an event in the topics
	 * @throws NotReadyException if Kafka Connect or the server does not answer
	 */
	ConnectorPreview preview(Supplier<@Nullable Lsn> kafkaEnd) {
		Map<String, String> running = this.client.read();
		Map<String, String> wanted = wanted(running);
		ConnectorPosition position = this.positions.read(true, kafkaEnd);
		Change change = Change.of(running, wanted);
		List<Violation> refused = new ArrayList<>(ConnectorChecks.refused(this.settings, this.kafka, this.connect,
				this.tables, wanted, position, this.topics));
		refused.addAll(plugin(change));
		refused.addAll(begins(change, running, position, kafkaEnd));
		return new ConnectorPreview(position, refused, change.creates(), change.properties().keySet());
	}

	/** Only a worker that has the plugin can create the connector. */
	private List<Violation> plugin(Change change) {
		String type = ConnectorConfiguration.CLASS;
		if (!change.creates() || this.client.hasPlugin(type)) {
			return List.of();
		}
		return List.of(new Violation("connector-plugin",
				"Kafka Connect does not have the plugin with '" + type + "', so it cannot run connector '"
						+ LogSafe.of(this.connect.connector()) + "'.",
				new Steps()
					.text("Unpack the plugin into a directory of the worker's 'plugin.path', and restart the worker.")
					.list(),
				List.of(this.settings.property("kafka.connect.url"))));
	}

	/**
	 * A connector without a slot creates one, which has nothing of what was committed
	 * since the last event.
	 */
	private List<Violation> begins(Change change, @Nullable Map<String, String> running,
			@Nullable ConnectorPosition position, Supplier<@Nullable Lsn> kafkaEnd) {
		if (position == null || position.found().slot() != null) {
			return List.of();
		}
		String connector = "Connector '" + LogSafe.of(this.connect.connector()) + "' of Kafka Connect ";
		String slot = "replication slot '" + this.settings.slot().name() + "' ";
		if (change.creates()) {
			return (kafkaEnd.get() == null) ? List.of() : List.of(gap(
					connector + "and " + slot + "do not exist, but the topics have events. A new slot "
							+ "lacks what was committed after them, so the start does not create the connector.",
					new Steps()
						.text("Create the slot, or the connector, yourself, and compare the tables with what the "
								+ "listeners hold.")
						.or()
						.text("Or delete the topics, and have the connector take a snapshot.")));
		}
		if (running == null || position.found().offset() != null
				|| !change.resumes() && ConnectorChecks.readsData(running)) {
			return List.of();
		}
		ConnectorStatus status = this.client.status();
		if (status != null && status.task() != null || kafkaEnd.get() == null) {
			return List.of();
		}
		return List.of(gap(
				connector + "does not run and has no offset, and " + slot + "does not exist, but the topics have "
						+ "events. The connector begins with a new slot, which lacks what was committed after them.",
				new Steps().text("Create the slot yourself, and compare the tables with what the listeners hold.")
					.or()
					.text("Or have the connector take a snapshot: set 'snapshot.mode' of it to initial.")));
	}

	private Violation gap(String problem, Steps steps) {
		return new Violation("connector-gap", problem, steps.list(),
				List.of(this.settings.property("kafka.connect.connector")));
	}

	/**
	 * Create or change the connector, if something differs. At a restart, an engine
	 * receives what Kafka has even if that is not possible now.
	 * @param kafkaEnd finds the highest LSN of an event in the topics
	 * @throws StartRefusedException if the offset of a former connector does not fit
	 * @throws NotReadyException if Kafka Connect does not accept it now
	 */
	void apply(Change change, Supplier<@Nullable Lsn> kafkaEnd) {
		try {
			doApply(change, kafkaEnd);
			this.applied = true;
		}
		catch (NotReadyException ex) {
			if (!this.applied) {
				throw ex;
			}
			logger.warn("Engine '{}' starts again without the change of its connector. {}", this.settings.name(),
					ex.getMessage());
		}
	}

	private void doApply(Change change, Supplier<@Nullable Lsn> kafkaEnd) {
		if (change.isEmpty()) {
			return;
		}
		if (change.creates()) {
			this.created = change.properties();
			this.client.create(change.properties());
			logger.info("Engine '{}' has created connector '{}' of Kafka Connect: {}", this.settings.name(),
					this.connect.connector(), ConnectorConfiguration.json(change.properties()));
			resumeCreated(change.properties(), kafkaEnd);
		}
		else if (change.resumes()) {
			resumeCreated(Objects.requireNonNull(this.created), kafkaEnd);
		}
		else {
			this.client.change(change.properties());
			logger.info("Engine '{}' has changed connector '{}' of Kafka Connect: {}", this.settings.name(),
					this.connect.connector(), ConnectorConfiguration.json(change.properties()));
		}
	}

	/**
	 * Kafka Connect keeps the offset of a connector that was deleted. The connector does
	 * not know that the topics contain a gap, or that the operator has accepted it.
	 */
	private void resumeCreated(Map<String, String> properties, Supplier<@Nullable Lsn> kafkaEnd) {
		ConnectorPosition position = this.positions.readCreated(kafkaEnd);
		this.accepted = ConnectorChecks.check(this.settings, this.kafka, this.connect, this.tables, properties,
				position, this.topics);
		Gap gap = (position != null) ? position.gap() : null;
		if (gap != null) {
			this.client.change(ConnectorConfiguration.accepting(gap));
		}
		this.client.resume();
		this.created = null;
	}

	/**
	 * Whether something receives from the slot.
	 * @throws NotReadyException if the server does not answer
	 */
	boolean isSlotActive() {
		SlotState slot = this.positions.slot();
		return slot != null && slot.active();
	}

	/** The whole configuration that the settings need, without secrets. */
	Map<String, String> configuration() {
		return ConnectorConfiguration.complete(this.settings, this.kafka, this.tables);
	}

	/**
	 * What is to be changed.
	 *
	 * @param creates whether there is no connector
	 * @param resumes whether the connector was created and has not run
	 * @param properties what differs; without secrets, because all values are derived
	 */
	record Change(boolean creates, boolean resumes, Map<String, String> properties) {

		static final Change NONE = new Change(false, false, Map.of());

		static final Change RESUMPTION = new Change(false, true, Map.of());

		static Change of(@Nullable Map<String, String> running, @Nullable Map<String, String> wanted) {
			if (wanted == null) {
				return NONE;
			}
			if (running == null) {
				return new Change(true, false, wanted);
			}
			Map<String, String> different = new LinkedHashMap<>(wanted);
			different.entrySet().removeAll(running.entrySet());
			return new Change(false, false, different);
		}

		boolean isEmpty() {
			return !this.resumes && this.properties.isEmpty();
		}

	}

}
