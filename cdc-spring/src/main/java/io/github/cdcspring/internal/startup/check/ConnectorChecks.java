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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.TablePattern;
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

	static final SafetyRule<ConnectorContext> ORDER = SafetyRule.strict("connector-order",
			(context, findings) -> compare(context, findings, ConnectorConfiguration.order(context.kafka()),
					"the topics do not have the order of "
							+ context.settings().with("kafka.order", context.kafka().order())));

	static final SafetyRule<ConnectorContext> TABLES = SafetyRule.acceptable("connector-tables",
			"Events of these tables never arrive.", ConnectorChecks::tables);

	static final SafetyRule<ConnectorContext> SLOT = SafetyRule.acceptable("connector-slot",
			"The slot advances otherwise than the settings say, so it may retain WAL without limit or advance without "
					+ "the operator.",
			ConnectorChecks::slot);

	static final List<SafetyRule<ConnectorContext>> CHECKS = List.of(MISSING, PLUGIN, STREAM, ORDER, TABLES, SLOT);

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
	 * @return the accepted risks
	 * @throws StartRefusedException with every violation that is not accepted
	 */
	public static List<AcceptedRisk> check(EngineSettings engine, EngineSettings.Kafka kafka,
			EngineSettings.Kafka.Connect connect, List<TablePattern> tables, @Nullable Map<String, String> running) {
		ConnectorContext context = new ConnectorContext(engine, kafka, connect, tables, running);
		List<Violation> violations = CHECKS.stream().flatMap((check) -> check.check(context).stream()).toList();
		CheckResult result = CheckResult.of(engine, violations);
		if (!result.refused().isEmpty()) {
			throw new StartRefusedException(engine.name(), result.refused());
		}
		result.logAccepted(engine);
		return result.accepted();
	}

	private static void missing(ConnectorContext context, Findings findings) {
		if (!context.exists()) {
			findings.add(context.connector() + " does not exist, so nothing fills the topics.",
					"Create it, and have the worker know the password: " + context.command("PUT",
							ConnectorConfiguration.complete(context.engine(), context.kafka(), context.tables())),
					"kafka.connect.connector");
		}
	}

	private static void compare(ConnectorContext context, Findings findings, Map<String, String> needed,
			String consequence) {
		if (!context.exists()) {
			return;
		}
		Map<String, String> different = new LinkedHashMap<>();
		needed.forEach((property, value) -> {
			String running = context.value(property);
			if (running != null && !running.equals(value)) {
				different.put(property, value);
			}
		});
		if (different.isEmpty()) {
			return;
		}
		String found = different.keySet()
			.stream()
			.map((property) -> described(property, String.valueOf(context.value(property))))
			.collect(Collectors.joining(", "));
		findings.add(
				context.connector() + " differs from what the settings need, so " + consequence + ": " + found + ".",
				"Change it: " + context.command("PATCH", different), "kafka.connect.connector");
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
		String name = table.schema() + "." + table.name();
		return isIncluded(context, "schema", table.schema()) && isIncluded(context, "table", name);
	}

	private static boolean isIncluded(ConnectorContext context, String kind, String name) {
		String included = context.value(kind + ".include.list");
		String excluded = context.value(kind + ".exclude.list");
		return (included == null || included.isEmpty() || matches(included, name))
				&& (excluded == null || excluded.isEmpty() || !matches(excluded, name));
	}

	/** As Debezium does: expressions for whole names, whatever the case. */
	private static boolean matches(String expressions, String name) {
		return Stream.of(expressions.split("(?<!\\\\),")).anyMatch((expression) -> {
			try {
				return Pattern.compile(expression.strip(), Pattern.CASE_INSENSITIVE).matcher(name).matches();
			}
			catch (PatternSyntaxException ex) {
				return false;
			}
		});
	}

	private static void slot(ConnectorContext context, Findings findings) {
		if (!context.exists()) {
			return;
		}
		Map<String, String> different = new LinkedHashMap<>();
		List<String> found = new ArrayList<>();
		ConnectorConfiguration.slot(context.engine()).forEach((property, value) -> {
			String running = context.value(property);
			// Debezium's default
			if (running != null && !(running.isEmpty() ? "connector" : running).equals(value)) {
				different.put(property, value);
				found.add(described(property, running));
			}
		});
		String heartbeat = context.value(HEARTBEAT);
		long interval = context.engine().heartbeatInterval().toMillis();
		if (heartbeat != null && interval > 0 && (heartbeat.isEmpty() || heartbeat.equals("0"))) {
			different.put(HEARTBEAT, String.valueOf(interval));
			found.add(described(HEARTBEAT, heartbeat));
		}
		if (!different.isEmpty()) {
			findings.add(
					context.connector() + " does not advance the slot as the settings say: " + String.join(", ", found)
							+ ".",
					"Change it: " + context.command("PATCH", different), "lsn-flush-mode", "heartbeat.interval");
		}
	}

}
