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
import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.internal.support.TableDefinition;
import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.internal.support.TableScript;
import org.jspecify.annotations.Nullable;

/**
 * The table of {@link JdbcOffsetStore}: its columns and its SQL. An LSN is kept as text
 * as PostgreSQL prints it ({@code lsn::pg_lsn} compares it).
 */
final class OffsetTable {

	private static final List<String> COLUMNS = List.of("lsn", "position", "clean", "stored_at", "system_identifier",
			"timeline", "last_xid", "relations", "slot_system_identifier", "slot_timeline", "slot_lsn",
			"slot_created_at_lsn", "slot_decoded_transactions", "server_started_at");

	private static final String LIST = String.join(", ", COLUMNS);

	private static final TableScript SCRIPT = new TableScript("io/github/cdcspring/offset/schema-postgresql.sql",
			JdbcOffsetStore.DEFAULT_TABLE);

	/** Keeps epochs apart if the row was deleted or restored from an older copy. */
	private static final String NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)";

	private static final String KEY = "engine = ? AND slot_name = ?";

	private final TableName name;

	OffsetTable(TableName name) {
		this.name = name;
	}

	TableDefinition definition() {
		return new TableDefinition(this.name, "offset table", SCRIPT, "SELECT, INSERT, UPDATE", "cdc.offset.store=jdbc",
				"Set cdc.offset.store=file.", OffsetStoreException::new);
	}

	private String quotedName() {
		return this.name.quoted();
	}

	String select() {
		return "SELECT " + LIST + " FROM " + quotedName() + " WHERE " + KEY;
	}

	String epoch() {
		return "SELECT epoch FROM " + quotedName() + " WHERE " + KEY;
	}

	String otherSlots() {
		return "SELECT slot_name FROM " + quotedName() + " WHERE engine = ? AND slot_name <> ? AND lsn IS NOT NULL"
				+ " ORDER BY slot_name";
	}

	String takeOver() {
		return "INSERT INTO " + quotedName() + " AS stored (engine, slot_name, epoch) SELECT CAST(? AS text),"
				+ " CAST(? AS text), " + NOW + " WHERE " + JdbcTable.DURABLE_COMMIT
				+ " ON CONFLICT (engine, slot_name) DO UPDATE SET epoch = greatest(stored.epoch + 1, excluded.epoch)"
				+ " RETURNING epoch, " + LIST;
	}

	/** Insert or replace, unless another instance has raised the epoch. */
	String upsert() {
		return "INSERT INTO " + quotedName() + " AS stored (engine, slot_name, epoch, " + LIST
				+ ") SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint), CAST(? AS varchar), CAST(? AS text),"
				+ " CAST(? AS boolean), CAST(? AS timestamp with time zone), CAST(? AS text), CAST(? AS integer),"
				+ " CAST(? AS bigint), CAST(? AS text), CAST(? AS text), CAST(? AS integer), CAST(? AS varchar),"
				+ " CAST(? AS varchar), CAST(? AS bigint), CAST(? AS timestamp with time zone) WHERE "
				+ JdbcTable.DURABLE_COMMIT + " ON CONFLICT (engine, slot_name) DO UPDATE SET "
				+ COLUMNS.stream().map((column) -> column + " = excluded." + column).collect(Collectors.joining(", "))
				+ " WHERE stored.epoch = excluded.epoch";
	}

	static void writeKey(OffsetKey key, PreparedStatement statement) throws SQLException {
		statement.setString(1, key.engine());
		statement.setString(2, key.slotName());
	}

	void write(OffsetKey key, long epoch, StoredOffset offset, PreparedStatement statement) throws SQLException {
		OffsetOrigin origin = offset.origin();
		LastSeenSlot slot = offset.slot();
		writeKey(key, statement);
		statement.setLong(3, epoch);
		statement.setString(4, offset.lsn().toString());
		statement.setString(5, offset.position());
		statement.setBoolean(6, offset.clean());
		statement.setObject(7, offset.storedAt().atOffset(ZoneOffset.UTC));
		statement.setString(8, (origin != null) ? origin.systemIdentifier() : null);
		statement.setObject(9, (origin != null) ? origin.timeline() : null, Types.INTEGER);
		statement.setObject(10, (origin != null) ? origin.transactionId() : null, Types.BIGINT);
		statement.setString(11, RelationsJson.write(offset.relations()));
		statement.setString(12, (slot != null) ? slot.systemIdentifier() : null);
		statement.setObject(13, (slot != null) ? slot.timeline() : null, Types.INTEGER);
		statement.setString(14, (slot != null) ? slot.confirmedFlushLsn().toString() : null);
		statement.setString(15, (slot != null && slot.createdAtLsn() != null) ? slot.createdAtLsn().toString() : null);
		statement.setObject(16, (slot != null) ? slot.decodedTransactions() : null, Types.BIGINT);
		statement.setObject(17, (slot != null && slot.serverStartedAt() != null)
				? slot.serverStartedAt().atOffset(ZoneOffset.UTC) : null, Types.TIMESTAMP_WITH_TIMEZONE);
	}

	/** Read a position; the row of an instance that has saved none yet has none. */
	@Nullable StoredOffset read(OffsetKey key, ResultSet row) throws SQLException {
		try {
			if (isEmpty(row, COLUMNS)) {
				return null;
			}
			return new StoredOffset(Lsn.parse(required(row, "lsn")), required(row, "position"), readOrigin(row),
					readSlot(key, row), RelationsJson.read(row.getString("relations")),
					required(row, "clean", Boolean.class),
					required(row, "stored_at", OffsetDateTime.class).toInstant());
		}
		catch (IllegalArgumentException ex) {
			throw new OffsetStoreException(("The position of %s in table %s is damaged: %s. Restore the row, "
					+ "or, to start as cdc.snapshot.mode says, run: %s;")
				.formatted(key, this.name, ex.getMessage(), delete(key)), ex);
		}
	}

	String delete(OffsetKey key) {
		return "DELETE FROM " + quotedName() + " WHERE engine = " + SqlQuoting.literal(key.engine())
				+ " AND slot_name = " + SqlQuoting.literal(key.slotName());
	}

	private static @Nullable OffsetOrigin readOrigin(ResultSet row) throws SQLException {
		if (isEmpty(row, COLUMNS.subList(4, 7))) {
			return null;
		}
		return new OffsetOrigin(required(row, "system_identifier"), required(row, "timeline", Integer.class),
				row.getObject("last_xid", Long.class));
	}

	private static @Nullable LastSeenSlot readSlot(OffsetKey key, ResultSet row) throws SQLException {
		if (isEmpty(row, COLUMNS.subList(8, COLUMNS.size()))) {
			return null;
		}
		String createdAt = row.getString("slot_created_at_lsn");
		OffsetDateTime startedAt = row.getObject("server_started_at", OffsetDateTime.class);
		return new LastSeenSlot(required(row, "slot_system_identifier"), required(row, "slot_timeline", Integer.class),
				key.slotName(), Lsn.parse(required(row, "slot_lsn")), (createdAt != null) ? Lsn.parse(createdAt) : null,
				row.getObject("slot_decoded_transactions", Long.class),
				(startedAt != null) ? startedAt.toInstant() : null);
	}

	private static boolean isEmpty(ResultSet row, List<String> columns) throws SQLException {
		for (String column : columns) {
			if (row.getString(column) != null) {
				return false;
			}
		}
		return true;
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

	@Override
	public String toString() {
		return this.name.toString();
	}

}
