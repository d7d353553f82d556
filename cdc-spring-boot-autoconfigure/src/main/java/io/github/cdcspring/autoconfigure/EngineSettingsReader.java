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

package io.github.cdcspring.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

import io.github.cdcspring.internal.debezium.ReservedDebeziumProperties;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Reads the settings of each engine from {@link CdcProperties}, and rejects values that
 * cannot work.
 */
class EngineSettingsReader {

	private static final Logger logger = LoggerFactory.getLogger(EngineSettingsReader.class);

	private static final Pattern ENGINE_NAME = Pattern.compile("[a-z][a-z0-9-]*");

	private final Environment environment;

	private final CdcProperties properties;

	private final ConnectionSettingsReader connections;

	private final OffsetStores stores;

	EngineSettingsReader(Environment environment, CdcProperties properties, ConnectionSettingsReader connections,
			OffsetStores stores) {
		this.environment = environment;
		this.properties = properties;
		this.connections = connections;
		this.stores = stores;
	}

	/**
	 * Return the names of the further engines. They become part of property names, slots,
	 * tables and files.
	 */
	Set<String> furtherEngines() {
		Set<String> names = this.properties.getEngines().keySet();
		for (String name : names) {
			if (ListenerRegistry.DEFAULT_ENGINE.equals(name)) {
				throw new InvalidCdcPropertyException("cdc.engines.default",
						"has the name of the engine that 'cdc' itself configures.",
						"Set its properties under 'cdc', or choose another name.");
			}
			if (!ENGINE_NAME.matcher(name).matches()) {
				throw new InvalidCdcPropertyException("cdc.engines",
						"has an engine named " + LogSafe.quoted(name) + ", which is not a valid name.",
						"Use lower case letters, digits and dashes, with a letter first.");
			}
		}
		return names;
	}

	EngineSettings readDefault() {
		return read(ListenerRegistry.DEFAULT_ENGINE);
	}

	EngineSettings read(String engine) {
		CdcEngineProperties own = ListenerRegistry.DEFAULT_ENGINE.equals(engine) ? this.properties
				: this.properties.getEngines().get(engine);
		if (own == null) {
			throw new IllegalArgumentException("There is no engine '" + engine + "'");
		}
		return read(
				new EngineProperties(engine, own, this.properties, new EnginePropertyNames(this.environment, engine)));
	}

	private static EngineSettings.Backfill backfill(EngineProperties properties) {
		CdcEngineProperties.Backfill backfill = properties.own().getBackfill();
		Integer rate = backfill.getMaxRowsPerSecond();
		return new EngineSettings.Backfill(
				SettingChecks.atLeastOne(properties, "backfill.chunk-size", backfill.getChunkSize()),
				backfill.isNewTables(),
				(rate != null) ? SettingChecks.atLeastOne(properties, "backfill.max-rows-per-second", rate) : null,
				SettingChecks.atLeastOne(properties, "backfill.concurrency", backfill.getConcurrency()));
	}

	private EngineSettings read(EngineProperties properties) {
		CdcEngineProperties own = properties.own();
		String slot = ReplicationNames.slot(properties, this.environment.getProperty("spring.application.name"));
		OffsetStoreType store = this.stores.typeOf(own.getOffset().getStore());
		return EngineSettings
			.builder(properties.engine(), this.connections.read(properties), slot(slot, properties),
					new EngineSettings.Publication(ReplicationNames.publication(properties, slot),
							own.getPublication().isCreate()),
					offset(properties, store),
					ListenerSettingsReader.read(properties, Threading.VIRTUAL.isActive(this.environment)))
			.connections(() -> this.connections.read(properties))
			.lsnFlushMode(flushMode(properties))
			.offsetMismatchStrategy(own.getOffsetMismatchStrategy())
			.snapshotMode(snapshotMode(own, store))
			.backfill(backfill(properties))
			.heartbeatInterval(
					SettingChecks.notNegative(properties, "heartbeat.interval", own.getHeartbeat().getInterval()))
			.safety(SafetySettingsReader.read(properties))
			.health(health(properties))
			.visibleTransactions(own.getListener().isVisibleTransactions())
			.tracePrefix(tracePrefix(properties))
			.debezium(DebeziumSettingsReader.read(properties))
			.kafka(KafkaSettingsReader.read(properties, this.environment, slot))
			.build();
	}

	@SuppressWarnings("deprecation")
	private static LsnFlushMode flushMode(EngineProperties properties) {
		LsnFlushMode mode = properties.own().getLsnFlushMode();
		Boolean flushSource = properties.own().getFlushLsnSource();
		if (flushSource != null) {
			logger.warn("'{}' is deprecated: {}", properties.name("flush-lsn-source"),
					(mode != null)
							? "'" + properties.name("lsn-flush-mode") + "' is set and takes precedence. Remove it."
							: "use '" + properties.names().prefix() + ".lsn-flush-mode="
									+ (flushSource ? "connector" : "manual") + "' instead.");
		}
		if (mode != null) {
			return mode;
		}
		return Boolean.FALSE.equals(flushSource) ? LsnFlushMode.MANUAL : LsnFlushMode.CONNECTOR;
	}

	private static EngineSettings.Slot slot(String name, EngineProperties properties) {
		CdcEngineProperties.Slot slot = properties.own().getSlot();
		if (!slot.getPatroniUrl().stream().allMatch(EngineSettingsReader::isHttpUrl)) {
			throw new InvalidCdcPropertyException(properties.name("slot.patroni-url"),
					"is not a URL of Patroni's REST API: it must have the form http://host:port, without a user.",
					"Fix it, as in http://localhost:8008.");
		}
		return new EngineSettings.Slot(name, slot.getSurvivesFailover(), slot.getPatroniUrl(), slot.getAdvancedBy());
	}

	/** A blank element of a list is bound as {@code null}. */
	static boolean isHttpUrl(@Nullable URI url) {
		return url != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
				&& url.getHost() != null && url.getUserInfo() == null;
	}

	private static SnapshotMode snapshotMode(CdcEngineProperties properties, OffsetStoreType store) {
		SnapshotMode mode = properties.getSnapshot().getMode();
		if (mode != null) {
			return mode;
		}
		return store.isDurable() ? SnapshotMode.INITIAL : SnapshotMode.NO_DATA;
	}

	private static EngineSettings.Offset offset(EngineProperties properties, OffsetStoreType store) {
		CdcOffsetProperties offset = properties.own().getOffset();
		return new EngineSettings.Offset(store,
				SettingChecks.positive(properties, "offset.flush-interval", offset.getFlushInterval()),
				offset.getFile().getPath(), offset.getJdbc().getTable(), offset.getJdbc().isCreateTable());
	}

	private static EngineSettings.Health health(EngineProperties properties) {
		CdcEngineProperties.Health health = properties.own().getHealth();
		Duration minTimeToSlotLoss = health.getMinTimeToSlotLoss();
		return new EngineSettings.Health(bytes(health.getMaxLag()), bytes(health.getMaxRetainedWal()),
				(minTimeToSlotLoss != null)
						? SettingChecks.positive(properties, "health.min-time-to-slot-loss", minTimeToSlotLoss) : null,
				SettingChecks.positive(properties, "health.stream-timeout", health.getStreamTimeout()));
	}

	private static @Nullable Long bytes(@Nullable DataSize size) {
		return (size != null) ? size.toBytes() : null;
	}

	private static @Nullable String tracePrefix(EngineProperties properties) {
		String prefix = properties.own().getTracing().getMessagePrefix();
		if (ReservedDebeziumProperties.isMessagePrefix(prefix)) {
			throw new InvalidCdcPropertyException(properties.name("tracing.message-prefix"),
					"is '" + prefix + "', which the starter uses for its own messages.", "Choose another prefix.");
		}
		return StringUtils.hasText(prefix) ? prefix : null;
	}

}
