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

package io.github.cdcspring.internal.startup.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Gap;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Checks the connector that fills the topics of an engine. Changes nothing.
 */
public final class ConnectorChecks {

	static final SafetyRule<ConnectorContext> MISSING = SafetyRule.strict("connector-missing",
			ConnectorChecks::missing);

	static final SafetyRule<ConnectorContext> PLUGIN = SafetyRule.strict("connector-plugin",
			(context, findings) -> compare(context, findings, ConnectorConfiguration.plugin(),
					"the engine cannot read what it writes"));

	static final SafetyRule<ConnectorContext> STREAM = SafetyRule.strict("connector-stream",
			(context, findings) -> compare(context, findings,
					ConnectorConfiguration.stream(context.engine(), context.kafka()),
					"the topics are not those of this engine"));

	static final SafetyRule<ConnectorContext> ORDER = SafetyRule.strict("connector-order", ConnectorChecks::order);

	static final SafetyRule<ConnectorContext> TABLES = SafetyRule.acceptable("connector-tables",
			"Events of these tables never arrive.", ConnectorChecks::tables);

	static final SafetyRule<ConnectorContext> SLOT = SafetyRule.acceptable("connector-slot",
			"The slot advances otherwise than the settings say, so it may retain WAL without limit or advance without "
					+ "the operator. Or it does not survive a failover.",
			ConnectorChecks::slot);

	static final SafetyRule<ConnectorContext> AUTHORITY = SafetyRule.strict("connector-slot-authority",
			ConnectorChecks::authority);

	static final SafetyRule<ConnectorContext> GAP = SafetyRule.strict("connector-gap", ConnectorChecks::gap);

	static final SafetyRule<ConnectorContext> HISTORY = SafetyRule.strict("history-mismatch", ConnectorChecks::history);

	static final SafetyRule<ConnectorContext> RETENTION = SafetyRule.acceptable("topic-retention",
			"Events that Kafka removes before the application has received them are lost.", ConnectorChecks::retention);

	static final SafetyRule<ConnectorContext> RETENTION_BYTES = SafetyRule.acceptable("topic-retention-bytes",
			"Events that Kafka removes to keep the size of a topic are lost.", ConnectorChecks::retentionBytes);

	static final SafetyRule<ConnectorContext> REPLICATION = SafetyRule.acceptable("topic-replication",
			"Events in a topic are lost with the only broker that has them.", ConnectorChecks::replication);

	static final List<SafetyRule<ConnectorContext>> CHECKS = List.of(MISSING, PLUGIN, STREAM, ORDER, TABLES, SLOT,
			AUTHORITY, GAP, HISTORY, RETENTION, RETENTION_BYTES, REPLICATION);

	/** A comma that is not part of an expression. */
	private static final String SEPARATOR = "(?<!\\\\),";

	private static final String SNAPSHOT = "stop the connector, drop the slot, delete the connector's offsets, and have "
			+ "it take a snapshot.";

	private static final String HEARTBEAT = "heartbeat.interval.ms";

	private ConnectorChecks() {
	}

	/**
	 * Check the connector. Log each accepted rule with its risk.
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param connect how Kafka Connect is reached
	 * @param tables the tables of the engine's listeners
	 * @param running the configuration of the connector, {@code null} if there is no such
	 * connector
	 * @param position its offset and the slot, {@code null} if they are not known
	 * @param topics the topics
	 * @return the accepted risks
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	public static List<AcceptedRisk> check(EngineSettings engine, EngineSettings.Kafka kafka,
			EngineSettings.Kafka.Connect connect, List<TablePattern> tables, @Nullable Map<String, String> running,
			@Nullable ConnectorPosition position, TopicStates topics) {
		CheckResult result = judge(engine, kafka, connect, tables, running, position, topics);
		if (!result.refused().isEmpty()) {
			throw new StartRefusedException(engine.name(), result.refused());
		}
		result.logAccepted(engine);
		return result.accepted();
	}

	/**
	 * Look what {@link #check} would refuse, without a word in the log.
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param connect how Kafka Connect is reached
	 * @param tables the tables of the engine's listeners
	 * @param running the configuration of the connector, {@code null} if there is no such
	 * connector
	 * @param position its offset and the slot, {@code null} if they are not known
	 * @param topics the topics
	 * @return every violation that is not accepted
	 */
	public static List<Violation> refused(EngineSettings engine, EngineSettings.Kafka kafka,
			EngineSettings.Kafka.Connect connect, List<TablePattern> tables, @Nullable Map<String, String> running,
			@Nullable ConnectorPosition position, TopicStates topics) {
		return judge(engine, kafka, connect, tables, running, position, topics).refused();
	}

	private static CheckResult judge(EngineSettings engine, EngineSettings.Kafka kafka,
			EngineSettings.Kafka.Connect connect, List<TablePattern> tables, @Nullable Map<String, String> running,
			@Nullable ConnectorPosition position, TopicStates topics) {
		ConnectorContext context = new ConnectorContext(engine, kafka, connect, tables, running, position, topics);
		return CheckResult.of(engine, CHECKS.stream().flatMap((check) -> check.check(context).stream()).toList());
	}

	/**
	 * The configuration that a connector gets with {@code manage=reconcile}: flush mode,
	 * heartbeat and tables are changed where they differ, and everything else remains. A
	 * connector of another stream, plugin or order is not changed to this one: another
	 * application may need its order, and a transformation may mask data.
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param connect how Kafka Connect is reached
	 * @param tables the tables of the engine's listeners
	 * @param running the configuration of the connector, {@code null} if there is no such
	 * connector
	 * @return the configuration, which may contain the secrets of the one that is
	 * running; {@code null} if there is none, and none can be derived from the settings
	 */
	public static @Nullable Map<String, String> reconciled(EngineSettings engine, EngineSettings.Kafka kafka,
			EngineSettings.Kafka.Connect connect, List<TablePattern> tables, @Nullable Map<String, String> running) {
		if (running == null) {
			return ConnectorConfiguration.hasOneHost(engine) ? ConnectorConfiguration.complete(engine, kafka, tables)
					: null;
		}
		Map<String, String> reconciled = new LinkedHashMap<>(running);
		ConnectorContext context = new ConnectorContext(engine, kafka, connect, tables, running, null,
				TopicStates.UNKNOWN);
		reconciled.putAll(differentSlot(context));
		String included = context.value("table.include.list");
		if (included != null && !included.isEmpty()) {
			List<String> expressions = new ArrayList<>(List.of(included.split(SEPARATOR)));
			tables.stream()
				.filter((table) -> !table.isExact() || !isIncluded(context, "table", name(table.toTableId())))
				.map(ConnectorConfiguration::expression)
				.filter((expression) -> !expressions.contains(expression))
				.forEach(expressions::add);
			reconciled.put("table.include.list", String.join(",", expressions));
		}
		return reconciled;
	}

	/**
	 * Whether a connector without an offset reads the rows that exist.
	 * @param running the configuration of the connector
	 * @return {@code true} unless it only receives changes
	 */
	public static boolean readsData(Map<String, String> running) {
		return switch (lower(running.get("snapshot.mode"))) {
			case "no_data", "never" -> false;
			case "configuration_based" ->
				"true".equals(lower(running.get("snapshot.mode.configuration.based.snapshot.data")));
			default -> true;
		};
	}

	private static String name(TableId table) {
		return table.schema() + "." + table.name();
	}

	private static void gap(ConnectorContext context, Findings findings) {
		ConnectorPosition position = context.position();
		if (position == null) {
			return;
		}
		Gap skipped = position.skipped();
		if (skipped != null && !context.accepts(skipped)) {
			findings.add(context.connector() + " has skipped " + skipped.bytes() + " bytes of WAL, from the offset "
					+ skipped.offsetLsn() + " to the slot " + skipped.slotLsn()
					+ ", because the slot was advanced or created again. Transactions that committed in between may "
					+ "not be in the topics.",
					receive().or()
						.code(ActionStep.Language.SHELL,
								"If you know that no missing change matters, have the connector forget it: ",
								accepted(context, skipped), "")
						.or()
						.setting("Or set ", context.settings().with("safety.accept-gap", skipped), "."),
					"slot.name");
		}
		if (position.isContinuous() || position.isOfOtherHistory()) {
			return;
		}
		Gap gap = position.gap();
		if (gap != null && context.accepts(gap)) {
			return;
		}
		findings.add(
				context.connector() + " cannot continue without a loss: "
						+ ((position.found().offsetLsn() != null) ? "its offset is " + position.found().offsetLsn()
								: "it has no offset")
						+ ", but " + position.problem() + ".",
				(gap != null) ? receive().or()
					.setting("If you know that no missing change matters, set ",
							context.settings().with("safety.accept-gap", gap), ".")
					.code(ActionStep.Language.SHELL, "Have the connector accept it, too, before it runs: ",
							accepted(context, gap), "")
						: receive(),
				"slot.name");
	}

	private static Steps receive() {
		return new Steps().text("To receive what is missing, " + SNAPSHOT);
	}

	/** The connector notes a gap that it is not told to accept. */
	private static String accepted(ConnectorContext context, Gap gap) {
		return context.change(ConnectorConfiguration.accepting(gap));
	}

	/** As a start of the embedded engine judges its own offset. */
	private static void history(ConnectorContext context, Findings findings) {
		ConnectorPosition position = context.position();
		if (position != null && position.isOfOtherHistory()) {
			findings.add(
					context.connector() + " cannot continue without a loss: " + position.problem()
							+ ". It would skip what this server has committed up to the offset.",
					new Steps().text("Have the connector reach the server that the offset belongs to.")
						.or()
						.text("If this server is the right one, " + SNAPSHOT),
					"connection.*");
		}
	}

	private static void retention(ConnectorContext context, Findings findings) {
		Duration outage = context.kafka().maxOutage();
		if (outage.isZero()) {
			return;
		}
		String setting = context.settings().with("kafka.max-outage", outage);
		for (TopicStates.Topic topic : context.topics().topics()) {
			if (topic.compacted()) {
				findings.add(
						"Topic " + LogSafe.quoted(topic.name())
								+ " is compacted, so it keeps the last event of each key only.",
						"Set 'cleanup.policy=delete' of the topic.", "kafka.max-outage");
			}
			else if (topic.retention() != null && topic.retention().compareTo(outage) < 0) {
				findings.add(
						"Topic " + LogSafe.quoted(topic.name()) + " keeps events for " + topic.retention()
								+ ", less than the outage of " + setting + ".",
						"Set 'retention.ms' of the topic to at least " + outage.toMillis() + ", or "
								+ context.settings().name("kafka.max-outage") + " to the outage that must be survived.",
						"kafka.max-outage");
			}
		}
		Duration offsets = context.topics().offsetsRetention();
		if (offsets != null && offsets.compareTo(outage) < 0) {
			findings.add("The brokers keep the offsets of a group without members for " + offsets
					+ ", less than the outage of " + setting + ". A group without offsets receives all events again.",
					"Set 'offsets.retention.minutes' of the brokers to at least " + outage.toMinutes() + ".",
					"kafka.max-outage");
		}
	}

	private static void retentionBytes(ConnectorContext context, Findings findings) {
		Duration outage = context.kafka().maxOutage();
		List<String> limited = context.topics()
			.topics()
			.stream()
			.filter((topic) -> topic.retentionBytes() != null && !topic.compacted())
			.map(TopicStates.Topic::name)
			.toList();
		if (!outage.isZero() && !limited.isEmpty()) {
			findings.add(
					"Topics " + LogSafe.of(limited) + " keep a number of bytes only, which may be less than the "
							+ "events of the outage of " + context.settings().with("kafka.max-outage", outage) + ".",
					"Set 'retention.bytes' of the topics to -1, or accept the rule if they keep enough.",
					"kafka.max-outage");
		}
	}

	/** With one broker, nothing can be done about it. */
	private static void replication(ConnectorContext context, Findings findings) {
		List<String> topics = context.topics()
			.topics()
			.stream()
			.filter((topic) -> topic.replicas() == 1)
			.map(TopicStates.Topic::name)
			.toList();
		if (context.topics().brokers() > 1 && !topics.isEmpty()) {
			findings.add(
					"Topics " + LogSafe.of(topics) + " have one replica in a cluster of " + context.topics().brokers()
							+ " brokers, so that their events are lost with one broker.",
					"Add replicas with kafka-reassign-partitions, and set "
							+ "'topic.creation.default.replication.factor' of the connector.",
					"kafka.topic-prefix");
		}
	}

	private static void missing(ConnectorContext context, Findings findings) {
		if (!context.exists()) {
			findings.add(context.connector() + " does not exist, so nothing fills the topics.", create(context),
					"kafka.connect.connector");
		}
	}

	private static Steps create(ConnectorContext context) {
		Steps steps = new Steps();
		if (!ConnectorConfiguration.hasOneHost(context.engine())) {
			steps.text("Its connector takes one host, but the settings name several. Replace 'database.hostname' below "
					+ "by the name of an address that leads to the primary, and create it yourself.");
		}
		return steps.text("Have the worker know the password.")
			.code(ActionStep.Language.SHELL, "Create the connector, which does not run yet: ",
					context.creation(
							ConnectorConfiguration.complete(context.engine(), context.kafka(), context.tables())),
					"")
			.text("Start the application again, because Kafka Connect may have kept an offset of a former connector, "
					+ "which the start compares with the slot.")
			.code(ActionStep.Language.SHELL, "Then have the connector run: ", context.resumption(), "");
	}

	private static void order(ConnectorContext context, Findings findings) {
		Map<String, String> needed = ConnectorConfiguration.order(context.kafka());
		Map<String, String> different = different(context, needed);
		if (context.exists() && !different.isEmpty()) {
			findings.add(
					context.connector()
							+ " differs from what the settings need, so the topics do not have the order of "
							+ context.settings().with("kafka.order", context.kafka().order()) + ": "
							+ described(context, different) + ".",
					new Steps().text(
							"A start never changes this, because another application may need the present order, and a "
									+ "transformation may mask data.")
						.code(ActionStep.Language.SHELL,
								"If nothing needs 'transforms', wait until all applications have received everything, "
										+ "and change it: ",
								context.change(different), ""),
					"kafka.connect.connector", "kafka.order");
		}
	}

	private static String described(ConnectorContext context, Map<String, String> different) {
		return different.keySet()
			.stream()
			.map((property) -> described(property, String.valueOf(context.value(property))))
			.collect(Collectors.joining(", "));
	}

	private static void compare(ConnectorContext context, Findings findings, Map<String, String> needed,
			String consequence) {
		if (!context.exists()) {
			return;
		}
		Map<String, String> different = different(context, needed);
		if (different.isEmpty()) {
			return;
		}
		String found = described(context, different);
		findings.add(
				context.connector() + " differs from what the settings need, so " + consequence + ": " + found + ".",
				change(context, different), "kafka.connect.connector");
	}

	private static Steps change(ConnectorContext context, Map<String, String> different) {
		return new Steps().code(ActionStep.Language.SHELL, "Change it: ", context.change(different), "");
	}

	private static Map<String, String> different(ConnectorContext context, Map<String, String> needed) {
		Map<String, String> different = new LinkedHashMap<>();
		needed.forEach((property, value) -> {
			String running = context.value(property);
			if (running != null && !running.equals(value)) {
				different.put(property, value);
			}
		});
		return different;
	}

	private static String described(String property, String value) {
		return "'" + property + "' is " + (value.isEmpty() ? "not set" : LogSafe.quoted(value));
	}

	private static void tables(ConnectorContext context, Findings findings) {
		if (!context.exists()) {
			return;
		}
		List<TableId> missing = context.tables()
			.stream()
			.filter(TablePattern::isExact)
			.map(TablePattern::toTableId)
			.distinct()
			.filter((table) -> !isCaptured(context, table))
			.toList();
		if (!missing.isEmpty()) {
			findings.add(
					context.connector() + " does not capture " + LogSafe.of(missing)
							+ ", so that their listeners receive nothing.",
					"Add them to 'table.include.list' and 'schema.include.list' of the connector, or remove them from "
							+ "its exclude lists.",
					"kafka.connect.connector");
		}
	}

	private static boolean isCaptured(ConnectorContext context, TableId table) {
		return isIncluded(context, "schema", table.schema()) && isIncluded(context, "table", name(table));
	}

	private static boolean isIncluded(ConnectorContext context, String kind, String name) {
		String included = context.value(kind + ".include.list");
		String excluded = context.value(kind + ".exclude.list");
		return (included == null || included.isEmpty() || matches(included, name))
				&& (excluded == null || excluded.isEmpty() || !matches(excluded, name));
	}

	/** As Debezium does: expressions for whole names, whatever the case. */
	private static boolean matches(String expressions, String name) {
		return Stream.of(expressions.split(SEPARATOR)).anyMatch((expression) -> {
			try {
				return Pattern.compile(expression.strip(), Pattern.CASE_INSENSITIVE).matcher(name).matches();
			}
			catch (PatternSyntaxException ex) {
				return false;
			}
		});
	}

	private static void slot(ConnectorContext context, Findings findings) {
		ConnectorPosition position = context.position();
		if (position != null) {
			DeclaredSlot declared = DeclaredSlot.of(context, position.found());
			declared.check(findings);
			declared.checkStandbys(findings);
		}
		if (!context.exists()) {
			return;
		}
		Map<String, String> different = differentSlot(context);
		if (!different.isEmpty()) {
			String found = described(context, different);
			findings.add(context.connector() + " does not treat the slot as the settings say: " + found + ".",
					change(context, different), "lsn-flush-mode", "heartbeat.interval", "slot.survives-failover");
		}
	}

	/** A connector that follows the slot, or drops it, skips what the offset misses. */
	private static void authority(ConnectorContext context, Findings findings) {
		EngineSettings engine = context.engine();
		if (engine.offsetMismatchStrategy().trustsSlotAhead()) {
			findings.add(
					context.settings().strategy() + " trusts the slot, but with "
							+ context.settings().with("source", "kafka")
							+ " the offset of Kafka Connect decides where the stream continues.",
					"Set " + context.settings().name("offset-mismatch-strategy") + " to no_validation or trust_offset.",
					"offset-mismatch-strategy");
		}
		Map<String, String> different = new LinkedHashMap<>();
		if (List.of("trust_slot", "trust_greater_lsn").contains(lower(context.value("offset.mismatch.strategy")))) {
			different.put("offset.mismatch.strategy", "no_validation");
		}
		if ("true".equals(lower(context.value("slot.drop.on.stop")))) {
			different.put("slot.drop.on.stop", "false");
		}
		if (!different.isEmpty()) {
			String found = described(context, different);
			findings.add(
					context.connector() + " skips changes without an error: " + found
							+ ". It begins at a slot that is ahead or new, and not at the offset of Kafka Connect.",
					change(context, different), "kafka.connect.connector");
		}
	}

	private static String lower(@Nullable String value) {
		return (value != null) ? value.toLowerCase(Locale.ROOT) : "";
	}

	private static Map<String, String> differentSlot(ConnectorContext context) {
		Map<String, String> different = new LinkedHashMap<>();
		ConnectorConfiguration.slot(context.engine()).forEach((property, value) -> {
			String running = context.value(property);
			if (running != null && !value
				.equals(running.isEmpty() ? ConnectorConfiguration.SLOT_DEFAULTS.get(property) : running)) {
				different.put(property, value);
			}
		});
		String heartbeat = context.value(HEARTBEAT);
		long interval = context.engine().heartbeatInterval().toMillis();
		if (heartbeat != null && interval > 0 && (heartbeat.isEmpty() || heartbeat.equals("0"))) {
			different.put(HEARTBEAT, String.valueOf(interval));
		}
		return different;
	}

}
