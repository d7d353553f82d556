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

package io.github.cdcspring.internal.debezium;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.relational.Tables;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.internal.support.SourceEndpoint;
import io.github.cdcspring.internal.support.SourceSockets;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * Maps the settings of an engine to Debezium's properties.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-connector-properties">Debezium:
 * PostgreSQL connector properties</a>
 */
final class DebeziumConfiguration {

	/**
	 * The prefix of the starter's own logical messages: heartbeats, which keep the slot
	 * moving, and the watermarks of a backfill.
	 */
	static final String HEARTBEAT_PREFIX = "cdc-heartbeat";

	/** The names that Debezium accepts. */
	private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.-]+");

	private static final String POLL_INTERVAL = "poll.interval.ms";

	/**
	 * Pause of the streaming thread after a read that brought no message. It adds hardly
	 * any latency: see {@link SourceSockets} and {@link EventQueue}.
	 */
	private static final Duration PAUSE = Duration.ofMillis(5);

	private DebeziumConfiguration() {
	}

	/**
	 * Create Debezium's properties for one run of an engine.
	 * @param settings the engine's settings
	 * @param endpoint the server to receive from
	 * @param sockets the sockets of Debezium's connections
	 * @param tables the tables to capture
	 * @param endpoints the engine's listeners
	 * @param runId the id of the run's context
	 * @param snapshotOverSlot whether a snapshot is taken over a slot that exists already
	 */
	static Properties of(EngineSettings settings, SourceEndpoint endpoint, SourceSockets sockets,
			Collection<TableId> tables, Collection<ListenerEndpoint> endpoints, String runId,
			boolean snapshotOverSlot) {
		Properties properties = new Properties();
		defaults(properties, settings);
		properties.putAll(settings.debezium());
		properties.setProperty("name", settings.name());
		// Also names the MBeans, so it must be unique among engines
		properties.setProperty("topic.prefix", settings.slot().name());
		properties.setProperty("plugin.name", "pgoutput");
		sockets.driverProperties(endpoint.details().driverProperties())
			.forEach((name, value) -> properties.setProperty("driver." + name, value));
		connection(properties, endpoint.details());
		ColumnConverter.debeziumProperties().forEach(properties::setProperty);
		polling(properties);
		properties.setProperty("driver.options",
				SessionSettings.options(endpoint.details().driverProperties().get("options")));
		properties.setProperty("slot.name", settings.slot().name());
		properties.setProperty("publication.name", settings.publication().name());
		properties.setProperty("publication.autocreate.mode", "disabled");
		properties.setProperty("snapshot.mode", snapshotOverSlot ? "custom" : snapshotMode(settings));
		properties.setProperty("snapshot.mode.custom.name", SlotSnapshotter.NAME);
		properties.setProperty("slot.failover", String.valueOf(settings.slot().survivesFailover().isFailoverSlot()));
		properties.setProperty("lsn.flush.mode", LowerCase.of(flushMode(settings)));
		properties.setProperty("offset.mismatch.strategy", LowerCase.of(settings.offsetMismatchStrategy()));
		properties.setProperty("offset.storage", DebeziumOffsetAdapter.class.getName());
		properties.setProperty(RunContext.PROPERTY, runId);
		properties.setProperty(ColumnConverter.NAME + "." + ColumnConverter.RUN, runId);
		properties.setProperty("tombstones.on.delete", "false");
		properties.merge("notification.enabled.channels", SnapshotNotificationChannel.NAME,
				(channels, ours) -> channels + "," + ours);
		failures(properties);
		heartbeat(properties, settings);
		captured(properties, tables, endpoints, settings.tracePrefix());
		properties.setProperty("provide.transaction.metadata",
				String.valueOf(endpoints.stream().anyMatch(ListenerEndpoint::wholeTransactions)));
		return properties;
	}

	/** Debezium knows nothing of the rows that are read alongside the stream. */
	private static String snapshotMode(EngineSettings settings) {
		SnapshotMode mode = settings.snapshotMode();
		return LowerCase.of((mode == SnapshotMode.BACKFILL) ? SnapshotMode.NO_DATA : mode);
	}

	/**
	 * Only the consumer of an active slot can advance it. If the application advances the
	 * slot, Debezium flushes the offset that the application released.
	 */
	private static LsnFlushMode flushMode(EngineSettings settings) {
		return settings.isSlotAdvancedByApplication() ? LsnFlushMode.CONNECTOR : settings.lsnFlushMode();
	}

	private static void defaults(Properties properties, EngineSettings settings) {
		properties.setProperty("queue.provider.type", EventQueue.NAME);
		properties.setProperty(EventQueue.MAX_BYTES, String.valueOf(settings.listener().dispatch().maxBytesInFlight()));
		properties.setProperty("max.batch.size", "2048");
		properties.setProperty("snapshot.query.mode", "custom");
		properties.setProperty("snapshot.query.mode.custom.name", OwnRowsQuery.NAME);
		// They cost time for each event, and no listener sees them
		properties.setProperty("extended.headers.enabled", "false");
		properties.setProperty("max.queue.size", "8192");
		properties.setProperty(EventMetricsDisabler.STATISTICS, "false");
	}

	/**
	 * If {@code poll.interval.ms} is set, Debezium's own polling is used.
	 */
	private static void polling(Properties properties) {
		properties.setProperty(EngineTask.DEBEZIUM_POLLS, String.valueOf(properties.containsKey(POLL_INTERVAL)));
		properties.putIfAbsent(POLL_INTERVAL, String.valueOf(PAUSE.toMillis()));
	}

	/**
	 * Whether Debezium polls its queue at the interval that the application has set.
	 */
	static boolean debeziumPolls(EngineSettings settings) {
		return settings.debezium().containsKey(POLL_INTERVAL);
	}

	/**
	 * Debezium accepts no IPv6 address as a host. The sockets lead to the address that
	 * was reached, whatever the host.
	 */
	private static void connection(Properties properties, EngineSettings.Connection connection) {
		properties.setProperty("database.hostname",
				HOST.matcher(connection.hosts()).matches() ? connection.hosts() : "localhost");
		properties.setProperty("database.port", String.valueOf(connection.port()));
		properties.setProperty("database.dbname", connection.database());
		if (connection.username() != null) {
			properties.setProperty("database.user", connection.username());
		}
		if (connection.password() != null) {
			properties.setProperty("database.password", connection.password());
		}
		connection.driverProperties().forEach((name, value) -> properties.setProperty("driver." + name, value));
	}

	/**
	 * Debezium does not retry: the engine restarts it, after checking slot and offset.
	 */
	private static void failures(Properties properties) {
		properties.setProperty("errors.max.retries", "0");
		properties.setProperty("slot.max.retries", "0");
		properties.setProperty("event.processing.failure.handling.mode", "fail");
		properties.setProperty("event.converting.failure.handling.mode", "fail");
	}

	/**
	 * The logical message needs neither a table nor a privilege. It gives the connector
	 * an event to acknowledge while only tables that are not captured are written to.
	 */
	private static void heartbeat(Properties properties, EngineSettings settings) {
		properties.setProperty("heartbeat.interval.ms", String.valueOf(settings.heartbeatInterval().toMillis()));
		if (settings.lsnFlushMode().advancesSlot() && !settings.heartbeatInterval().isZero()) {
			properties.setProperty("heartbeat.action.query",
					"SELECT pg_logical_emit_message(false, '" + HEARTBEAT_PREFIX + "', '')");
		}
	}

	private static void captured(Properties properties, Collection<TableId> tables,
			Collection<ListenerEndpoint> endpoints, @Nullable String tracePrefix) {
		if (tables.isEmpty()) {
			properties.setProperty("table.exclude.list", ".*");
		}
		else {
			properties.setProperty("table.include.list",
					tables.stream().map(DebeziumConfiguration::expression).collect(Collectors.joining(",")));
		}
		// Without listener, a backfill still has to know which rows it must not deliver
		properties.setProperty("skipped.operations", "none");
		properties.setProperty("message.prefix.include.list",
				Stream
					.concat(Stream.ofNullable(tracePrefix),
							endpoints.stream().flatMap((endpoint) -> endpoint.messages().stream()))
					.distinct()
					.map(DebeziumConfiguration::literal)
					.collect(Collectors.joining(",", literal(HEARTBEAT_PREFIX) + ",", "")));
	}

	/**
	 * Leave columns out of the rows that a snapshot reads, which the server would not
	 * send.
	 * @param columns the columns of each table
	 */
	static void leaveOut(Properties properties, Map<TableId, List<String>> columns) {
		List<String> expressions = new ArrayList<>();
		columns.forEach(
				(table, names) -> names.forEach((name) -> expressions.add(expression(table) + "\\." + literal(name))));
		String included = properties.getProperty("column.include.list");
		String excluded = properties.getProperty("column.exclude.list");
		if (included != null) {
			properties.setProperty(StreamedColumns.INCLUDED, included);
		}
		else if (excluded != null) {
			properties.setProperty(StreamedColumns.EXCLUDED, excluded);
		}
		if (expressions.isEmpty()) {
			return;
		}
		if (included != null) {
			String others = "(?!(?:" + String.join("|", expressions) + ")$)";
			properties.setProperty("column.include.list",
					Stream.of(included.split("(?<!\\\\),"))
						.map((expression) -> others + "(?:" + expression.strip() + ")")
						.collect(Collectors.joining(",")));
		}
		else {
			properties.setProperty("column.exclude.list",
					Stream.concat(Stream.ofNullable(excluded), expressions.stream()).collect(Collectors.joining(",")));
		}
	}

	/**
	 * Return the columns that Debezium does not leave out.
	 * @param properties Debezium's properties
	 */
	static BiPredicate<TableId, String> includedColumns(Properties properties) {
		Tables.ColumnNameFilter filter = new PostgresConnectorConfig(Configuration.from(properties)).getColumnFilter();
		return (table, column) -> filter.matches(null, table.schema(), table.name(), column);
	}

	/**
	 * A regular expression that matches exactly a table.
	 */
	static String expression(TableId table) {
		return literal(table.schema() + "." + table.name());
	}

	/**
	 * A regular expression that matches exactly a name. Debezium ignores case unless the
	 * expression itself forbids it. It contains no comma, which separates expressions in
	 * Debezium's list.
	 */
	private static String literal(String name) {
		StringBuilder expression = new StringBuilder("(?-i)");
		name.codePoints().forEach((c) -> {
			if (c == '_' || (c < 128 && Character.isLetterOrDigit(c))) {
				expression.appendCodePoint(c);
			}
			else {
				expression.append("\\x{").append(Integer.toHexString(c)).append('}');
			}
		});
		return expression.toString();
	}

}
