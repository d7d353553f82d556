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

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks what the consumer group of an engine has committed. Changes nothing.
 */
public final class GroupChecks {

	private static final Logger logger = LoggerFactory.getLogger(GroupChecks.class);

	/** The rule that refuses partitions that were added. */
	public static final String TOPIC_PARTITIONS = "topic-partitions";

	static final SafetyRule<Context> OFFSET = SafetyRule.strict("group-offset", GroupChecks::offset);

	static final SafetyRule<Context> ORDER = SafetyRule.strict("group-order", GroupChecks::order);

	static final SafetyRule<Context> PARTITIONS = SafetyRule.acceptable(TOPIC_PARTITIONS,
			"Events of a key that Kafka now writes to another partition may overtake each other.",
			GroupChecks::partitions);

	static final List<SafetyRule<Context>> CHECKS = List.of(OFFSET, ORDER, PARTITIONS);

	private GroupChecks() {
	}

	/**
	 * Check the group. Log each accepted rule with its risk.
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param partitions the partitions of its topics
	 * @param others the partitions of topics that the connector's other order writes
	 * @param received whether the listeners receive from one of these topics with that
	 * order
	 * @return the accepted risks
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	public static List<AcceptedRisk> check(EngineSettings engine, EngineSettings.Kafka kafka,
			List<GroupPartition> partitions, List<GroupPartition> others, Predicate<String> received) {
		Context context = new Context(engine, kafka, partitions, others, received);
		CheckResult result = judge(context);
		if (!result.refused().isEmpty()) {
			throw new StartRefusedException(engine.name(), result.refused());
		}
		result.logAccepted(engine);
		warnOfExpired(context);
		return result.accepted();
	}

	/**
	 * Look what {@link #check} would refuse, without a word in the log.
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param partitions the partitions of its topics
	 * @param others the partitions of topics that the connector's other order writes
	 * @param received whether the listeners receive from one of these topics with that
	 * order
	 * @return every violation that is not accepted
	 */
	public static List<Violation> refused(EngineSettings engine, EngineSettings.Kafka kafka,
			List<GroupPartition> partitions, List<GroupPartition> others, Predicate<String> received) {
		return judge(new Context(engine, kafka, partitions, others, received)).refused();
	}

	private static CheckResult judge(Context context) {
		return CheckResult.of(context.engine(),
				CHECKS.stream().flatMap((check) -> check.check(context).stream()).toList());
	}

	/** Nothing brings them back, so a refusal would last indefinitely. */
	private static void warnOfExpired(Context context) {
		Set<String> expired = context.others()
			.stream()
			.filter(GroupPartition::hasExpired)
			.map(GroupPartition::topic)
			.collect(Collectors.toCollection(TreeSet::new));
		if (!expired.isEmpty()) {
			logger.warn("Engine '{}': {} has not received all events of {}, to which the connector wrote with another "
					+ "'kafka.order', and Kafka has removed them, so they are lost. Compare the tables with what "
					+ "the listeners hold. Then run for each of them: kafka-consumer-groups.sh "
					+ "--bootstrap-server … --group {} --delete-offsets --topic …", context.engine().name(),
					context.group(), LogSafe.of(expired), LogSafe.of(context.kafka().groupId()));
		}
	}

	private static void offset(Context context, Findings findings) {
		for (GroupPartition partition : context.partitions()) {
			if (partition.isOutOfRange()) {
				String name = partition.topic() + ":" + partition.partition();
				findings.add(context.group() + " has committed offset " + partition.committed() + " of partition "
						+ LogSafe.quoted(name) + ", which has the offsets " + partition.beginning() + " to "
						+ partition.end() + ". Its next events were removed, or the topic was created again, so "
						+ "events were lost.",
						new Steps().text("Compare the tables with what the listeners hold.")
							.code(ActionStep.Language.SHELL, "Then begin where the partition begins: ",
									"kafka-consumer-groups.sh --bootstrap-server … --group " + context.kafka().groupId()
											+ " --topic " + name + " --reset-offsets --to-earliest --execute",
									""),
						"kafka.group-id");
			}
		}
	}

	/** With another order, the connector writes to other topics. */
	private static void order(Context context, Findings findings) {
		// A group that has never used the other order misses nothing
		boolean used = context.others().stream().anyMatch((partition) -> partition.committed() != null);
		List<String> topics = context.others()
			.stream()
			.filter((partition) -> partition.hasLag()
					|| used && partition.isUnknown() && context.received().test(partition.topic()))
			.map(GroupPartition::topic)
			.distinct()
			.sorted()
			.toList();
		if (!topics.isEmpty()) {
			KafkaOrder other = (context.kafka().order() == KafkaOrder.KEY) ? KafkaOrder.STREAM : KafkaOrder.KEY;
			findings.add(
					context.group() + " has not received all events of " + LogSafe.of(topics)
							+ ", and never receives them with "
							+ context.settings().with("kafka.order", context.kafka().order()) + ".",
					new Steps()
						.setting("Set ", context.settings().with("kafka.order", other),
								", start the application, and stop the connector.")
						.text("When 'lag' of all partitions is 0, change both again.")
						.or()
						.code(ActionStep.Language.SHELL, "If no event in these topics matters, run for each of them: ",
								"kafka-consumer-groups.sh --bootstrap-server … --group " + context.kafka().groupId()
										+ " --delete-offsets --topic …",
								""),
					"kafka.order");
		}
	}

	/**
	 * A group commits for all partitions of a topic when it begins, with their number.
	 */
	private static void partitions(Context context, Findings findings) {
		if (context.kafka().order() != KafkaOrder.KEY) {
			return;
		}
		Map<String, List<GroupPartition>> topics = context.partitions()
			.stream()
			.collect(Collectors.groupingBy(GroupPartition::topic, TreeMap::new, Collectors.toList()));
		topics.forEach((topic, partitions) -> {
			long committed = partitions.stream().filter((partition) -> partition.committed() != null).count();
			long known = committed;
			for (GroupPartition partition : partitions) {
				Integer count = partition.partitionsAtCommit();
				if (count != null) {
					// Another instance may not have committed yet
					known = count;
					if (count != partitions.size()) {
						break;
					}
				}
			}
			if (known > 0 && known != partitions.size()) {
				findings.add("Topic " + LogSafe.quoted(topic) + " has " + partitions.size() + " partitions, of which "
						+ context.group() + " knows " + known + ". If partitions were added, Kafka writes events of "
						+ "most keys to other partitions than before, so that events of such a key may overtake each "
						+ "other.",
						new Steps()
							.text("Stop the connector, and start with " + context.settings().name("safety.accept")
									+ " containing topic-partitions.")
							.text("When 'lag' of all partitions is 0, resume the connector and remove the setting."),
						"kafka.order");
			}
		});
	}

	/**
	 * What a rule on the group looks at.
	 *
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param partitions the partitions of its topics
	 * @param others the partitions of topics that the connector's other order writes
	 * @param received whether the listeners receive from one of these topics with that
	 * order
	 */
	record Context(EngineSettings engine, EngineSettings.Kafka kafka, List<GroupPartition> partitions,
			List<GroupPartition> others, Predicate<String> received) implements RuleContext {

		String group() {
			return "Consumer group " + LogSafe.quoted(this.kafka.groupId());
		}

	}

}
