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

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.cdcspring.engine.DebeziumConfiguration;
import io.github.cdcspring.listener.ListenerRegistry;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.ListenerSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.PublicationSettings;
import io.github.cdcspring.settings.RetrySettings;
import io.github.cdcspring.settings.SlotSettings;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Reads the settings of every engine. A further engine is bound over a copy of what
 * {@code cdc} itself says, so it inherits what it does not set.
 */
class EngineSettingsReader {

	private static final Logger logger = LoggerFactory.getLogger(EngineSettingsReader.class);

	private static final int IDENTIFIER_LENGTH = 63;

	/** Debezium puts slot and publication unquoted into SQL, so nothing else may pass. */
	private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0," + (IDENTIFIER_LENGTH - 1) + "}");

	private final Environment environment;

	private final Binder binder;

	private final ConnectionSettingsReader connections;

	private final boolean dataSource;

	EngineSettingsReader(Environment environment, ConnectionSettingsReader connections, boolean dataSource) {
		this.environment = environment;
		this.binder = Binder.get(environment);
		this.connections = connections;
		this.dataSource = dataSource;
	}

	EngineSettings readDefault() {
		return settings(ListenerRegistry.DEFAULT_ENGINE, "cdc", bind(new CdcEngineProperties(), "cdc"));
	}

	EngineSettings read(String name) {
		String prefix = "cdc.engines." + name;
		CdcEngineProperties properties = bind(bind(new CdcEngineProperties(), "cdc"), prefix);
		return settings(name, prefix, properties);
	}

	private CdcEngineProperties bind(CdcEngineProperties properties, String prefix) {
		return this.binder.bind(prefix, Bindable.ofInstance(properties)).orElse(properties);
	}

	private EngineSettings settings(String name, String prefix, CdcEngineProperties properties) {
		String slot = slotName(name, prefix, properties);
		String publication = properties.getPublication().getName();
		OffsetStoreType store = store(properties);
		return new EngineSettings(name, this.connections.read(prefix, properties), flushMode(prefix, properties),
				properties.getOffsetMismatchStrategy(),
				new SlotSettings(slot, properties.getSlot().getSurvivesFailover()),
				new PublicationSettings(
						(publication != null) ? identifier(prefix + ".publication.name", publication) : slot,
						properties.getPublication().isCreate()),
				snapshotMode(properties, store),
				notNegative(prefix + ".heartbeat.interval", properties.getHeartbeat().getInterval()),
				offset(name, prefix, properties, store), listener(prefix, properties), debezium(prefix, properties));
	}

	private String slotName(String engine, String prefix, CdcEngineProperties properties) {
		String name = properties.getSlot().getName();
		if (name != null) {
			return identifier(prefix + ".slot.name", name);
		}
		String application = this.environment.getProperty("spring.application.name", "application");
		String suffix = ListenerRegistry.DEFAULT_ENGINE.equals(engine) ? "" : "_" + engine;
		String derived = ("cdc_" + application + suffix).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
		return derived.substring(0, Math.min(derived.length(), IDENTIFIER_LENGTH));
	}

	private static String identifier(String property, String name) {
		if (!IDENTIFIER.matcher(name).matches()) {
			throw new InvalidCdcPropertyException(property,
					"is " + quoted(name)
							+ ", which is not a name that a replication slot or publication can safely have.",
					"Use at most " + IDENTIFIER_LENGTH + " lower case letters, digits and underscores.");
		}
		return name;
	}

	/**
	 * A value as an error message can bear it: in one line, not too long.
	 */
	private static String quoted(String value) {
		String printable = value.replaceAll("\\p{Cntrl}", "?");
		return (printable.length() > 80) ? "'" + printable.substring(0, 80) + "…'" : "'" + printable + "'";
	}

	@SuppressWarnings("deprecation")
	private static LsnFlushMode flushMode(String prefix, CdcEngineProperties properties) {
		LsnFlushMode mode = properties.getLsnFlushMode();
		Boolean flushSource = properties.getFlushLsnSource();
		if (flushSource != null) {
			logger.warn("'{}.flush-lsn-source' is deprecated: {}", prefix,
					(mode != null) ? "'lsn-flush-mode' is set and wins" : "use 'lsn-flush-mode'");
		}
		if (mode != null) {
			return mode;
		}
		return Boolean.FALSE.equals(flushSource) ? LsnFlushMode.MANUAL : LsnFlushMode.CONNECTOR;
	}

	private OffsetStoreType store(CdcEngineProperties properties) {
		OffsetStoreType store = properties.getOffset().getStore();
		if (store != null) {
			return store;
		}
		return this.dataSource ? OffsetStoreType.JDBC : OffsetStoreType.FILE;
	}

	private static SnapshotMode snapshotMode(CdcEngineProperties properties, OffsetStoreType store) {
		SnapshotMode mode = properties.getSnapshot().getMode();
		if (mode != null) {
			return mode;
		}
		return (store != OffsetStoreType.MEMORY) ? SnapshotMode.INITIAL : SnapshotMode.NO_DATA;
	}

	private static OffsetSettings offset(String engine, String prefix, CdcEngineProperties properties,
			OffsetStoreType store) {
		CdcEngineProperties.Offset offset = properties.getOffset();
		return new OffsetSettings(store, positive(prefix + ".offset.flush-interval", offset.getFlushInterval()),
				offset.getFile().getPath(), offset.getJdbc().getTable(), offset.getJdbc().isCreateTable());
	}

	private static ListenerSettings listener(String prefix, CdcEngineProperties properties) {
		CdcEngineProperties.Listener listener = properties.getListener();
		CdcEngineProperties.Retry retry = listener.getRetry();
		if (retry.getMaxAttempts() < 1) {
			throw new InvalidCdcPropertyException(prefix + ".listener.retry.max-attempts",
					"is " + retry.getMaxAttempts() + ", so no listener would ever be called.", "Use 1 or more.");
		}
		if (!(retry.getMultiplier() >= 1)) {
			throw new InvalidCdcPropertyException(prefix + ".listener.retry.multiplier",
					"is " + retry.getMultiplier() + ", so waits would become shorter.", "Use 1 or more.");
		}
		return new ListenerSettings(new RetrySettings(retry.getMaxAttempts(),
				positive(prefix + ".listener.retry.initial-interval", retry.getInitialInterval()),
				retry.getMultiplier(), positive(prefix + ".listener.retry.max-interval", retry.getMaxInterval())),
				positive(prefix + ".listener.shutdown-timeout", listener.getShutdownTimeout()));
	}

	private static Map<String, String> debezium(String prefix, CdcEngineProperties properties) {
		List<String> refused = new ArrayList<>();
		Map<String, String> debezium = new LinkedHashMap<>(properties.getDebezium());
		for (String key : debezium.keySet()) {
			String owner = DebeziumConfiguration.ownerOf(key);
			if (owner != null) {
				refused.add(quoted(key) + " (" + owner + ")");
			}
		}
		if (!refused.isEmpty()) {
			throw new InvalidCdcPropertyException(prefix + ".debezium",
					"has keys that the starter owns: " + String.join(", ", refused) + ".",
					"Remove them and use the starter's own setting, named in brackets.");
		}
		return debezium;
	}

	private static Duration positive(String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new InvalidCdcPropertyException(property, "is " + value + ".",
					"Use a duration above zero, such as 1s.");
		}
		return value;
	}

	private static Duration notNegative(String property, @Nullable Duration value) {
		if (value == null || value.isNegative()) {
			throw new InvalidCdcPropertyException(property, "is " + value + ".",
					"Use a duration such as 5s, or 0 for never.");
		}
		return value;
	}

}
