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

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMappers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import org.springframework.core.convert.support.DefaultConversionService;

/**
 * Dispatches decoded changes to a listener that takes no row.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DispatcherBenchmark {

	private static final int BATCH = 2_000;

	private static final Runnable HANDLED = () -> {
	};

	private final List<Change> changes = changes();

	private final ListenerDispatcher dispatcher = StreamHandlerBenchmark.dispatcher(new Listener(),
			new RowMappers(new DefaultConversionService(), null));

	private static List<Change> changes() {
		RecordDecoder decoder = new RecordDecoder(DebeziumConfiguration.HEARTBEAT_PREFIX, (table) -> false);
		return new ItemRecords().events(BATCH)
			.stream()
			.map((event) -> Objects.requireNonNull(decoder.decode(event.record())))
			.toList();
	}

	/**
	 * Deliver a batch of changes.
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void deliver() throws InterruptedException {
		for (Change change : this.changes) {
			this.dispatcher.dispatch(change, HANDLED);
		}
		this.dispatcher.flush();
	}

	/** A listener with a parameter that costs nothing. */
	static class Listener {

		private volatile Operation last = Operation.READ;

		@CdcListener("item")
		void on(Operation operation) {
			this.last = operation;
		}

	}

}
