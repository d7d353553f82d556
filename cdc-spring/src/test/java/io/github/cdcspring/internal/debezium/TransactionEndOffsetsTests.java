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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionEndOffsetsTests {

	private static final Schema TRANSACTION = SchemaBuilder.struct()
		.name("io.debezium.connector.common.TransactionMetadataValue")
		.field("status", Schema.STRING_SCHEMA)
		.build();

	private static final Schema NOTIFICATION = SchemaBuilder.struct()
		.name("io.debezium.connector.common.Notification")
		.build();

	private static final Schema HEARTBEAT = SchemaBuilder.struct()
		.name("io.debezium.connector.common.Heartbeat")
		.build();

	private static final Lsn START = new Lsn(100);

	private TransactionEndOffsets offsets = offsets(Map.of(), new Stream(START, null));

	@Test
	void beginsWhereTheStreamStarts() {
		assertThat(offset(Map.of("lsn", 150L, "lsn_proc", 120L, "messageType", "INSERT"))).isEqualTo(at(100));
		assertThat(offset(Map.of("lsn", 160L, "lsn_proc", 150L))).isEqualTo(at(100));
		assertThat(offset(Map.of("lsn", 170L, "lsn_proc", 170L, "lsn_commit", 170L))).isEqualTo(end(170));
	}

	@Test
	void aHeartbeatAfterAnEmptySnapshotHasTheStartOfTheStream() {
		// Debezium's own position may be later
		assertThat(offset(Map.of("lsn", 130L, "txId", 7L, "ts_usec", 1L))).isEqualTo(at(100));
	}

	@Test
	void keepsTheOffsetOfACompleteSnapshotUntilATransactionEnds() {
		Map<String, Object> row = Map.of("lsn", 100L, "snapshot", "INITIAL", "last_snapshot_record", true,
				"snapshot_completed", true);
		assertThat(offset(row)).isEqualTo(row);
		assertThat(offset(Map.of("lsn", 150L, "lsn_proc", 120L))).isEqualTo(row);
	}

	@Test
	void anUnfinishedSnapshotIsNoStart() {
		Map<String, Object> row = Map.of("lsn", 90L, "snapshot", "INITIAL", "last_snapshot_record", false,
				"snapshot_completed", false);
		assertThat(TransactionEndOffsets.isUsable(row)).isFalse();
		assertThat(TransactionEndOffsets.isUsable(Map.of("lsn", 90L))).isTrue();
		TransactionEndOffsets offsets = offsets(row, new Stream(START, null));
		assertThat(offsets.applyTo(event(Map.of("lsn", 150L), null)).sourceOffset()).isEqualTo(at(100));
	}

	@Test
	void aNotificationBeforeTheSnapshotHasNoOffset() {
		for (Map<String, Object> offset : List.<Map<String, Object>>of(Map.of(), Map.of("lsn", 100L))) {
			SourceRecord notification = event(offset, new Struct(NOTIFICATION));
			assertThat(this.offsets.applyTo(notification).sourceOffset()).isNull();
		}
	}

	@Test
	void aConnectorThatDoesNotStreamHasNoStart() {
		TransactionEndOffsets offsets = offsets(Map.of(), new Stream(null, null));
		assertThat(offsets.applyTo(event(Map.of("lsn", 150L), null)).sourceOffset()).isNull();
	}

	@Test
	void movesAnOffsetWithoutATransactionEndOutOfItsTransaction() {
		Map<String, Object> stored = Map.of("lsn", 150L, "lsn_proc", 140L, "messageType", "INSERT", "txId", 7L);
		assertThat(TransactionEndOffsets.atTransactionEnd(stored)).isEqualTo(Map.of("lsn", 150L, "txId", 7L));
	}

	@Test
	void keepsNoPlaceInATransaction() {
		Map<String, Object> stored = Map.of("lsn", 190L, "lsn_proc", 180L, "lsn_commit", 170L, "transaction_id", "7",
				"transaction_data_collection_order_public.item", 3L);
		assertThat(TransactionEndOffsets.atTransactionEnd(stored)).isEqualTo(end(170));
		assertThat(offset(stored)).isEqualTo(end(170));
	}

	@ParameterizedTest
	@ValueSource(strings = { "INCREMENTAL", "BLOCKING" })
	void rowsThatAreReadWhileStreamingHaveAnOffsetOfTheStream(String snapshot) {
		Map<String, Object> row = Map.of("lsn", 190L, "lsn_proc", 190L, "lsn_commit", 170L, "snapshot", snapshot,
				"last_snapshot_record", false, "snapshot_completed", false);
		assertThat(offset(row)).isEqualTo(end(170));
		assertThat(TransactionEndOffsets.atTransactionEnd(row)).isEqualTo(end(170));
	}

	@Test
	void aHeartbeatBeforeTheEndOfATransactionHasTheOffsetBefore() {
		Map<String, Object> inside = Map.of("lsn", 190L, "lsn_commit", 170L, "transaction_id", "7");
		Map<String, Object> committed = Map.of("lsn", 200L, "lsn_commit", 200L, "transaction_id", "7");
		assertThat(offset(inside, transaction("BEGIN"))).isEqualTo(end(170));
		assertThat(offset(inside)).isEqualTo(end(170));
		assertThat(offset(committed)).isEqualTo(end(170));
		assertThat(offset(committed, transaction("END"))).isEqualTo(end(200));
		assertThat(offset(Map.of("lsn", 200L, "lsn_commit", 200L))).isEqualTo(end(200));
		assertThat(offset(Map.of("lsn", 210L, "lsn_commit", 200L, "transaction_id", "8"), transaction("BEGIN")))
			.isEqualTo(end(200));
	}

	@Test
	void anOffsetHasTheHistoryInWhichItWasReceived() {
		Map<String, Object> stored = Map.of("lsn", 100L, "lsn_commit", 100L, "cdc_system_identifier", "7",
				"cdc_timeline_id", 1L, "cdc_transaction_id", 4L);
		ReceivedHistory history = new ReceivedHistory("7", 2, Map.of(1, Lsn.parse("0/6E")), (1L << 32) + 10);
		this.offsets = offsets(stored, new Stream(null, history));
		assertThat(offset(Map.of("lsn", 150L, "lsn_commit", 100L, "txId", 9L))).isEqualTo(stored);
		// The rest of an earlier run has no transaction
		assertThat(offset(Map.of("lsn", 160L, "lsn_commit", 160L)))
			.isEqualTo(Map.of("lsn", 160L, "lsn_commit", 160L, "cdc_system_identifier", "7", "cdc_timeline_id", 2,
					"cdc_timeline", "2@0/6E", "cdc_transaction_id", 4L));
		assertThat(offset(Map.of("lsn", 170L, "lsn_commit", 170L, "txId", 11L)))
			.containsEntry("cdc_transaction_id", (1L << 32) + 11)
			.containsEntry("cdc_timeline_id", 2);
		assertThat(offset(Map.of("lsn", 180L, "lsn_commit", 180L))).containsEntry("cdc_transaction_id",
				(1L << 32) + 11);
	}

	@Test
	void aTransactionThatReadsRowsHasChangedNothing() {
		this.offsets = offsets(end(100), new Stream(null, new ReceivedHistory("7", 1, Map.of(), 10)));
		assertThat(offset(Map.of("lsn", 150L, "lsn_commit", 120L, "txId", 8L))).containsEntry("cdc_transaction_id", 8L);
		Map<String, Object> row = Map.of("lsn", 160L, "lsn_commit", 160L, "txId", 9L, "snapshot", "BLOCKING");
		assertThat(offset(row)).containsEntry("cdc_transaction_id", 8L).doesNotContainKey("txId");
		Struct heartbeat = new Struct(HEARTBEAT);
		assertThat(offset(Map.of("lsn", 170L, "lsn_commit", 170L, "txId", 9L), heartbeat))
			.containsEntry("cdc_transaction_id", 8L);
		assertThat(offset(Map.of("lsn", 180L, "lsn_commit", 170L, "txId", 11L))).containsEntry("cdc_transaction_id",
				8L);
		assertThat(offset(Map.of("lsn", 190L, "lsn_commit", 190L, "txId", 11L), heartbeat))
			.containsEntry("cdc_transaction_id", 11L);
	}

	@Test
	void anOffsetIsOfTheTimelineThatHasWrittenIt() {
		this.offsets = offsets(end(100),
				new Stream(null, new ReceivedHistory("7", 4, Map.of(1, new Lsn(110), 2, new Lsn(120)), 10)));
		assertThat(offset(end(110))).containsEntry("cdc_timeline_id", 1).doesNotContainKey("cdc_timeline");
		assertThat(offset(end(120))).containsEntry("cdc_timeline_id", 2).containsEntry("cdc_timeline", "2@0/6E");
		assertThat(offset(end(121))).containsEntry("cdc_timeline_id", 4).containsEntry("cdc_timeline", "4@0/78");
	}

	@Test
	void tellsHowFarItHasSent() {
		assertThat(this.offsets.last()).isNull();
		offset(Map.of("lsn", 150L, "lsn_commit", 120L));
		assertThat(this.offsets.last().lsn()).isEqualTo(new Lsn(120));
		offset(Map.of("lsn", 150L, "snapshot", "INITIAL"));
		assertThat(this.offsets.last()).isNull();
	}

	@Test
	void anOffsetOfAStreamWhoseTimelineMayChangeHasNone() {
		this.offsets = offsets(
				Map.of("lsn", 100L, "lsn_commit", 100L, "cdc_system_identifier", "7", "cdc_timeline_id", 1L),
				new Stream(null, null));
		assertThat(offset(Map.of("lsn", 160L, "lsn_commit", 160L))).isEqualTo(end(160));
	}

	@Test
	void theStartOfTheStreamAndASnapshotAreOfTheServerThatWasRead() {
		ReceivedHistory history = new ReceivedHistory("7", 1, Map.of(), 10);
		Stream stream = new Stream(START, history);
		this.offsets = offsets(Map.of(), stream);
		assertThat(offset(Map.of("lsn", 150L, "lsn_proc", 120L)))
			.isEqualTo(Map.of("lsn", 100L, "cdc_system_identifier", "7", "cdc_timeline_id", 1));
		assertThat(stream.streamed).isFalse();
		this.offsets = offsets(Map.of(), stream);
		Map<String, Object> row = Map.of("lsn", 90L, "snapshot", "INITIAL", "last_snapshot_record", false,
				"snapshot_completed", false);
		assertThat(offset(row)).isEqualTo(row);
		assertThat(offset(Map.of("lsn", 90L, "snapshot", "INITIAL", "last_snapshot_record", true)))
			.containsEntry("cdc_timeline_id", 1);
		assertThat(stream.streamed).isFalse();
		assertThat(offset(Map.of("lsn", 170L, "lsn_commit", 170L))).containsEntry("cdc_timeline_id", 1);
		assertThat(stream.streamed).isTrue();
	}

	@Test
	void aGapRemainsInTheOffset() {
		Stream stream = new Stream(null, null);
		stream.gap = Gap.parse("0/50-0/64");
		this.offsets = offsets(end(80), stream);
		assertThat(offset(Map.of("lsn", 150L, "lsn_commit", 80L)))
			.isEqualTo(Map.of("lsn", 80L, "lsn_commit", 80L, "cdc_gap", "0/50-0/64"));
		assertThat(offset(Map.of("lsn", 170L, "lsn_commit", 170L))).containsEntry("cdc_gap", "0/50-0/64");
	}

	@Test
	void aGapThatWasAcceptedDoesNot() {
		this.offsets = offsets(Map.of("lsn", 80L, "lsn_commit", 80L, "cdc_gap", "0/50-0/64"), new Stream(null, null));
		assertThat(offset(Map.of("lsn", 150L, "lsn_commit", 80L))).isEqualTo(end(80));
	}

	@Test
	void aSnapshotThatReplacesTheStoredOffsetHasNoGap() {
		Stream stream = new Stream(null, new ReceivedHistory("7", 1, Map.of(), 10));
		stream.gap = Gap.parse("0/50-0/64");
		this.offsets = offsets(Map.of("lsn", 80L, "lsn_commit", 80L, "cdc_gap", "0/40-0/50", "cdc_transaction_id", 4L),
				stream);
		Map<String, Object> row = Map.of("lsn", 110L, "snapshot", "INITIAL", "last_snapshot_record", true);
		assertThat(offset(row)).doesNotContainKeys("cdc_gap", "cdc_transaction_id");
		assertThat(offset(Map.of("lsn", 170L, "lsn_commit", 170L))).doesNotContainKeys("cdc_gap", "cdc_transaction_id");
	}

	@Test
	void aNotificationBeforeASnapshotDecidesNothing() {
		Stream stream = new Stream(null, null);
		stream.gap = Gap.parse("0/50-0/64");
		this.offsets = offsets(end(80), stream);
		assertThat(offset(end(80), new Struct(NOTIFICATION))).isEqualTo(end(80));
		assertThat(offset(Map.of("lsn", 110L, "snapshot", "INITIAL", "last_snapshot_record", true)))
			.doesNotContainKey("cdc_gap");
	}

	@Test
	void anOffsetSaysWhetherTheDriverMayAdvanceTheSlotPastIt() {
		Stream stream = new Stream(null, null);
		stream.flushedByDriver = true;
		this.offsets = offsets(end(80), stream);
		assertThat(offset(Map.of("lsn", 150L, "lsn_commit", 80L))).containsEntry("cdc_flush", "driver");
		Map<String, Object> stored = offset(end(170));
		assertThat(stored).containsEntry("cdc_flush", "driver");
		this.offsets = offsets(stored, new Stream(null, null));
		assertThat(offset(Map.of("lsn", 180L, "lsn_commit", 170L))).isEqualTo(stored);
		assertThat(offset(end(190))).isEqualTo(end(190));
	}

	private static TransactionEndOffsets offsets(Map<String, Object> stored, Stream stream) {
		return new TransactionEndOffsets(new ConnectOffset(stored), stream);
	}

	private @Nullable Map<String, Object> offset(Map<String, Object> offset) {
		return offset(offset, null);
	}

	private @Nullable Map<String, Object> offset(Map<String, Object> offset, @Nullable Struct value) {
		Map<String, ?> applied = this.offsets.applyTo(event(offset, value)).sourceOffset();
		return (applied != null) ? new HashMap<>(applied) : null;
	}

	private static SourceRecord event(Map<String, Object> offset, @Nullable Struct value) {
		return new SourceRecord(Map.of("server", "shop"), new HashMap<>(offset), "topic",
				(value != null) ? value.schema() : null, value);
	}

	private static Struct transaction(String status) {
		return new Struct(TRANSACTION).put("status", status);
	}

	private static Map<String, Object> at(long lsn) {
		return Map.of("lsn", lsn);
	}

	private static Map<String, Object> end(long lsn) {
		return Map.of("lsn", lsn, "lsn_commit", lsn);
	}

	private static final class Stream implements TransactionEndOffsets.Stream {

		private final @Nullable Lsn start;

		private final @Nullable ReceivedHistory history;

		private @Nullable Gap gap;

		private boolean flushedByDriver;

		private boolean streamed;

		Stream(@Nullable Lsn start, @Nullable ReceivedHistory history) {
			this.start = start;
			this.history = history;
		}

		@Override
		public @Nullable Gap gap(ConnectOffset stored) {
			return this.gap;
		}

		@Override
		public boolean isFlushedByDriver() {
			return this.flushedByDriver;
		}

		@Override
		public @Nullable Lsn start() {
			return this.start;
		}

		@Override
		public @Nullable ReceivedHistory history(boolean streamed) {
			this.streamed |= streamed;
			return this.history;
		}

	}

}
