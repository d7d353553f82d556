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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import io.github.cdcspring.Gap;
import io.github.cdcspring.internal.debezium.DebeziumConfiguration;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.startup.check.SafetyRules;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Reads the settings of every engine. A further engine is bound over a copy of what
 * {@code cdc} itself says, so it inherits what it does not set.
 */
class EngineSettingsReader {

	private static final Logger logger = LoggerFactory.getLogger(EngineSettingsReader.class);

	private static final int IDENTIFIER_LENGTH = 63;

	private static final Pattern ENGINE = Pattern.compile("[a-z][a-z0-9-]*");

	/** What a name loses when it becomes an identifier, beside what is usual in names. */
	private static final Pattern ODD = Pattern.compile("[^a-z0-9_. -]");

	/** Debezium puts slot and publication unquoted into SQL, so nothing else may pass. */
	private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0," + (IDENTIFIER_LENGTH - 1) + "}");

	private final Environment environment;

	private final Binder binder;

	private final ConnectionSettingsReader connections;

	private final boolean dataSource;

	private final OffsetStores stores;

	EngineSettingsReader(Environment environment, ConnectionSettingsReader connections, boolean dataSource,
			OffsetStores stores) {
		this.environment = environment;
		this.binder = Binder.get(environment);
		this.connections = connections;
		this.dataSource = dataSource;
		this.stores = stores;
	}

	/**
	 * The engines that are declared beside the default one. Their names become part of
	 * settings, slots, tables and files.
	 */
	static Set<String> checkedNames(Set<String> names) {
		for (String name : names) {
			if (ListenerRegistry.DEFAULT_ENGINE.equals(name)) {
				throw new InvalidCdcPropertyException("cdc.engines.default",
						"describes the engine that 'cdc' itself describes.",
						"Set it under 'cdc', or name it otherwise.");
			}
			if (!ENGINE.matcher(name).matches()) {
				throw new InvalidCdcPropertyException("cdc.engines",
						"has an engine named " + quoted(name) + ", which cannot be its name.",
						"Use lower case letters, digits and dashes, with a letter first.");
			}
		}
		return names;
	}

	EngineSettings readDefault() {
		return read(ListenerRegistry.DEFAULT_ENGINE);
	}

	EngineSettings read(String name) {
		EnginePropertyNames keys = new EnginePropertyNames(this.environment, name);
		CdcEngineProperties properties = bind(new CdcEngineProperties(), "cdc");
		return settings(name, keys, keys.inherits() ? bind(properties, keys.prefix()) : properties);
	}

	private CdcEngineProperties bind(CdcEngineProperties properties, String prefix) {
		return this.binder.bind(prefix, Bindable.ofInstance(properties)).orElse(properties);
	}

	private EngineSettings settings(String name, EnginePropertyNames keys, CdcEngineProperties properties) {
		String slot = slotName(name, keys, properties);
		OffsetStoreType store = store(properties);
		return new EngineSettings(name, this.connections.read(keys, properties), flushMode(keys, properties),
				properties.getOffsetMismatchStrategy(), slot(slot, keys, properties),
				new EngineSettings.Publication(publicationName(keys, properties, slot),
						properties.getPublication().isCreate()),
				snapshotMode(properties, store),
				notNegative(keys.of("heartbeat.interval"), properties.getHeartbeat().getInterval()),
				offset(properties, keys, store), listener(keys, properties), safety(keys, properties),
				health(keys, properties), tracePrefix(keys, properties), debezium(keys, properties));
	}

	private static EngineSettings.Slot slot(String name, EnginePropertyNames keys, CdcEngineProperties properties) {
		CdcEngineProperties.Slot slot = properties.getSlot();
		URI url = slot.getPatroniUrl();
		if (url != null && (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
				|| url.getHost() == null || url.getUserInfo() != null)) {
			throw new InvalidCdcPropertyException(keys.of("slot.patroni-url"),
					"does not lead to Patroni's REST API: it must read http://host:port, without a user.",
					"Mend it, as in http://localhost:8008.");
		}
		return new EngineSettings.Slot(name, slot.getSurvivesFailover(), url, slot.getAdvancedBy());
	}

	private static EngineSettings.Safety safety(EnginePropertyNames keys, CdcEngineProperties properties) {
		Set<String> acceptable = SafetyRules.acceptable().keySet();
		List<String> accepted = properties.getSafety().getAccept();
		for (int i = 0; i < accepted.size(); i++) {
			String id = accepted.get(i);
			if (!acceptable.contains(id)) {
				throw new InvalidCdcPropertyException(keys.ofElement("safety.accept", i),
						SafetyRules.ids().contains(id)
								? "has " + quoted(id) + ", which cannot be accepted: the engine could not do its work."
								: "has " + quoted(id) + ", which is not the id of a rule.",
						"Use ids among " + String.join(", ", acceptable) + ".");
			}
		}
		return new EngineSettings.Safety(new LinkedHashSet<>(accepted), acceptedGap(keys, properties));
	}

	private static @Nullable Gap acceptedGap(EnginePropertyNames keys, CdcEngineProperties properties) {
		String gap = properties.getSafety().getAcceptGap();
		try {
			return (gap != null) ? Gap.parse(gap) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException(keys.of("safety.accept-gap"),
					"is " + quoted(String.valueOf(gap)) + ", which is no pair of LSNs.",
					"Use the pair that the refusal named, which looks like 0/16B3748-0/16B4A10.");
		}
	}

	/**
	 * Slots belong to the whole server, so a further engine does not inherit the name.
	 */
	private String slotName(String engine, EnginePropertyNames keys, CdcEngineProperties properties) {
		String name = properties.getSlot().getName();
		if (name != null) {
			identifier(keys.of("slot.name"), name);
			return (!keys.inherits() || keys.isOwn("slot.name")) ? name : derived(name + "_" + engine);
		}
		String application = this.environment.getProperty("spring.application.name");
		return derived("cdc_" + (StringUtils.hasText(application) ? application : "application")
				+ (keys.inherits() ? "_" + engine : ""));
	}

	/**
	 * A name that is safe. Where it says less than the text it is made from, a checksum
	 * keeps it apart from others.
	 */
	private static String derived(String text) {
		String lower = text.toLowerCase(Locale.ROOT);
		String name = lower.replaceAll("[^a-z0-9_]", "_");
		if (name.length() <= IDENTIFIER_LENGTH && !ODD.matcher(lower).find()) {
			return name;
		}
		CRC32 checksum = new CRC32();
		checksum.update(text.getBytes(StandardCharsets.UTF_8));
		return "%s_%08x".formatted(name.substring(0, Math.min(name.length(), IDENTIFIER_LENGTH - 9)),
				checksum.getValue());
	}

	/**
	 * A publication that the starter keeps belongs to one engine; one that the operator
	 * keeps may serve several.
	 */
	private static String publicationName(EnginePropertyNames keys, CdcEngineProperties properties, String slot) {
		String name = properties.getPublication().getName();
		if (name == null) {
			return slot;
		}
		identifier(keys.of("publication.name"), name);
		boolean shared = !properties.getPublication().isCreate();
		return (!keys.inherits() || keys.isOwn("publication.name") || shared) ? name : slot;
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

	static String quoted(String value) {
		return "'" + LogSafe.of(value) + "'";
	}

	@SuppressWarnings("deprecation")
	private static LsnFlushMode flushMode(EnginePropertyNames keys, CdcEngineProperties properties) {
		LsnFlushMode mode = properties.getLsnFlushMode();
		Boolean flushSource = properties.getFlushLsnSource();
		if (flushSource != null) {
			logger.warn("'{}' is deprecated: {}", keys.of("flush-lsn-source"), (mode != null)
					? "'" + keys.of("lsn-flush-mode") + "' is set and wins"
					: "use '" + keys.prefix() + ".lsn-flush-mode=" + (flushSource ? "connector" : "manual") + "'");
		}
		if (mode != null) {
			return mode;
		}
		return Boolean.FALSE.equals(flushSource) ? LsnFlushMode.MANUAL : LsnFlushMode.CONNECTOR;
	}

	private OffsetStoreType store(CdcEngineProperties properties) {
		OffsetStoreType store = properties.getOffset().getStore();
		if (store == null) {
			store = this.dataSource ? OffsetStoreType.JDBC : OffsetStoreType.FILE;
		}
		return this.stores.typeOf(store);
	}

	private static SnapshotMode snapshotMode(CdcEngineProperties properties, OffsetStoreType store) {
		SnapshotMode mode = properties.getSnapshot().getMode();
		if (mode != null) {
			return mode;
		}
		return (store != OffsetStoreType.MEMORY) ? SnapshotMode.INITIAL : SnapshotMode.NO_DATA;
	}

	private static EngineSettings.Offset offset(CdcEngineProperties properties, EnginePropertyNames keys,
			OffsetStoreType store) {
		CdcEngineProperties.Offset offset = properties.getOffset();
		return new EngineSettings.Offset(store, positive(keys.of("offset.flush-interval"), offset.getFlushInterval()),
				offset.getFile().getPath(), offset.getJdbc().getTable(), offset.getJdbc().isCreateTable());
	}

	private EngineSettings.Listener listener(EnginePropertyNames keys, CdcEngineProperties properties) {
		CdcEngineProperties.Listener listener = properties.getListener();
		CdcEngineProperties.Retry retry = listener.getRetry();
		if (retry.getMaxAttempts() < 1) {
			throw new InvalidCdcPropertyException(keys.of("listener.retry.max-attempts"),
					"is " + retry.getMaxAttempts() + ", so no listener would ever be called.", "Use 1 or more.");
		}
		if (!(retry.getMultiplier() >= 1)) {
			throw new InvalidCdcPropertyException(keys.of("listener.retry.multiplier"),
					"is " + retry.getMultiplier() + ", so waits would become shorter.", "Use 1 or more.");
		}
		return new EngineSettings.Listener(
				new EngineSettings.Retry(retry.getMaxAttempts(),
						positive(keys.of("listener.retry.initial-interval"), retry.getInitialInterval()),
						retry.getMultiplier(), positive(keys.of("listener.retry.max-interval"), retry.getMaxInterval()),
						new LinkedHashSet<>(retry.getNotFor())),
				positive(keys.of("listener.shutdown-timeout"), listener.getShutdownTimeout()),
				new EngineSettings.Timeout(positive(keys.of("listener.timeout"), listener.getTimeout()),
						listener.isInterruptOnTimeout()),
				lanes(keys, listener),
				new EngineSettings.FailureHandling(listener.getOnFailure(), listener.isTransactional(),
						listener.getParkedTable(), listener.getProcessedTable(), listener.isCreateTables()));
	}

	private EngineSettings.Dispatch lanes(EnginePropertyNames keys, CdcEngineProperties.Listener listener) {
		atLeastOne(keys.of("listener.concurrency"), listener.getConcurrency());
		atLeastOne(keys.of("listener.max-in-flight"), listener.getMaxInFlight());
		atLeastOne(keys.of("listener.max-in-flight-size"), listener.getMaxInFlightSize().toBytes());
		atLeastOne(keys.of("listener.max-transaction-size"), listener.getMaxTransactionSize().toBytes());
		return new EngineSettings.Dispatch(listener.getConcurrency(), listener.getMaxInFlight(),
				listener.getMaxInFlightSize().toBytes(), listener.getMaxTransactionSize().toBytes(),
				Threading.VIRTUAL.isActive(this.environment));
	}

	private static void atLeastOne(String property, long value) {
		if (value < 1) {
			throw new InvalidCdcPropertyException(property, "is " + value + ", so nothing could be delivered.",
					"Use 1 or more.");
		}
	}

	private static EngineSettings.Health health(EnginePropertyNames keys, CdcEngineProperties properties) {
		CdcEngineProperties.Health health = properties.getHealth();
		return new EngineSettings.Health(bytes(health.getMaxLag()), bytes(health.getMaxRetainedWal()),
				(health.getMinTimeToSlotLoss() != null)
						? positive(keys.of("health.min-time-to-slot-loss"), health.getMinTimeToSlotLoss()) : null);
	}

	private static @Nullable Long bytes(@Nullable DataSize size) {
		return (size != null) ? size.toBytes() : null;
	}

	private static @Nullable String tracePrefix(EnginePropertyNames keys, CdcEngineProperties properties) {
		String prefix = properties.getTracing().getMessagePrefix();
		if (DebeziumConfiguration.HEARTBEAT_PREFIX.equals(prefix)) {
			throw new InvalidCdcPropertyException(keys.of("tracing.message-prefix"),
					"is '" + prefix + "', which is that of the starter's own messages.", "Use another one.");
		}
		return StringUtils.hasText(prefix) ? prefix : null;
	}

	private static Map<String, String> debezium(EnginePropertyNames keys, CdcEngineProperties properties) {
		Map<String, String> debezium = new LinkedHashMap<>(properties.getDebezium());
		Map<String, String> refused = new LinkedHashMap<>();
		for (String key : debezium.keySet()) {
			String owner = DebeziumConfiguration.ownerOf(key);
			if (owner != null) {
				refused.put(key, owner);
			}
		}
		if (refused.size() == 1) {
			refused.forEach((key, owner) -> {
				throw new InvalidCdcPropertyException(keys.of("debezium." + LogSafe.of(key)),
						"is not passed through to Debezium: " + owner + ".", "Remove it.");
			});
		}
		if (!refused.isEmpty()) {
			throw new InvalidCdcPropertyException(keys.prefix() + ".debezium",
					"has properties that are not passed through to Debezium: " + refused.entrySet()
						.stream()
						.map((entry) -> quoted(entry.getKey()) + " (" + entry.getValue() + ")")
						.collect(Collectors.joining(", ")) + ".",
					"Remove them.");
		}
		return debezium;
	}

	private static Duration positive(String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new InvalidCdcPropertyException(property, "is " + DurationStyle.SIMPLE.print(value) + ".",
					"Use a duration above zero, such as 1s.");
		}
		return value;
	}

	private static Duration notNegative(String property, Duration value) {
		if (value.isNegative()) {
			throw new InvalidCdcPropertyException(property, "is " + DurationStyle.SIMPLE.print(value) + ".",
					"Use a duration such as 5s, or 0 for never.");
		}
		return value;
	}

}
