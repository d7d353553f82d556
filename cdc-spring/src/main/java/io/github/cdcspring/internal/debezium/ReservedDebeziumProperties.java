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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Debezium's properties that an application cannot set, and why.
 */
public final class ReservedDebeziumProperties {

	private static final String SET_HERE = "the starter sets it itself and works with no other value";

	private static final String ROWS = "rows reach listeners as typed values that Debezium must not change; leave a "
			+ "column out with 'column.exclude.list', or out of the listener's type";

	private static final String VALUES = "it has no effect, as the starter reads the values of every type itself";

	private static final String TOPICS = "there are no topics, and the starter tells records by these names";

	private static final String BACKFILL = "the starter reads existing rows alongside the stream itself: request the "
			+ "operation 'backfill'";

	private static final String RESTARTS = "it has no effect, as the starter restarts an engine itself";

	/**
	 * Allowed despite their reserved prefix, as no setting of the starter replaces them.
	 */
	private static final Set<String> ALLOWED = Set.of("database.initial.statements", "database.query.timeout.ms");

	private static final Map<String, String> KEYS = keys();

	private static final Map<String, String> PREFIXES = prefixes();

	private ReservedDebeziumProperties() {
	}

	/**
	 * Return why a Debezium property cannot be set.
	 * @param key the Debezium property
	 * @return what to use instead or what it would break, a clause without a full stop;
	 * {@code null} if the property can be set
	 */
	public static @Nullable String reason(String key) {
		if (ALLOWED.contains(key)) {
			return null;
		}
		String reason = KEYS.get(key);
		if (reason != null) {
			return reason;
		}
		return PREFIXES.entrySet()
			.stream()
			.filter((prefix) -> key.startsWith(prefix.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Whether a prefix of logical messages is the engine's own.
	 * @param prefix the prefix, {@code null} for none
	 * @return {@code true} if it is
	 */
	public static boolean isMessagePrefix(@Nullable String prefix) {
		return DebeziumConfiguration.HEARTBEAT_PREFIX.equals(prefix);
	}

	private static Map<String, String> keys() {
		Map<String, String> keys = new LinkedHashMap<>();
		all(keys, use("cdc.lsn-flush-mode"), "lsn.flush.mode", "flush.lsn.source");
		all(keys, use("cdc.offset-mismatch-strategy"), "offset.mismatch.strategy");
		all(keys, use("cdc.slot.name"), "slot.name");
		all(keys, use("cdc.slot.survives-failover"), "slot.failover");
		all(keys, use("cdc.publication.name"), "publication.name");
		all(keys, use("cdc.publication.create"), "publication.autocreate.mode", "publish.via.partition.root");
		all(keys, use("cdc.snapshot.mode"), "snapshot.mode", "snapshot.mode.custom.name");
		all(keys, use("cdc.heartbeat.interval"), "heartbeat.interval.ms", "heartbeat.action.query");
		all(keys, use("cdc.offset.flush-interval"), "offset.flush.interval.ms");
		all(keys, use("cdc.listener.max-in-flight-size"), "max.queue.size.in.bytes");
		all(keys, "the listeners say it: use @CdcListener(tables)", "table.include.list", "table.exclude.list",
				"schema.include.list", "schema.exclude.list");
		all(keys, "the listeners say it: use @CdcListener(messages)", "message.prefix.include.list",
				"message.prefix.exclude.list");
		all(keys, "the listeners say it: use @CdcListener(operations)", "skipped.operations");
		all(keys, VALUES, "hstore.handling.mode", "interval.handling.mode", "time.precision.mode",
				"money.fraction.digits");
		all(keys, BACKFILL, "read.only");
		all(keys, RESTARTS, "errors.max.retries", "errors.retry.delay.initial.ms", "errors.retry.delay.max.ms",
				"retriable.restart.connector.wait.ms", "slot.max.retries", "slot.retry.delay.ms");
		all(keys, "its threads read under different snapshots, so rows do not fit together", "snapshot.max.threads");
		all(keys, SET_HERE, "name", "connector.class", "plugin.name", "offset.commit.policy", "offset.storage",
				"tombstones.on.delete", "provide.transaction.metadata", "transforms", "predicates", "post.processors",
				"message.key.columns", "record.processing.order", "record.processing.with.serial.consumer",
				"sourceinfo.struct.maker", "transaction.metadata.factory", "event.processing.failure.handling.mode",
				"queue.provider.type", EventQueue.MAX_BYTES, RunContext.PROPERTY, EngineTask.DEBEZIUM_POLLS);
		ColumnConverter.debeziumProperties().keySet().forEach((key) -> keys.put(key, SET_HERE));
		return Map.copyOf(keys);
	}

	private static Map<String, String> prefixes() {
		Map<String, String> prefixes = new LinkedHashMap<>();
		prefixes.put("database.", use("cdc.connection.*"));
		prefixes.put("driver.", use("cdc.connection.driver-properties.*"));
		prefixes.put("snapshot.mode.configuration.based.", use("cdc.snapshot.mode"));
		prefixes.put("column.mask.", ROWS);
		prefixes.put("column.truncate.", ROWS);
		prefixes.put("signal.", BACKFILL);
		prefixes.put("incremental.snapshot.", BACKFILL);
		prefixes.put("topic.", TOPICS);
		prefixes.put("heartbeat.topics.prefix", TOPICS);
		prefixes.put("offset.storage.", SET_HERE);
		prefixes.put("transforms.", SET_HERE);
		prefixes.put("predicates.", SET_HERE);
		return prefixes;
	}

	private static String use(String setting) {
		return "use '" + setting + "'";
	}

	private static void all(Map<String, String> keys, String reason, String... names) {
		for (String name : names) {
			keys.put(name, reason);
		}
	}

}
