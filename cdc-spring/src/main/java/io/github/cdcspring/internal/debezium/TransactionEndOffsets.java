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

import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Gives each record the offset of the last transaction end before it, for a Kafka Connect
 * worker that stores the offset of any record.
 */
public final class TransactionEndOffsets {

	private static final String TRANSACTION_ID = SourceOffset.TRANSACTION_METADATA + "id";

	private static final String TRANSACTION = "io.debezium.connector.common.TransactionMetadataValue";

	private static final String NOTIFICATION = "io.debezium.connector.common.Notification";

	private static final String HEARTBEAT = "io.debezium.connector.common.Heartbeat";

	private final Stream stream;

	private final ConnectOffset stored;

	private @Nullable Gap gap;

	/** Whether the stream, or a snapshot, has begun. */
	private boolean begun;

	private @Nullable SourceOffset last;

	private @Nullable Object transaction;

	/** The transaction of the last change, as in the stream. */
	private @Nullable Object changed;

	/** The last transaction that was received, with its epoch. */
	private @Nullable Long lastTransaction;

	/** A transaction of this run of which the epoch is known. */
	private @Nullable Long knownTransaction;

	/**
	 * Create the offsets.
	 * @param stored the offset that is stored, without values if there is none
	 * @param stream the stream
	 */
	public TransactionEndOffsets(ConnectOffset stored, Stream stream) {
		this.stream = stream;
		this.stored = stored;
		Map<String, ?> values = stored.values();
		this.last = (isUsable(values) && values.get(SourceOffset.LSN) instanceof Number lsn)
				? new SourceOffset(new Lsn(lsn.longValue()), atTransactionEnd(values)) : null;
		this.lastTransaction = stored.transactionId();
	}

	/**
	 * Whether a stream can start from an offset. It cannot start inside a snapshot.
	 * @param stored an offset, also of Debezium's own connector
	 */
	public static boolean isUsable(Map<String, ?> stored) {
		return !SourceOffset.isSnapshotUnfinished(stored);
	}

	/**
	 * Move an offset inside a transaction to the end of the transaction before, or where
	 * the server sends that transaction as a whole.
	 * @param stored an offset, also of Debezium's own connector
	 * @return the offset; one of a snapshot as it is
	 */
	public static Map<String, ?> atTransactionEnd(Map<String, ?> stored) {
		if (SourceOffset.isSnapshot(stored)) {
			return stored;
		}
		return (stored.get(SourceOffset.LSN_COMMIT) instanceof Number committed)
				? SourceOffset.atTransactionEnd(stored, committed.longValue())
				: SourceOffset.outsideTransaction(stored);
	}

	/**
	 * Return the next record with its offset. Before the first end of a transaction that
	 * is the offset from which the stream started.
	 * @param event the record that Debezium created
	 */
	public SourceRecord applyTo(SourceRecord event) {
		Map<String, ?> offset = event.sourceOffset();
		if (offset == null) {
			return event;
		}
		if (!this.begun && isOfStream(event)) {
			begin(SourceOffset.isSnapshot(offset));
		}
		boolean ofChange = isOfChange(event);
		if (!precedesTransactionEnd(event)) {
			SourceOffset next = SourceOffset.of(event, this.last);
			this.last = (next != null) ? received(next, ofChange) : this.last;
		}
		this.transaction = offset.get(TRANSACTION_ID);
		if (this.last == null && isOfStream(event)) {
			this.last = start();
		}
		return new SourceRecord(event.sourcePartition(), (this.last != null) ? this.last.offset() : null, event.topic(),
				event.kafkaPartition(), event.keySchema(), event.key(), event.valueSchema(), event.value(),
				event.timestamp(), event.headers());
	}

	/** A snapshot contains what the stored offset misses, so that offset is of no use. */
	private void begin(boolean snapshot) {
		this.begun = true;
		SourceOffset last = this.last;
		if (snapshot) {
			this.last = null;
			this.lastTransaction = null;
		}
		else {
			this.gap = this.stream.gap(this.stored);
			this.last = (last != null) ? new SourceOffset(last.lsn(),
					new ConnectOffset(last.offset()).withGap(this.gap)
						.withDriverFlush(this.stored.isFlushedByDriver() || this.stream.isFlushedByDriver())
						.values())
					: null;
		}
	}

	/**
	 * Return the offset of the last record.
	 * @return the offset, {@code null} if a stream cannot start there
	 */
	public @Nullable StoredOffset last() {
		return (this.last != null) ? new ConnectOffset(this.last.offset()).stored() : null;
	}

	private @Nullable SourceOffset start() {
		Lsn start = this.stream.start();
		return (start != null) ? complete(new SourceOffset(start, Map.of(SourceOffset.LSN, start.value())), null, false)
				: null;
	}

	/** The rows of a snapshot are read before anything streams. */
	private SourceOffset received(SourceOffset next, boolean ofChange) {
		if (!isUsable(next.offset())) {
			return next;
		}
		return complete(next, ofChange ? next.transactionId() : null, !SourceOffset.isSnapshot(next.offset()));
	}

	private SourceOffset complete(SourceOffset offset, @Nullable Long transaction, boolean streamed) {
		ReceivedHistory history = this.stream.history(streamed);
		OffsetOrigin origin = null;
		String timelineStart = null;
		if (history != null) {
			origin = originAfter(transaction, offset.lsn(), history);
			timelineStart = history.startOf(origin.timeline());
		}
		ConnectOffset complete = new ConnectOffset(offset.offset()).withOrigin(origin, timelineStart)
			.withGap(this.gap)
			.withDriverFlush(this.stream.isFlushedByDriver());
		return new SourceOffset(offset.lsn(), complete.values());
	}

	/** A heartbeat has no transaction, but proves nothing against the last one. */
	private OffsetOrigin originAfter(@Nullable Long transaction, Lsn lsn, ReceivedHistory history) {
		OffsetOrigin origin = new OffsetOrigin(history.systemIdentifier(), history.timelineOf(lsn),
				this.lastTransaction);
		if (transaction != null) {
			Long known = this.knownTransaction;
			origin = origin.after(transaction, (known != null) ? known : history.nextTransaction());
			this.lastTransaction = origin.transactionId();
			this.knownTransaction = origin.transactionId();
		}
		return origin;
	}

	/**
	 * With metadata of transactions, a transaction ends with a record of its own. A
	 * heartbeat before it has the position of the end already.
	 */
	private boolean precedesTransactionEnd(SourceRecord event) {
		Object transaction = event.sourceOffset().get(TRANSACTION_ID);
		return transaction != null && transaction.equals(this.transaction) && !isTransactionEnd(event);
	}

	private static boolean isTransactionEnd(SourceRecord event) {
		return event.value() instanceof Struct value && TRANSACTION.equals(value.schema().name())
				&& "END".equals(value.getString("status"));
	}

	/**
	 * Whether the transaction of a record has changed something. Rows that are read while
	 * streaming have the transaction that reads them, and a heartbeat after them, too.
	 */
	private boolean isOfChange(SourceRecord event) {
		Object transaction = event.sourceOffset().get(SourceOffset.TRANSACTION);
		if (is(event, HEARTBEAT) || is(event, NOTIFICATION)) {
			return transaction != null && transaction.equals(this.changed);
		}
		if (event.sourceOffset().get(SourceOffset.SNAPSHOT) != null) {
			return false;
		}
		this.changed = transaction;
		return true;
	}

	/** A notification may precede the snapshot. */
	private static boolean isOfStream(SourceRecord event) {
		return event.sourceOffset().containsKey(SourceOffset.LSN) && !is(event, NOTIFICATION);
	}

	private static boolean is(SourceRecord event, String schema) {
		return event.valueSchema() != null && schema.equals(event.valueSchema().name());
	}

	/**
	 * What the offsets need to know of the stream.
	 */
	public interface Stream {

		/**
		 * What the connector has skipped if it continues at the stored offset.
		 * @param stored the offset, without values if there is none
		 * @return the gap, {@code null} if there is none
		 */
		@Nullable Gap gap(ConnectOffset stored);

		/**
		 * Whether the driver advances the slot by itself.
		 */
		boolean isFlushedByDriver();

		/**
		 * The position from which the server streams if the stored offset is of no use.
		 * @return {@code null} if it does not stream
		 */
		@Nullable Lsn start();

		/**
		 * The history from which the task receives.
		 * @param streamed whether a record of the stream was received, and not only rows
		 * of a snapshot, which are read before anything streams
		 * @return the history, {@code null} if it may change while the task receives
		 */
		@Nullable ReceivedHistory history(boolean streamed);

	}

}
