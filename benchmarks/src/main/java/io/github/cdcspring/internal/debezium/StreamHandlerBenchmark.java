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

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.debezium.engine.DebeziumEngine.Offsets;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.backfill.BackfillStream;
import io.github.cdcspring.internal.backfill.InitialSnapshot;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.DeliveryGuard;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OnFailure;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;

/**
 * Measures all work of the starter for an event: from Debezium's batch to the return of a
 * listener with a row parameter, including the tracking for the acknowledgement.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StreamHandlerBenchmark {

	private static final int BATCH = 2_000;

	private final RecordCommitter<RecordChangeEvent<SourceRecord>> committer = new NoCommitter();

	private final InFlightTracker<SourceOffset> inFlightTracker = new InFlightTracker<>();

	private final List<RecordChangeEvent<SourceRecord>> events = new ItemRecords().events(BATCH);

	private StreamHandler handler = handler(new Listener());

	/**
	 * Create the handler.
	 * @param blackhole consumes the rows
	 */
	@Setup
	public void setUp(Blackhole blackhole) {
		Listener listener = new Listener();
		listener.blackhole = blackhole;
		this.handler = handler(listener);
	}

	private StreamHandler handler(Listener listener) {
		RowMappers mappers = new RowMappers(new DefaultConversionService(), null);
		OffsetSession session = new OffsetSession(new OffsetKey("default", "slot"), new MemoryOffsetStore(),
				Clock.systemUTC());
		OffsetCommitter offsetCommitter = new OffsetCommitter("default", this.inFlightTracker, session,
				new OffsetRecorder(session, new Backfill()), Duration.ofSeconds(1), new RunListener() {
				}, new StreamGuard("benchmark", session), (failure) -> {
				});
		return new StreamHandler(this.inFlightTracker, offsetCommitter,
				new RecordDecoder(DebeziumConfiguration.HEARTBEAT_PREFIX, (table) -> false),
				dispatcher(listener, mappers), null, new BackfillStream(), new InitialSnapshot((step) -> {
				}), new ArrivedEvents());
	}

	/** A dispatcher with the default concurrency of 1. */
	static ListenerDispatcher dispatcher(Object listener, RowMappers mappers) {
		EngineSettings.Listener settings = new EngineSettings.Listener(
				new EngineSettings.Retry(3, Duration.ofMillis(200), 5, Duration.ofSeconds(30), Set.of()),
				Duration.ofSeconds(30), new EngineSettings.Timeout(Duration.ofMinutes(1), false),
				new EngineSettings.Dispatch(1, 10_000, 32 << 20, 64 << 20, false),
				new EngineSettings.FailureHandling(OnFailure.STOP, false, "cdc_parked_event", "cdc_processed", true),
				EngineSettings.Restart.DEFAULT);
		return new ListenerSet("default", settings, registry(listener).endpoints(), mappers::mapperFor,
				DeliveryOptions.NONE, null)
			.dispatcher(DeliveryGuard.NONE, (failure) -> {
			});
	}

	static ListenerRegistry registry(Object listener) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(ListenerRegistry.class);
			context.registerBean(CdcListenerAnnotationBeanPostProcessor.class,
					() -> new CdcListenerAnnotationBeanPostProcessor(context.getBeanProvider(ListenerRegistry.class)));
			context.refresh();
			context.getAutowireCapableBeanFactory().initializeBean(listener, "listener");
			return context.getBean(ListenerRegistry.class);
		}
	}

	/**
	 * Handle a batch.
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public @Nullable Object handle() throws InterruptedException {
		this.handler.handleBatch(this.events, this.committer);
		return this.inFlightTracker.advance();
	}

	/** A listener that only consumes its row. */
	static class Listener {

		private @org.jspecify.annotations.Nullable Blackhole blackhole;

		@CdcListener("item")
		void on(Item item) {
			if (this.blackhole != null) {
				this.blackhole.consume(item);
			}
		}

	}

	private static final class NoCommitter implements RecordCommitter<RecordChangeEvent<SourceRecord>> {

		@Override
		public void markProcessed(RecordChangeEvent<SourceRecord> record) {
		}

		@Override
		public void markBatchFinished() {
		}

		@Override
		public void markProcessed(RecordChangeEvent<SourceRecord> record, Offsets offsets) {
		}

		@Override
		public Offsets buildOffsets() {
			throw new UnsupportedOperationException();
		}

	}

}
