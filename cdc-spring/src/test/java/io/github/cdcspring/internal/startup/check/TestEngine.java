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

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.Gap;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.OnFailure;
import io.github.cdcspring.settings.SlotAdvancer;
import io.github.cdcspring.settings.SnapshotMode;
import io.github.cdcspring.settings.SurvivesFailover;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an engine that break no rule, with some of them changed.
 */
public final class TestEngine {

	String name = EngineSettings.DEFAULT_ENGINE;

	EngineSettings.Connection connection = new EngineSettings.Connection("db", 5432, "shop", "me", "s3cr3t", Map.of());

	LsnFlushMode flushMode = LsnFlushMode.CONNECTOR;

	OffsetMismatchStrategy strategy = OffsetMismatchStrategy.NO_VALIDATION;

	String slot = "cdc_shop";

	SurvivesFailover survivesFailover = SurvivesFailover.NO;

	@Nullable URI patroniUrl;

	List<URI> patroniUrls = List.of();

	@Nullable SlotAdvancer advancedBy;

	String publication = "cdc_shop";

	boolean createPublication = true;

	SnapshotMode snapshotMode = SnapshotMode.NO_DATA;

	Duration heartbeat = Duration.ofSeconds(5);

	OffsetStoreType store = OffsetStoreType.JDBC;

	Path file = Path.of("/var/lib/shop/cdc-offset");

	Set<String> accept = Set.of();

	EngineSettings.@Nullable RecoveredOffset recover;

	private @Nullable Gap acceptGap;

	Map<String, String> debezium = new LinkedHashMap<>();

	public TestEngine on(TestDatabase database) {
		return on(database, database.user(), database.password());
	}

	TestEngine on(TestDatabase database, String user, String password) {
		this.connection = new EngineSettings.Connection(database.host(), database.port(), database.name(), user,
				password, Map.of());
		return this;
	}

	/**
	 * Reach the server at other hosts.
	 * @param hosts the hosts in their order, all but the last one with their ports
	 */
	public TestEngine reachedAt(String hosts, Map<String, String> driverProperties) {
		EngineSettings.Connection known = this.connection;
		this.connection = new EngineSettings.Connection(hosts, known.port(), known.database(), known.username(),
				known.password(), driverProperties);
		return this;
	}

	TestEngine flushMode(LsnFlushMode flushMode) {
		this.flushMode = flushMode;
		return this;
	}

	TestEngine strategy(OffsetMismatchStrategy strategy) {
		this.strategy = strategy;
		return this;
	}

	TestEngine survives(SurvivesFailover survivesFailover) {
		this.survivesFailover = survivesFailover;
		return this;
	}

	public TestEngine slot(String slot) {
		this.slot = slot;
		return this;
	}

	public TestEngine publication(String publication) {
		this.publication = publication;
		return this;
	}

	TestEngine withPublicationOfTheOperator() {
		this.createPublication = false;
		return this;
	}

	public TestEngine snapshotMode(SnapshotMode snapshotMode) {
		this.snapshotMode = snapshotMode;
		return this;
	}

	public TestEngine store(OffsetStoreType store) {
		this.store = store;
		return this;
	}

	TestEngine withoutHeartbeat() {
		this.heartbeat = Duration.ZERO;
		return this;
	}

	TestEngine dropsSlot() {
		this.debezium.put("slot.drop.on.stop", "true");
		return this;
	}

	TestEngine accepting(String... ids) {
		this.accept = Set.of(ids);
		return this;
	}

	public TestEngine recovering(String offset) {
		this.recover = EngineSettings.RecoveredOffset.parse(offset);
		return this;
	}

	TestEngine acceptingGap(Gap gap) {
		this.acceptGap = gap;
		return this;
	}

	TestEngine named(String name) {
		this.name = name;
		return this;
	}

	public EngineSettings settings() {
		return EngineSettings
			.builder(this.name, this.connection,
					new EngineSettings.Slot(this.slot, this.survivesFailover,
							(this.patroniUrl != null) ? List.of(this.patroniUrl) : this.patroniUrls, this.advancedBy),
					new EngineSettings.Publication(this.publication, this.createPublication),
					new EngineSettings.Offset(this.store, Duration.ofSeconds(1), this.file, "cdc_offset", true),
					new EngineSettings.Listener(
							new EngineSettings.Retry(3, Duration.ofMillis(200), 5, Duration.ofSeconds(30), Set.of()),
							Duration.ofSeconds(30), new EngineSettings.Timeout(Duration.ofMinutes(1), false),
							new EngineSettings.Dispatch(1, 10_000, 32 << 20, 64 << 20, false),
							new EngineSettings.FailureHandling(OnFailure.STOP, false, "cdc_parked_event",
									"cdc_processed", true),
							EngineSettings.Restart.DEFAULT))
			.lsnFlushMode(this.flushMode)
			.offsetMismatchStrategy(this.strategy)
			.snapshotMode(this.snapshotMode)
			.heartbeatInterval(this.heartbeat)
			.safety(new EngineSettings.Safety(this.accept, this.acceptGap, Set.of(), this.recover))
			.debezium(this.debezium)
			.build();
	}

}
