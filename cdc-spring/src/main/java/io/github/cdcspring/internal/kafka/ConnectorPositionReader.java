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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.ConnectOffset;
import io.github.cdcspring.internal.debezium.TransactionEndOffsets;
import io.github.cdcspring.internal.startup.ConnectOffsetComparison;
import io.github.cdcspring.internal.startup.ReplicationCommands;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.TimelineHistory;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the slot with the offset that Kafka Connect has stored.
 */
final class ConnectorPositionReader {

	private static final Logger logger = LoggerFactory.getLogger(ConnectorPositionReader.class);

	private final EngineSettings settings;

	private final ConnectorClient client;

	private final String prefix;

	private final SourceDatabase source;

	private final ReplicationCommands replication;

	private final ReplicationStateReader reader;

	private final ConnectOffsetComparison comparison = new ConnectOffsetComparison();

	private volatile @Nullable Ancestors ancestors;

	/** The highest LSN of an event in the topics, while the connector was not running. */
	private volatile @Nullable Lsn kafkaEnd;

	/**
	 * Create a reader.
	 * @param prefix the prefix of the connector's topics
	 */
	ConnectorPositionReader(EngineSettings settings, ConnectorClient client, String prefix) {
		this.settings = settings;
		this.client = client;
		this.prefix = prefix;
		this.source = new SourceDatabase(settings);
		this.replication = new ReplicationCommands(this.source::connectForReplication);
		this.reader = new ReplicationStateReader(Duration.ofSeconds(5), this.replication);
	}

	/**
	 * Read both. The slot is read first, because it follows the offset.
	 * @param needed whether the connector is to be started, so that both must be known
	 * @param kafkaEnd finds the highest LSN of an event in the topics
	 * @return both, {@code null} if they cannot be compared, or the server cannot be read
	 * @throws NotReadyException if Kafka Connect does not answer, or the server that is
	 * needed, or the server refuses to tell, or the connector has skipped something
	 */
	@Nullable ConnectorPosition read(boolean needed, Supplier<@Nullable Lsn> kafkaEnd) {
		return read(needed, () -> this.client.offset(this.prefix), kafkaEnd);
	}

	/**
	 * Read both after the connector was created.
	 * @throws NotReadyException if Kafka Connect, or the server, does not answer
	 */
	@Nullable ConnectorPosition readCreated(Supplier<@Nullable Lsn> kafkaEnd) {
		return read(true, () -> this.client.keptOffset(this.prefix), kafkaEnd);
	}

	private @Nullable ConnectorPosition read(boolean needed, Supplier<@Nullable Map<String, Object>> stored,
			Supplier<@Nullable Lsn> kafkaEnd) {
		try (Connection connection = this.source.connect()) {
			ReplicationState found = this.reader.read(connection, this.settings.slot().name());
			Map<String, Object> values = stored.get();
			ConnectOffset offset = new ConnectOffset((values != null) ? values : Map.of());
			StoredOffset position = offset.stored();
			if (values != null && position == null && TransactionEndOffsets.isUsable(values)) {
				return null;
			}
			found = found.withOffset(position);
			TimelineHistory history = history(found.server());
			SlotOffsetComparison comparison = this.comparison.compare(connection, found, history);
			if (comparison.verdict() == Verdict.HISTORY_MISMATCH) {
				// The server may have written what the offset is the end of since it was
				// read
				ServerState server = this.reader.read(connection, this.settings.slot().name()).server();
				found = new ReplicationState(server, found.slot(), found.offset());
				comparison = this.comparison.compare(connection, found, history);
			}
			if (comparison.verdict() == Verdict.HISTORY_MISMATCH) {
				this.comparison.recordOtherHistory(found);
			}
			return new ConnectorPosition(found, comparison,
					(comparison.verdict() == Verdict.SLOT_AHEAD) ? kafkaEnd(found, kafkaEnd) : null, offset.gap());
		}
		catch (SQLException ex) {
			String problem = problem(ex);
			if (needed || SqlState.is(ex, SqlState.INSUFFICIENT_PRIVILEGE) || hasSkipped(stored.get())) {
				throw new NotReadyException(problem);
			}
			logger.warn("Engine '{}': {}", this.settings.name(), problem);
			return null;
		}
	}

	/** It does not change, and each look at it opens a connection. */
	private TimelineHistory history(ServerState server) {
		return (timeline) -> {
			Ancestors known = this.ancestors;
			if (known == null || !known.isOf(server) || known.timeline != timeline) {
				known = new Ancestors(server.systemIdentifier(), timeline, server.startedAt(),
						this.replication.endsBefore(timeline));
				this.ancestors = known;
			}
			return known.ends;
		};
	}

	/**
	 * Read the slot.
	 * @return the slot, {@code null} if the server has none
	 * @throws NotReadyException if the server cannot be read
	 */
	@Nullable SlotState slot() {
		try (Connection connection = this.source.connect()) {
			return this.reader.read(connection, this.settings.slot().name()).slot();
		}
		catch (SQLException ex) {
			throw new NotReadyException(problem(ex));
		}
	}

	/** What is noted with the offset needs no server. */
	private boolean hasSkipped(@Nullable Map<String, Object> stored) {
		Gap gap = (stored != null) ? new ConnectOffset(stored).gap() : null;
		return gap != null && !gap.equals(this.settings.safety().acceptGap());
	}

	private String problem(SQLException ex) {
		if (SqlState.is(ex, SqlState.INSUFFICIENT_PRIVILEGE)) {
			return "The role of " + this.settings.connection() + " must not read slot '" + this.settings.slot().name()
					+ "' or the history of the server's timelines (SQL state 42501), so it is not known whether the "
					+ "connector continues without a loss. Run ALTER ROLE … WITH REPLICATION; as a superuser.";
		}
		return "Slot '" + this.settings.slot().name() + "' cannot be read on " + this.settings.connection()
				+ " (SQL state " + ex.getSQLState() + "), so it is not known whether the connector continues without "
				+ "a loss. Check " + this.settings.property("connection.*") + ".";
	}

	/**
	 * Events that the topics had remain behind the slot that was compared with them. A
	 * connector that is running may already send what follows a gap, so the topics prove
	 * nothing then.
	 */
	private @Nullable Lsn kafkaEnd(ReplicationState found, Supplier<@Nullable Lsn> kafkaEnd) {
		Lsn known = this.kafkaEnd;
		Lsn slot = found.slotLsn();
		if (known == null || slot == null || slot.isAfter(known)) {
			known = kafkaEnd.get();
			ConnectorStatus status = this.client.status();
			if (status != null && status.mayRun()) {
				return null;
			}
			this.kafkaEnd = known;
		}
		return known;
	}

	/**
	 * Where the ancestors of a timeline end, as a server has told since it was started.
	 */
	private record Ancestors(String systemIdentifier, int timeline, Instant startedAt, Map<Integer, Lsn> ends) {

		boolean isOf(ServerState server) {
			return this.systemIdentifier.equals(server.systemIdentifier()) && this.startedAt.equals(server.startedAt());
		}

	}

}
