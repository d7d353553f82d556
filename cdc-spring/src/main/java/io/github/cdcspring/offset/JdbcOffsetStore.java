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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import javax.sql.DataSource;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.TableName;

/**
 * Keeps positions in a table of a PostgreSQL database, one row for each engine and slot.
 * The database may be another one than the one that is listened to.
 * <p>
 * The store joins a Spring transaction on the same {@code DataSource} if there is one on
 * this thread. Otherwise a save is a transaction of its own: one statement and one round
 * trip. The position is on disk when the save returns, even if the session runs with
 * {@code synchronous_commit=off}.
 * <p>
 * No call waits without a limit: a statement is cancelled after the timeout, and a server
 * that does not answer the cancellation is given up after one and a half times the
 * timeout. The pool limits the wait for a connection.
 *
 * @since 0.1.0
 */
public final class JdbcOffsetStore implements OffsetStore {

	/** Default name of the table. */
	public static final String DEFAULT_TABLE = "cdc_offset";

	/** Default time limit for a statement. */
	public static final Duration DEFAULT_TIMEOUT = JdbcTable.DEFAULT_TIMEOUT;

	private final OffsetTable table;

	private final JdbcTable access;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param table {@code table} or {@code schema.table}, case-sensitive
	 * @param create whether to create the table if it is missing
	 * @throws IllegalArgumentException if the table cannot have this name
	 */
	public JdbcOffsetStore(DataSource dataSource, String table, boolean create) {
		this(dataSource, table, create, DEFAULT_TIMEOUT);
	}

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param table {@code table} or {@code schema.table}, case-sensitive
	 * @param create whether to create the table if it is missing
	 * @param timeout time limit for a statement, in whole seconds
	 * @throws IllegalArgumentException if the table cannot have this name
	 */
	public JdbcOffsetStore(DataSource dataSource, String table, boolean create, Duration timeout) {
		this.table = new OffsetTable(TableName.parse("offset table", table));
		this.access = new JdbcTable(dataSource, this.table.definition(), create, timeout);
	}

	@Override
	public Optional<StoredOffset> load(OffsetKey key) {
		this.access.prepare();
		return this.access.read(this.table.select(), (statement) -> OffsetTable.writeKey(key, statement),
				(row) -> row.next() ? Optional.ofNullable(this.table.read(key, row)) : Optional.empty());
	}

	@Override
	public OffsetTakeover takeOver(OffsetKey key) {
		return this.access.writeReturning(this.table.takeOver(), (statement) -> OffsetTable.writeKey(key, statement),
				(row) -> {
					row.next();
					return new OffsetTakeover(row.getLong("epoch"), Optional.ofNullable(this.table.read(key, row)));
				});
	}

	@Override
	public void save(OffsetKey key, long epoch, StoredOffset offset) {
		int saved = this.access.write(this.table.upsert(),
				(statement) -> this.table.write(key, epoch, offset, statement));
		if (saved == 0) {
			verify(key, epoch);
			throw new OffsetStoreException("The position of " + key + " in table " + this.table
					+ " changed while it was saved. See which other program writes to the table.", null);
		}
	}

	@Override
	public void verify(OffsetKey key, long epoch) {
		OptionalLong stored = this.access.read(this.table.epoch(), (statement) -> OffsetTable.writeKey(key, statement),
				(row) -> row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty());
		if (stored.isPresent() && stored.getAsLong() != epoch) {
			throw new OffsetFencedException(key, epoch, stored.getAsLong());
		}
	}

	@Override
	public List<String> otherSlots(OffsetKey key) {
		return this.access.read(this.table.otherSlots(), (statement) -> OffsetTable.writeKey(key, statement),
				(rows) -> {
					List<String> slots = new ArrayList<>();
					while (rows.next()) {
						slots.add(rows.getString(1));
					}
					return slots;
				});
	}

	@Override
	public ActionStep howToForget(OffsetKey key) {
		return ActionStep.sql("Run: ", this.table.delete(key) + ";");
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public String toString() {
		return "jdbc (table " + this.table + ")";
	}

}
