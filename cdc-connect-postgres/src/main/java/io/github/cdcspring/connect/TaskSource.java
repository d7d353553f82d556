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

package io.github.cdcspring.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.jdbc.JdbcConfiguration;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.ConnectOffset;
import io.github.cdcspring.internal.debezium.ReceivedHistory;
import io.github.cdcspring.internal.debezium.TransactionEndOffsets;
import io.github.cdcspring.internal.startup.ConnectOffsetComparison;
import io.github.cdcspring.internal.startup.DecodingState;
import io.github.cdcspring.internal.startup.HistoryMismatch;
import io.github.cdcspring.internal.startup.ReplicationCommands;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.TimelineStart;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.offset.StoredOffset;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server and the slot from which a task receives, as its start found them.
 */
final class TaskSource implements TransactionEndOffsets.Stream {

	private static final Logger logger = LoggerFactory.getLogger(TaskSource.class);

	/**
	 * The offsets that were refused, by the prefix of the topics. A server that does not
	 * have an offset may have written past it at the next start. A task that was refused
	 * sends nothing, so Kafka Connect stores nothing of it either.
	 */
	static final Map<String, ConnectOffsetComparison> REFUSED = new ConcurrentHashMap<>();

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final PostgresConnectorConfig connector;

	private final Configuration configuration;

	private final ReplicationCommands replication;

	private final ReplicationStateReader reader;

	private final ReplicationState found;

	private final DecodingState decodingState;

	private final @Nullable ReceivedHistory history;

	private boolean confirmed;

	/**
	 * Read both. Changes nothing.
	 * @throws RetriableException if the server cannot be read
	 */
	TaskSource(PostgresConnectorConfig connector, Configuration configuration) {
		this.connector = connector;
		this.configuration = configuration;
		this.replication = new ReplicationCommands(() -> connection(replicationOf(connector.getJdbcConfig())));
		this.reader = new ReplicationStateReader(TIMEOUT, this.replication);
		this.decodingState = new DecodingState(this.replication, true, false);
		try (Connection connection = connect()) {
			this.found = this.reader.read(connection, connector.slotName());
			this.history = history(connection, this.found.server());
		}
		catch (SQLException ex) {
			throw unreadable(ex);
		}
	}

	/** A standby may be promoted while it sends, so its timeline is not known. */
	private @Nullable ReceivedHistory history(Connection connection, ServerState server) throws SQLException {
		if (server.inRecovery()) {
			return null;
		}
		return new ReceivedHistory(server.systemIdentifier(), server.timeline(),
				TimelineStart.endsBefore(server.timeline(), this.replication),
				ConnectOffsetComparison.nextTransaction(connection));
	}

	/** Whether the server has a slot from which it streams. */
	boolean hasSlot() {
		return this.found.slotLsn() != null;
	}

	/**
	 * Refuse a slot that may skip changes.
	 * @param offset the offset that Kafka Connect has stored, {@code null} if there is
	 * none
	 * @throws IncompleteSlotException if it may, and that is not accepted
	 */
	void requireDecodingState(@Nullable StoredOffset offset) {
		try (Connection connection = connect()) {
			this.decodingState.look(connection, this.found.withOffset(offset));
		}
		catch (SQLException ex) {
			throw unreadable(ex);
		}
		SlotState slot = this.found.slot();
		if (slot != null && this.decodingState.isMissing(this.found)
				&& !DecodingState.RULE.equals(this.configuration.getString(TaskProperties.ACCEPT))) {
			throw new IncompleteSlotException(DecodingState.problem(slot) + " Stop the connector, drop slot '"
					+ slot.name()
					+ "', delete the connector's offsets, and have it take a snapshot. Or, if nothing was ever "
					+ "received from the slot, or nothing that may be missing matters, set '" + TaskProperties.ACCEPT
					+ "=" + DecodingState.RULE + "' of the connector until restart_lsn has moved.");
		}
		this.decodingState.warnIfUnknown("The connector", this.found);
	}

	/**
	 * Refuse an offset that is not part of the server's history: the server would skip
	 * what it has committed up to the LSN of the offset.
	 * @param offset the offset
	 * @param whose continues a sentence after the LSN of the offset
	 * @throws OtherHistoryException if it is not
	 */
	void requireHistoryOf(StoredOffset offset, String whose) {
		ReplicationState state = this.found.withOffset(offset);
		String prefix = this.connector.getLogicalName();
		ConnectOffsetComparison comparison = REFUSED.getOrDefault(prefix, new ConnectOffsetComparison());
		try (Connection connection = connect()) {
			if (comparison.compare(connection, state, this.replication).verdict() == Verdict.HISTORY_MISMATCH) {
				comparison.recordOtherHistory(state);
				REFUSED.put(prefix, comparison);
				throw new OtherHistoryException("The offset " + offset.lsn() + whose + HistoryMismatch.of(state)
						+ " The connector would skip what this server has committed up to that LSN. Have the connector "
						+ "reach the server that the offset belongs to. If this server is the right one, stop the "
						+ "connector, drop slot '" + this.connector.slotName()
						+ "', delete the connector's offsets, and have it take a snapshot.");
			}
		}
		catch (SQLException ex) {
			throw unreadable(ex);
		}
	}

	/**
	 * The server never sends again what the slot has passed. A slot that the driver
	 * advances, or has advanced since the offset, is ahead over WAL without changes, too,
	 * so it proves nothing. A slot that did not exist does as soon as there is an event.
	 * A snapshot without rows has none.
	 */
	@Override
	public @Nullable Gap gap(ConnectOffset stored) {
		if (!hasSlot() && TaskProperties.isSnapshotWhenNeeded(this.configuration)) {
			return null;
		}
		Gap accepted = accepted();
		Gap before = stored.gap();
		Gap known = (before != null && !before.equals(accepted)) ? before : null;
		StoredOffset offset = stored.stored();
		Lsn slot = hasSlot() ? this.found.slotLsn() : start();
		Gap gap = known;
		boolean byDriver = hasSlot() && (isFlushedByDriver() || stored.isFlushedByDriver());
		if (offset != null && slot != null && slot.isAfter(offset.lsn()) && !byDriver) {
			Gap found = new Gap(offset.lsn(), slot);
			if (!found.equals(accepted)) {
				gap = (known != null) ? new Gap(known.offsetLsn(), slot) : found;
			}
		}
		if (gap != null) {
			logger.error("The connector has skipped {} bytes of WAL, from its offset {} to its slot {}, because the "
					+ "slot was advanced or created again. Transactions that committed in between may not be in the "
					+ "topics. If none of them matters, set '{}={}' of the connector.", gap.bytes(), gap.offsetLsn(),
					gap.slotLsn(), TaskProperties.ACCEPT_GAP, gap);
		}
		return gap;
	}

	private @Nullable Gap accepted() {
		String text = this.configuration.getString(TaskProperties.ACCEPT_GAP);
		return (text != null) ? Gap.parse(text) : null;
	}

	@Override
	public boolean isFlushedByDriver() {
		return "connector_and_driver".equalsIgnoreCase(this.configuration.getString("lsn.flush.mode"));
	}

	@Override
	public @Nullable Lsn start() {
		return read().slotLsn();
	}

	/**
	 * The stream was opened after the server was read, and the rows of a snapshot were
	 * read after that, too, so they may be those of another one.
	 * @throws RetriableException if they may be
	 */
	@Override
	public @Nullable ReceivedHistory history(boolean streamed) {
		ReceivedHistory history = this.history;
		if (history == null || this.confirmed) {
			return history;
		}
		ReplicationState now = read();
		ServerState server = now.server();
		if (!server.systemIdentifier().equals(history.systemIdentifier()) || server.timeline() != history.timeline()
				|| streamed && (now.slot() == null || !now.slot().active())) {
			throw new RetriableException(
					"The connector receives from another server, or another timeline, than the one "
							+ "that its start has judged. It starts again.");
		}
		this.confirmed = streamed;
		return history;
	}

	private ReplicationState read() {
		try (Connection connection = connect()) {
			return this.reader.read(connection, this.connector.slotName());
		}
		catch (SQLException ex) {
			throw unreadable(ex);
		}
	}

	private RetriableException unreadable(SQLException ex) {
		return new RetriableException(
				"Slot '" + this.connector.slotName() + "' and the history of its server cannot be "
						+ "read, so the task cannot tell where the stream starts. Check that the server is available.",
				ex);
	}

	private Connection connect() throws SQLException {
		return connection(this.connector.getJdbcConfig());
	}

	private static Connection connection(JdbcConfiguration configuration) throws SQLException {
		return Objects
			.requireNonNull(new PostgresConnection(configuration, PostgresConnection.CONNECTION_GENERAL).connection());
	}

	private static JdbcConfiguration replicationOf(JdbcConfiguration configuration) {
		Configuration.Builder builder = configuration.edit();
		ReplicationCommands.properties(new Properties())
			.forEach((name, value) -> builder.with((String) name, (String) value));
		return JdbcConfiguration.adapt(builder.build());
	}

}
