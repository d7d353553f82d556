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

package io.github.cdcspring.offset;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.TableDefinition;
import io.github.cdcspring.internal.support.TableName;
import org.jspecify.annotations.Nullable;

/**
 * The table of {@link JdbcOffsetStore}: its columns and its SQL. An LSN is kept as text
 * as PostgreSQL prints it ({@code lsn::pg_lsn} compares it).
 */
final class OffsetTable {

	private static final String COLUMNS = "lsn, position, clean, stored_at, system_identifier, timeline, slot_name,"
			+ " slot_lsn, slot_created_at_lsn, slot_decoded_transactions, server_started_at";

	private final TableName name;

	OffsetTable(TableName name) {
		this.name = name;
	}

	TableDefinition definition() {
		return new TableDefinition(this.name, "offset table", "engine text PRIMARY KEY, lsn varchar(17) NOT NULL,"
				+ " position text NOT NULL, clean boolean NOT NULL, stored_at timestamp with time zone NOT NULL,"
				+ " system_identifier text, timeline integer, slot_name text, slot_lsn varchar(17),"
				+ " slot_created_at_lsn varchar(17), slot_decoded_transactions bigint,"
				+ " server_started_at timestamp with time zone", "SELECT, INSERT, UPDATE", "cdc.offset.store=jdbc",
				"Set cdc.offset.store=file.", OffsetStoreException::new);
	}

	private String quotedName() {
		return this.name.quoted();
	}

	String select() {
		return "SELECT " + COLUMNS + " FROM " + quotedName() + " WHERE engine = ?";
	}

	/**
	 * Insert or replace. The condition makes the commit wait for the disk where the
	 * session would not, without a second round trip; what is stronger than 'on' stays.
	 */
	String upsert() {
		return "INSERT INTO " + quotedName() + " AS stored (engine, " + COLUMNS + ") SELECT CAST(? AS text),"
				+ " CAST(? AS varchar), CAST(? AS text), CAST(? AS boolean), CAST(? AS timestamp with time zone),"
				+ " CAST(? AS text), CAST(? AS integer), CAST(? AS text), CAST(? AS varchar), CAST(? AS varchar),"
				+ " CAST(? AS bigint),"
				+ " CAST(? AS timestamp with time zone) WHERE CASE current_setting('synchronous_commit') WHEN 'off'"
				+ " THEN set_config('synchronous_commit', 'on', true) ELSE 'on' END = 'on'"
				+ " ON CONFLICT (engine) DO UPDATE SET lsn = excluded.lsn, position = excluded.position,"
				+ " clean = excluded.clean, stored_at = excluded.stored_at,"
				+ " system_identifier = excluded.system_identifier, timeline = excluded.timeline,"
				+ " slot_name = excluded.slot_name, slot_lsn = excluded.slot_lsn,"
				+ " slot_created_at_lsn = excluded.slot_created_at_lsn,"
				+ " slot_decoded_transactions = excluded.slot_decoded_transactions,"
				+ " server_started_at = excluded.server_started_at";
	}

	void write(String engine, StoredOffset offset, PreparedStatement statement) throws SQLException {
		LastSeenSlot slot = offset.slot();
		statement.setString(1, engine);
		statement.setString(2, offset.lsn().toString());
		statement.setString(3, offset.position());
		statement.setBoolean(4, offset.clean());
		statement.setObject(5, offset.storedAt().atOffset(ZoneOffset.UTC));
		statement.setString(6, (slot != null) ? slot.systemIdentifier() : null);
		statement.setObject(7, (slot != null) ? slot.timeline() : null, Types.INTEGER);
		statement.setString(8, (slot != null) ? slot.slotName() : null);
		statement.setString(9, (slot != null) ? slot.confirmedFlushLsn().toString() : null);
		statement.setString(10, (slot != null && slot.createdAtLsn() != null) ? slot.createdAtLsn().toString() : null);
		statement.setObject(11, (slot != null) ? slot.decodedTransactions() : null, Types.BIGINT);
		statement.setObject(12, (slot != null && slot.serverStartedAt() != null)
				? slot.serverStartedAt().atOffset(ZoneOffset.UTC) : null, Types.TIMESTAMP_WITH_TIMEZONE);
	}

	StoredOffset read(String engine, ResultSet row) throws SQLException {
		try {
			return new StoredOffset(Lsn.parse(required(row, "lsn")), required(row, "position"), readSlot(row),
					required(row, "clean", Boolean.class),
					required(row, "stored_at", OffsetDateTime.class).toInstant());
		}
		catch (IllegalArgumentException ex) {
			throw new OffsetStoreException(("The position of engine '%s' in table %s is damaged: %s. Restore the row, "
					+ "or, to start as cdc.snapshot.mode says, run: %s;")
				.formatted(engine, this.name, ex.getMessage(), delete(engine)), ex);
		}
	}

	String delete(String engine) {
		return "DELETE FROM " + quotedName() + " WHERE engine = " + literal(engine);
	}

	private static @Nullable LastSeenSlot readSlot(ResultSet row) throws SQLException {
		if (row.getString("slot_name") == null) {
			for (String column : new String[] { "system_identifier", "timeline", "slot_lsn", "slot_created_at_lsn",
					"slot_decoded_transactions", "server_started_at" }) {
				if (row.getString(column) != null) {
					throw new IllegalArgumentException("column slot_name is null though " + column + " is not");
				}
			}
			return null;
		}
		String createdAt = row.getString("slot_created_at_lsn");
		OffsetDateTime startedAt = row.getObject("server_started_at", OffsetDateTime.class);
		return new LastSeenSlot(required(row, "system_identifier"), required(row, "timeline", Integer.class),
				required(row, "slot_name"), Lsn.parse(required(row, "slot_lsn")),
				(createdAt != null) ? Lsn.parse(createdAt) : null,
				row.getObject("slot_decoded_transactions", Long.class),
				(startedAt != null) ? startedAt.toInstant() : null);
	}

	private static String required(ResultSet row, String column) throws SQLException {
		return required(row, column, String.class);
	}

	private static <T> T required(ResultSet row, String column, Class<T> type) throws SQLException {
		T value = row.getObject(column, type);
		if (value == null) {
			throw new IllegalArgumentException("column " + column + " is null");
		}
		return value;
	}

	private static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

	@Override
	public String toString() {
		return this.name.toString();
	}

}
