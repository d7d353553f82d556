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

package io.github.cdcspring.internal.row;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecordedSequenceTests {

	private static final Schema SOURCE = SchemaBuilder.struct()
		.field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
		.field("txId", Schema.OPTIONAL_INT64_SCHEMA)
		.field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
		.build();

	private static final Schema ENVELOPE = SchemaBuilder.struct()
		.field("op", Schema.STRING_SCHEMA)
		.field("source", SOURCE)
		.build();

	@Test
	void numbersTheEventsOfATransactionWithTheSameLsn() {
		assertThat(numbers(List.of(10L, 10L, 10L, 20L, 20L))).containsExactly(0, 1, 2, 0, 1);
	}

	@Test
	void numbersATransactionThatIsSentAgainAlike() {
		assertThat(numbers(List.of(10L, 10L))).isEqualTo(numbers(List.of(10L, 10L)));
	}

	@Test
	void snapshotMayHaveMoreRowsThanThereAreNumbers() {
		Ordinals ordinals = new Ordinals(Integer.MAX_VALUE);
		assertThat(ordinals.next(10, null)).isEqualTo(Integer.MAX_VALUE);
		assertThat(ordinals.next(10, null)).isZero();
		assertThat(RecordedSequence.of(event(10, "[\"5\",\"10\",\"" + Integer.MAX_VALUE + "\"]")))
			.isEqualTo(new RecordedSequence(5L, Integer.MAX_VALUE));
	}

	private static List<Integer> numbers(List<Long> lsns) {
		RecordedSequence.Writer writer = new RecordedSequence.Writer();
		return lsns.stream().map((lsn) -> event(lsn, "[\"5\",\"" + lsn + "\"]")).map((event) -> {
			writer.write(record(event));
			return RecordedSequence.of(event);
		}).map(RecordedSequence::number).toList();
	}

	@Test
	void keepsThePreviousCommit() {
		Struct event = event(10, "[\"5\",\"10\"]");
		new RecordedSequence.Writer().write(record(event));
		assertThat(RecordedSequence.of(event)).isEqualTo(new RecordedSequence(5L, 0));
		Struct first = event(10, "[null,\"10\"]");
		new RecordedSequence.Writer().write(record(first));
		assertThat(RecordedSequence.of(first)).isEqualTo(new RecordedSequence(null, 0));
	}

	@Test
	void findsNoNumberInWhatOthersWrite() {
		Stream
			.of("[\"5\",\"10\"]", "", "[]", "[\"5\",\"10\",\"x\"]", "[\"5\",\"10\",\"1\"",
					"[\"5\",\"10\",\"2147483648\"]")
			.forEach((text) -> assertThat(RecordedSequence.of(event(10, text))).as(text).isNull());
		assertThat(RecordedSequence.of(new Struct(SOURCE))).isNull();
	}

	@Test
	void numbersEventsThatShareTheirSourceBlock() {
		Struct delete = event(10, "[\"5\",\"10\"]");
		Struct create = new Struct(ENVELOPE).put("op", "c").put("source", delete.getStruct("source"));
		RecordedSequence.Writer writer = new RecordedSequence.Writer();
		writer.write(record(delete));
		writer.write(record(create));
		assertThat(RecordedSequence.of(delete)).isEqualTo(new RecordedSequence(5L, 0));
		assertThat(RecordedSequence.of(create)).isEqualTo(new RecordedSequence(5L, 1));
	}

	@Test
	void leavesOtherRecordsAlone() {
		SourceRecord tombstone = new SourceRecord(Map.of(), Map.of(), "topic", null, null);
		new RecordedSequence.Writer().write(tombstone);
		assertThat(RecordedSequence.isEvent(tombstone.value())).isFalse();
	}

	private static Struct event(long lsn, String sequence) {
		return new Struct(ENVELOPE).put("op", "c")
			.put("source", new Struct(SOURCE).put("lsn", lsn).put("txId", 7L).put("sequence", sequence));
	}

	private static SourceRecord record(Struct event) {
		return new SourceRecord(Map.of(), Map.of(), "topic", ENVELOPE, event);
	}

}
