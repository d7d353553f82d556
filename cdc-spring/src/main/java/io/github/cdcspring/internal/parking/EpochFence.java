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
import java.sql.SQLException;

import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.offset.OffsetFencedException;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import org.jspecify.annotations.Nullable;

/**
 * Lets an instance write events only while no other instance has taken over its position.
 * Where the position is in a table of the same database, each statement compares the
 * epoch itself, in its transaction. Elsewhere the store is asked before the statement.
 */
public final class EpochFence {

	private final OffsetKey key;

	private final @Nullable OffsetStore store;

	private final @Nullable TableName table;

	private volatile long epoch;

	/**
	 * Create a fence.
	 * @param key whose position it is
	 * @param store the store of the position, {@code null} for no fence
	 * @param table the offset table, {@code null} if it is not in the database of the
	 * events
	 */
	public EpochFence(OffsetKey key, @Nullable OffsetStore store, @Nullable TableName table) {
		this.key = key;
		this.store = store;
		this.table = table;
	}

	/**
	 * Whose events they are.
	 * @return engine and slot
	 */
	public OffsetKey key() {
		return this.key;
	}

	/**
	 * Begin to write.
	 * @param epoch the epoch of this instance
	 */
	void open(long epoch) {
		this.epoch = epoch;
	}

	/** A condition for a statement. */
	String condition() {
		return (this.table != null) ? "NOT EXISTS (SELECT 1 FROM " + this.table.quoted()
				+ " WHERE engine = ? AND slot_name = ? AND epoch <> ?)" : "TRUE";
	}

	/**
	 * Set the parameters of the condition.
	 * @param from the first of them
	 */
	void set(PreparedStatement statement, int from) throws SQLException {
		if (this.table != null) {
			statement.setString(from, this.key.engine());
			statement.setString(from + 1, this.key.slotName());
			statement.setLong(from + 2, this.epoch);
		}
	}

	/** The number of parameters of the condition. */
	int parameters() {
		return (this.table != null) ? 3 : 0;
	}

	/**
	 * Check before a statement that cannot compare the epoch itself.
	 * @throws OffsetFencedException if another instance has taken over
	 */
	void before() {
		if (this.table == null) {
			verify();
		}
	}

	/**
	 * Check after a statement that has written nothing: the fence may be the reason.
	 * @throws OffsetFencedException if another instance has taken over
	 */
	void verify() {
		if (this.store != null) {
			this.store.verify(this.key, this.epoch);
		}
	}

}
