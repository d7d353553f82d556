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

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.debezium.engine.RecordChangeEvent;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.RowMappers;
import org.apache.kafka.connect.source.SourceRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

import org.springframework.core.convert.support.DefaultConversionService;

/**
 * Converts the texts of ten columns to their raw form, decodes records, and maps their
 * rows to a Java record.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowMapperBenchmark {

	private static final int BATCH = 2_000;

	private final ItemRecords records = new ItemRecords();

	private final Object[] values = ItemRecords.values(4_711);

	private final List<RecordChangeEvent<SourceRecord>> events = this.records.events(BATCH);

	private final RecordDecoder decoder = new RecordDecoder(DebeziumConfiguration.HEARTBEAT_PREFIX, (table) -> false);

	private final RowMapper<Item> mapper = new RowMappers(new DefaultConversionService(), null).mapperFor(Item.class);

	/**
	 * Convert the values from the server's text. This replaces Debezium's own
	 * conversions.
	 */
	@Benchmark
	public Object convert() {
		return this.records.convert(this.values);
	}

	/**
	 * Decode records.
	 * @param blackhole consumes the changes
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void decode(Blackhole blackhole) {
		for (RecordChangeEvent<SourceRecord> event : this.events) {
			blackhole.consume(this.decoder.decode(event.record()));
		}
	}

	/**
	 * Decode records and map their rows.
	 * @param blackhole consumes the rows
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void decodeAndMap(Blackhole blackhole) {
		for (RecordChangeEvent<SourceRecord> event : this.events) {
			blackhole.consume(Objects.requireNonNull(this.decoder.decode(event.record())).after(this.mapper));
		}
	}

}
