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
import java.time.Instant;
import java.time.OffsetDateTime;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.internal.support.TableDefinition;
import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.internal.support.TableScript;
import org.jspecify.annotations.Nullable;

/**
 * The table of parked events: its columns and its SQL. It holds an event once, even if
 * the event is delivered again, and orders the events of a key as the stream does.
 */
final class ParkedEventTable {

	/** The number of parameters that {@link #write} sets. */
	static final int WRITTEN = 16;

	private static final String SHOWN = "id, engine, listener_group, key_hash, table_name, committed_lsn,"
			+ " transaction_id, lsn, ordinal, operation, snapshot, parked_at, attempts, failed_listener, failure,"
			+ " failed_at";

	private static final String ORDER = "committed_lsn, lsn, ordinal";

	private static final String QUEUE = "engine = ? AND slot_name = ? AND listener_group = ? AND key_hash = ?";

	private static final String OWNER = "engine = ? AND slot_name = ?";

	private final TableName name;

	private final EpochFence fence;

	ParkedEventTable(TableName name, EpochFence fence) {
		this.name = name;
		this.fence = fence;
	}

	TableDefinition definition() {
		return new TableDefinition(this.name, "table of parked events",
				new TableScript("io/github/cdcspring/parking/schema-postgresql.sql", "cdc_parked_event"),
				"SELECT, INSERT, UPDATE, DELETE", "cdc.listener.on-failure=park", "Set cdc.listener.on-failure=stop.",
				StoreException::new);
	}

	private String insert(String condition) {
		return "INSERT INTO " + this.name.quoted()
				+ " AS parked (engine, slot_name, listener_group, key_hash, table_name,"
				+ " committed_lsn, transaction_id, lsn, ordinal, operation, snapshot, parked_at, attempts,"
				+ " failed_listener, failure, failed_at, event) SELECT CAST(? AS text), CAST(? AS text), CAST(? AS text),"
				+ " CAST(? AS text), CAST(? AS text), CAST(? AS pg_lsn), CAST(? AS bigint), CAST(? AS pg_lsn),"
				+ " CAST(? AS bigint), CAST(? AS text), CAST(? AS boolean), now(), CAST(? AS integer),"
				+ " CAST(? AS text), CAST(? AS text), CASE WHEN CAST(? AS text) IS NOT NULL THEN now() END,"
				+ " CAST(? AS text) WHERE " + JdbcTable.DURABLE_COMMIT + " AND " + this.fence.condition() + condition
				+ " ON CONFLICT (engine, slot_name, listener_group, key_hash, lsn, ordinal) DO UPDATE SET"
				+ " event = CASE WHEN excluded.snapshot THEN excluded.event ELSE parked.event END,"
				+ " attempts = parked.attempts + excluded.attempts,"
				+ " failed_listener = CASE WHEN excluded.failure IS NULL THEN parked.failed_listener"
				+ " ELSE excluded.failed_listener END, failure = coalesce(excluded.failure, parked.failure),"
				+ " failed_at = coalesce(excluded.failed_at, parked.failed_at)";
	}

	String insert() {
		return insert("");
	}

	/** Inserts an event only if the table has events of its key. */
	String insertBehind() {
		return insert(" AND EXISTS (SELECT 1 FROM " + this.name.quoted() + " WHERE " + QUEUE + ")");
	}

	void write(NewParkedEvent event, int attempts, @Nullable ParkedFailure failure, PreparedStatement statement)
			throws SQLException {
		String type = (failure != null) ? failure.type() : null;
		owner(statement);
		statement.setString(3, event.key().group());
		statement.setString(4, event.key().keyHash());
		statement.setString(5, event.table());
		statement.setString(6, event.position().previousCommitLsn().toString());
		statement.setLong(7, event.position().transactionId());
		statement.setString(8, event.position().lsn().toString());
		statement.setLong(9, event.position().ordinal());
		statement.setString(10, event.operation().name());
		statement.setBoolean(11, event.snapshot());
		statement.setInt(12, attempts);
		statement.setString(13, (failure != null) ? failure.listener() : null);
		statement.setString(14, type);
		statement.setString(15, type);
		statement.setString(16, event.json());
		this.fence.set(statement, WRITTEN + 1);
	}

	/** Set the parameters of {@link #insertBehind}. */
	void writeBehind(NewParkedEvent event, PreparedStatement statement) throws SQLException {
		write(event, 0, null, statement);
		queue(event.key(), this.fence.parameters() + WRITTEN + 1, statement);
	}

	void owner(PreparedStatement statement) throws SQLException {
		statement.setString(1, this.fence.key().engine());
		statement.setString(2, this.fence.key().slotName());
	}

	void queue(ParkedKey key, int from, PreparedStatement statement) throws SQLException {
		statement.setString(from, this.fence.key().engine());
		statement.setString(from + 1, this.fence.key().slotName());
		statement.setString(from + 2, key.group());
		statement.setString(from + 3, key.keyHash());
	}

	String keys() {
		return "SELECT DISTINCT listener_group, key_hash FROM " + this.name.quoted() + " WHERE " + OWNER;
	}

	String count() {
		return "SELECT count(*) FROM " + this.name.quoted() + " WHERE " + OWNER;
	}

	String list() {
		return "SELECT " + SHOWN + " FROM " + this.name.quoted() + " WHERE " + OWNER + " AND id > ?"
				+ " AND (CAST(? AS text) IS NULL OR key_hash = ?) ORDER BY id LIMIT ?";
	}

	String find() {
		return "SELECT " + SHOWN + " FROM " + this.name.quoted() + " WHERE " + OWNER + " AND id = ?";
	}

	/** The first event of a key, with its data. */
	String first() {
		return "SELECT " + SHOWN + ", event FROM " + this.name.quoted() + " WHERE " + QUEUE + " ORDER BY " + ORDER
				+ " LIMIT 1";
	}

	String exists() {
		return "SELECT EXISTS (SELECT 1 FROM " + this.name.quoted() + " WHERE " + QUEUE + ")";
	}

	String failedAgain() {
		return "UPDATE " + this.name.quoted()
				+ " SET attempts = attempts + ?, failed_listener = ?, failure = ?, failed_at = now()" + " WHERE "
				+ OWNER + " AND id = ? AND " + this.fence.condition();
	}

	String delete() {
		return "DELETE FROM " + this.name.quoted() + " WHERE " + OWNER + " AND id = ?" + " AND "
				+ this.fence.condition();
	}

	String deleteQueue() {
		return "DELETE FROM " + this.name.quoted() + " WHERE " + QUEUE + " AND " + this.fence.condition();
	}

	String deleteSnapshot() {
		return "DELETE FROM " + this.name.quoted() + " WHERE " + OWNER + " AND snapshot" + " AND "
				+ this.fence.condition();
	}

	ParkedEvent read(ResultSet row) throws SQLException {
		String failure = row.getString("failure");
		return new ParkedEvent(row.getLong("id"), row.getString("engine"),
				new ParkedKey(row.getString("listener_group"), row.getString("key_hash")), row.getString("table_name"),
				new EventPosition(Lsn.parse(row.getString("committed_lsn")), row.getLong("transaction_id"),
						Lsn.parse(row.getString("lsn")), row.getLong("ordinal")),
				Operation.valueOf(row.getString("operation")), row.getBoolean("snapshot"),
				instant(row.getObject("parked_at", OffsetDateTime.class)), row.getInt("attempts"),
				(failure != null) ? new ParkedFailure(row.getString("failed_listener"), failure) : null,
				optional(row, "failed_at"));
	}

	private static @Nullable Instant optional(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? instant(time) : null;
	}

	private static Instant instant(OffsetDateTime time) {
		return time.toInstant();
	}

	@Override
	public String toString() {
		return this.name.toString();
	}

}
