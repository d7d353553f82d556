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

package io.github.cdcspring.internal.debezium;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * An offset as a Kafka Connect worker stores it: that of Debezium, with what the offset
 * table of the embedded engine has in columns. Debezium does not look at these values.
 *
 * @param values the names and values
 */
public record ConnectOffset(Map<String, ?> values) {

	static final String SYSTEM_IDENTIFIER = "cdc_system_identifier";

	static final String TIMELINE = "cdc_timeline_id";

	static final String TRANSACTION = "cdc_transaction_id";

	static final String GAP = "cdc_gap";

	static final String FLUSH = "cdc_flush";

	static final String DRIVER = "driver";

	/**
	 * Return the offset from which a stream can start.
	 * @return the offset, with its origin unless a connector has stored it that writes
	 * none; {@code null} if it is inside a snapshot
	 */
	public @Nullable StoredOffset stored() {
		if (!TransactionEndOffsets.isUsable(this.values)) {
			return null;
		}
		Map<String, ?> offset = TransactionEndOffsets.atTransactionEnd(this.values);
		return (offset.get(SourceOffset.LSN) instanceof Number lsn) ? new StoredOffset(new Lsn(lsn.longValue()),
				OffsetJson.of(offset).text(), origin(), null, List.of(), false, Instant.EPOCH) : null;
	}

	private @Nullable OffsetOrigin origin() {
		if (this.values.get(SYSTEM_IDENTIFIER) instanceof String systemIdentifier
				&& this.values.get(TIMELINE) instanceof Number timeline) {
			return new OffsetOrigin(systemIdentifier, timeline.intValue(), transactionId());
		}
		return null;
	}

	@Nullable Long transactionId() {
		return (this.values.get(TRANSACTION) instanceof Number transaction) ? transaction.longValue() : null;
	}

	/**
	 * Return what the connector has skipped because its slot was ahead of the offset, and
	 * nobody has accepted.
	 * @return the gap, {@code null} if there is none
	 */
	public @Nullable Gap gap() {
		try {
			return (this.values.get(GAP) instanceof String gap) ? Gap.parse(gap) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Whether the driver may have advanced the slot past the offset, over WAL without
	 * changes.
	 */
	public boolean isFlushedByDriver() {
		return DRIVER.equals(this.values.get(FLUSH));
	}

	/**
	 * Set whether the driver advances the slot while this is the last offset.
	 */
	ConnectOffset withDriverFlush(boolean driver) {
		return with(FLUSH, driver ? DRIVER : null);
	}

	/**
	 * Set the history in which the offset was received.
	 * @param origin the history, {@code null} if it is not known
	 * @param timelineStart where its timeline began, {@code null} if that is not known
	 * @return the offset
	 */
	ConnectOffset withOrigin(@Nullable OffsetOrigin origin, @Nullable String timelineStart) {
		return with(SYSTEM_IDENTIFIER, (origin != null) ? origin.systemIdentifier() : null)
			.with(TIMELINE, (origin != null) ? origin.timeline() : null)
			.with(TRANSACTION, (origin != null) ? origin.transactionId() : null)
			.with(OffsetJson.TIMELINE, timelineStart);
	}

	ConnectOffset withGap(@Nullable Gap gap) {
		return with(GAP, (gap != null) ? gap.toString() : null);
	}

	private ConnectOffset with(String name, @Nullable Object value) {
		Map<String, Object> values = new HashMap<>(this.values);
		if (value != null) {
			values.put(name, value);
		}
		else {
			values.remove(name);
		}
		return new ConnectOffset(values);
	}

}
