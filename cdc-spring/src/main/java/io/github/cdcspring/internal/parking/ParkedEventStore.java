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

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.sql.DataSource;

import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.internal.support.TableName;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.PreparedStatementSetter;

/**
 * The parked events of one engine, in a table of a PostgreSQL database. Every write is on
 * disk when it returns, and joins the caller's transaction on the same {@code DataSource}
 * where there is one.
 *
 */
public final class ParkedEventStore {

	private final EpochFence fence;

	private final ParkedEventTable table;

	private final JdbcTable access;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param table {@code table} or {@code schema.table}, case-sensitive
	 * @param create whether to create the table if it is missing
	 * @param fence keeps out an instance that was replaced
	 * @throws IllegalArgumentException if the table cannot have this name
	 */
	public ParkedEventStore(DataSource dataSource, String table, boolean create, EpochFence fence) {
		this.fence = fence;
		this.table = new ParkedEventTable(TableName.parse("table of parked events", table), fence);
		this.access = new JdbcTable(dataSource, this.table.definition(), create, JdbcTable.DEFAULT_TIMEOUT);
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
	 * Park an event that failed. One that is parked already is not parked twice.
	 * @param event the event
	 * @param attempts how often the listener was called
	 * @param failure how it failed
	 * @throws StoreException if it could not be parked
	 */
	public void park(NewParkedEvent event, int attempts, ParkedFailure failure) {
		if (write(this.table.insert(), (statement) -> this.table.write(event, attempts, failure, statement)) == 0) {
			throw new StoreException(
					"An event could not be parked in " + this.table + ". See which other program writes to the table.",
					null);
		}
	}

	/**
	 * Park an event behind those of its key.
	 * @param event the event
	 * @return {@code false} if its key has no events there
	 * @throws StoreException if it could not be parked
	 */
	public boolean parkBehind(NewParkedEvent event) {
		return write(this.table.insertBehind(), (statement) -> this.table.writeBehind(event, statement)) > 0;
	}

	/**
	 * The keys that have events.
	 * @return the keys
	 * @throws StoreException if they cannot be read
	 */
	public Set<ParkedKey> keys() {
		return this.access.read(this.table.keys(), this.table::owner, (row) -> {
			Set<ParkedKey> keys = new HashSet<>();
			while (row.next()) {
				keys.add(new ParkedKey(row.getString(1), row.getString(2)));
			}
			return keys;
		});
	}

	/**
	 * How many events there are.
	 * @return the number
	 * @throws StoreException if they cannot be read
	 */
	public long count() {
		return this.access.read(this.table.count(), this.table::owner, (row) -> row.next() ? row.getLong(1) : 0L);
	}

	/**
	 * The events in the order in which they were parked.
	 * @param keyHash the key, {@code null} for all
	 * @param after the number after which to begin, 0 for the first
	 * @param limit how many at most
	 * @return the events, without their data
	 * @throws StoreException if they cannot be read
	 */
	public List<ParkedEvent> list(@Nullable String keyHash, long after, int limit) {
		return this.access.read(this.table.list(), (statement) -> {
			this.table.owner(statement);
			statement.setLong(3, after);
			statement.setString(4, keyHash);
			statement.setString(5, keyHash);
			statement.setInt(6, limit);
		}, (row) -> {
			List<ParkedEvent> events = new ArrayList<>();
			while (row.next()) {
				events.add(this.table.read(row));
			}
			return events;
		});
	}

	/**
	 * One event.
	 * @param id its number
	 * @return the event, empty if there is none of that number
	 * @throws StoreException if it cannot be read
	 */
	public Optional<ParkedEvent> find(long id) {
		return this.access.read(this.table.find(), (statement) -> {
			this.table.owner(statement);
			statement.setLong(3, id);
		}, (row) -> row.next() ? Optional.of(this.table.read(row)) : Optional.empty());
	}

	/**
	 * The event that all others of its key wait for.
	 * @param key the key
	 * @return the event with its text, empty if the key has none
	 * @throws StoreException if it cannot be read
	 */
	public Optional<Stored> first(ParkedKey key) {
		return this.access.read(this.table.first(), (statement) -> this.table.queue(key, 1, statement),
				(row) -> row.next() ? Optional.of(new Stored(this.table.read(row), row.getString("event")))
						: Optional.empty());
	}

	/**
	 * Whether a key has events.
	 * @param key the key
	 * @return {@code true} if it has
	 * @throws StoreException if that cannot be read
	 */
	public boolean has(ParkedKey key) {
		return this.access.read(this.table.exists(), (statement) -> this.table.queue(key, 1, statement),
				(row) -> row.next() && row.getBoolean(1));
	}

	/**
	 * Note that an event failed again. It keeps its place.
	 * @param id its number
	 * @param attempts how often the listener was called this time
	 * @param failure how it failed
	 * @throws StoreException if that could not be written
	 */
	public void failedAgain(long id, int attempts, ParkedFailure failure) {
		write(this.table.failedAgain(), (statement) -> {
			statement.setInt(1, attempts);
			statement.setString(2, failure.listener());
			statement.setString(3, failure.type());
			statement.setString(4, this.fence.key().engine());
			statement.setString(5, this.fence.key().slotName());
			statement.setLong(6, id);
			this.fence.set(statement, 7);
		});
	}

	/**
	 * Remove an event.
	 * @param id its number
	 * @return whether it was there
	 * @throws StoreException if it could not be removed
	 */
	public boolean remove(long id) {
		return write(this.table.delete(), (statement) -> {
			this.table.owner(statement);
			statement.setLong(3, id);
			this.fence.set(statement, 4);
		}) > 0;
	}

	/**
	 * Remove all events of a key.
	 * @param key the key
	 * @return how many there were
	 * @throws StoreException if they could not be removed
	 */
	public int removeAll(ParkedKey key) {
		return write(this.table.deleteQueue(), (statement) -> {
			this.table.queue(key, 1, statement);
			this.fence.set(statement, 5);
		});
	}

	/**
	 * Remove the events of a snapshot that is repeated: it reads the rows again.
	 * @return the number of events removed
	 * @throws StoreException if they could not be removed
	 */
	public int removeSnapshot() {
		return write(this.table.deleteSnapshot(), (statement) -> {
			this.table.owner(statement);
			this.fence.set(statement, 3);
		});
	}

	/**
	 * Set the epoch that every statement compares.
	 * @param epoch the epoch of this instance
	 */
	public void useEpoch(long epoch) {
		this.fence.open(epoch);
	}

	/**
	 * Check that no other instance has taken over, before an event is delivered again.
	 * @throws StoreException if another instance has taken over, or that cannot be read
	 */
	public void verify() {
		this.fence.verify();
	}

	private int write(String sql, PreparedStatementSetter parameters) {
		this.fence.before();
		int written = this.access.write(sql, parameters);
		if (written == 0) {
			this.fence.verify();
		}
		return written;
	}

	@Override
	public String toString() {
		return this.table.toString();
	}

	/**
	 * An event with its data.
	 *
	 * @param event the event
	 * @param text the event itself
	 */
	public record Stored(ParkedEvent event, String text) {

		/** Without the data, which may be confidential. */
		@Override
		public String toString() {
			return this.event.toString();
		}

	}

}
