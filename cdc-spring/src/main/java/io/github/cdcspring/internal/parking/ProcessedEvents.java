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

package io.github.cdcspring.internal.parking;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.internal.support.TableDefinition;
import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.internal.support.TableScript;

/**
 * The events that the listeners of one engine have processed, in a table of the
 * listeners' database. A listener's work and the registration of the event commit in one
 * transaction, so an event that is delivered again is found registered. A registration is
 * needed until the stored offset has passed the event.
 */
public final class ProcessedEvents {

	private static final String USE = "table of processed events";

	private static final String COLUMNS = " (engine, slot_name, listener_group, lsn, ordinal, transaction_id,"
			+ " committed_lsn)";

	private final EpochFence fence;

	private final TableName table;

	private final JdbcTable access;

	/**
	 * Create an access to the table.
	 * @param dataSource the listeners' database
	 * @param table {@code table} or {@code schema.table}, case-sensitive
	 * @param create whether to create the table if it is missing
	 * @param fence keeps out an instance that was replaced
	 * @throws IllegalArgumentException if the table cannot have this name
	 */
	public ProcessedEvents(DataSource dataSource, String table, boolean create, EpochFence fence) {
		this.fence = fence;
		this.table = TableName.parse(USE, table);
		this.access = new JdbcTable(dataSource, definition(), create, JdbcTable.DEFAULT_TIMEOUT);
	}

	private TableDefinition definition() {
		return new TableDefinition(this.table, USE,
				new TableScript("io/github/cdcspring/processed/schema-postgresql.sql", "cdc_processed"),
				"SELECT, INSERT, DELETE", "cdc.listener.transactional=true", "Set cdc.listener.transactional=false.",
				StoreException::new);
	}

	/**
	 * Create the table if it is missing, and check the privileges on it.
	 * @throws StoreException if the table cannot be used
	 */
	public void prepare() {
		this.access.prepare();
	}

	/**
	 * How long the oldest statement has been running.
	 * @return the time, zero if none is running
	 */
	Duration longestCall() {
		return this.access.longestCall();
	}

	/**
	 * Register an event in the caller's transaction. Waits while another transaction has
	 * registered it and is not committed.
	 * @param group the listeners that process it
	 * @param position the position of the event
	 * @return whether the event was not registered yet
	 * @throws StoreException if the event cannot be registered
	 */
	public boolean register(String group, EventPosition position) {
		this.fence.before();
		boolean registered = this.access.write("INSERT INTO " + this.table.quoted() + COLUMNS
				+ " SELECT CAST(? AS text), CAST(? AS text), CAST(? AS text), CAST(? AS pg_lsn),"
				+ " CAST(? AS bigint), CAST(? AS bigint), CAST(? AS pg_lsn) WHERE " + this.fence.condition()
				+ " ON CONFLICT DO NOTHING", (statement) -> {
					writeKey(statement);
					statement.setString(3, group);
					statement.setString(4, position.lsn().toString());
					statement.setLong(5, position.ordinal());
					statement.setLong(6, position.transactionId());
					statement.setString(7, position.previousCommitLsn().toString());
					this.fence.set(statement, 8);
				}) > 0;
		if (!registered) {
			this.fence.verify();
		}
		return registered;
	}

	/**
	 * Set the epoch that every statement compares.
	 * @param epoch the epoch of this instance
	 */
	public void useEpoch(long epoch) {
		this.fence.open(epoch);
	}

	private void writeKey(PreparedStatement statement) throws SQLException {
		statement.setString(1, this.fence.key().engine());
		statement.setString(2, this.fence.key().slotName());
	}

	/**
	 * Register several events in one statement.
	 * @param group the listeners that process them
	 * @param positions the positions of the events
	 * @return the positions that were not registered yet
	 * @throws StoreException if the events cannot be registered
	 */
	public Set<EventPosition> register(String group, Collection<EventPosition> positions) {
		this.fence.before();
		Set<EventPosition> registered = this.access.writeReturning("INSERT INTO " + this.table.quoted() + COLUMNS
				+ " SELECT CAST(? AS text), CAST(? AS text), CAST(? AS text), e.* FROM unnest(CAST(? AS pg_lsn[]),"
				+ " CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS pg_lsn[])) e WHERE " + this.fence.condition()
				+ " ON CONFLICT DO NOTHING RETURNING committed_lsn, transaction_id, lsn, ordinal", (statement) -> {
					writeKey(statement);
					statement.setString(3, group);
					statement.setString(4, array(positions, (position) -> position.lsn().toString()));
					statement.setString(5, array(positions, (position) -> String.valueOf(position.ordinal())));
					statement.setString(6, array(positions, (position) -> String.valueOf(position.transactionId())));
					statement.setString(7, array(positions, (position) -> position.previousCommitLsn().toString()));
					this.fence.set(statement, 8);
				}, ProcessedEvents::positions);
		if (registered.size() < positions.size()) {
			this.fence.verify();
		}
		return registered;
	}

	private static Set<EventPosition> positions(ResultSet row) throws SQLException {
		Set<EventPosition> positions = new HashSet<>();
		while (row.next()) {
			positions.add(new EventPosition(Lsn.parse(row.getString(1)), row.getLong(2), Lsn.parse(row.getString(3)),
					row.getLong(4)));
		}
		return positions;
	}

	private static String array(Collection<EventPosition> positions, Function<EventPosition, String> element) {
		return positions.stream().map(element).collect(Collectors.joining(",", "{", "}"));
	}

	/**
	 * Remove the registrations of events that will not be delivered again. An instance
	 * that was replaced removes none.
	 * @param lsn the stored offset
	 * @return the number of registrations removed
	 * @throws StoreException if they cannot be removed
	 */
	public int forgetUntil(Lsn lsn) {
		this.fence.before();
		return this.access.write("DELETE FROM " + this.table.quoted()
				+ " WHERE engine = ? AND slot_name = ? AND committed_lsn < CAST(? AS pg_lsn) AND "
				+ this.fence.condition(), (statement) -> {
					writeKey(statement);
					statement.setString(3, lsn.toString());
					this.fence.set(statement, 4);
				});
	}

}
