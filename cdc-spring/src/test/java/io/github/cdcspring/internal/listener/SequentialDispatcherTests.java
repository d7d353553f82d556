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

package io.github.cdcspring.internal.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.cdcspring.Before;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.KeyHash;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.settings.EngineSettings;
import org.apache.kafka.common.errors.RetriableException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SequentialDispatcherTests {

	private static final EngineSettings.Retry ONCE = retry(1);

	private static final String STOPPED = "Nothing from this position on is acknowledged. Fix the cause, then restart the "
			+ "engine to receive it again.";

	private static final String RESTARTED = "Nothing from this position on is acknowledged, and the event is delivered again "
			+ "after each restart of the engine. Fix the cause if it does not pass by itself.";

	private final List<String> log = new ArrayList<>();

	private final RowMappers rowMappers = new RowMappers(new DefaultConversionService(), null);

	private final List<RowMapper<?>> mappers = new ArrayList<>();

	private final AtomicInteger handled = new AtomicInteger();

	private DeliveryGuard guard = DeliveryGuard.NONE;

	@Test
	void givesARowAsItIsNowAndOfADeleteAsItWas() {
		SequentialDispatcher chain = chain(new Rows());
		deliver(chain, TestChange.create(1), TestChange.update(2, "ada", "bob"), TestChange.delete(3),
				TestChange.read(4), TestChange.truncate());
		assertThat(this.log).containsExactly("CREATE Order[id=1, customer=ada]", "UPDATE Order[id=2, customer=bob]",
				"DELETE Order[id=3, customer=ada]", "READ Order[id=4, customer=ada]", "TRUNCATE null");
		assertThat(this.handled).hasValue(5);
	}

	@Test
	void givesArgumentsInAnyOrder() {
		SequentialDispatcher chain = chain(new Everything());
		deliver(chain, TestChange.update(2, "ada", "bob"));
		assertThat(this.log).containsExactly(
				"0/66 public.orders {id=2} UPDATE null " + TestChange.COMMITTED
						+ " Order[id=2, customer=bob] Order[id=2, customer=ada] {id=2, customer=bob} true 7 false",
				"UPDATE Order[id=2, customer=bob] " + TestChange.COMMITTED + " Order[id=2, customer=ada] {id=2} 0/66 "
						+ "public.orders");
		deliver(chain, TestChange.message("audit", "hello"));
		assertThat(this.log).last()
			.isEqualTo("0/64 null null MESSAGE hello " + TestChange.COMMITTED + " null null null false 7 false");
	}

	@Test
	void givesMapsWhereNoTypeIsNamed() {
		SequentialDispatcher chain = chain(new Maps());
		deliver(chain, TestChange.update(2, "ada", "bob"));
		assertThat(this.log).containsExactlyInAnyOrder("any bob", "raw bob", "typed bob", "row bob before ada");
	}

	@Test
	void aRowBeforeIsNullWhereThereIsNone() {
		SequentialDispatcher chain = chain(new BeforeOnly());
		deliver(chain, TestChange.create(1), TestChange.update(1, "ada", "bob"), TestChange.delete(1));
		assertThat(this.log).containsExactly("null", "ada", "ada");
	}

	@Test
	void choosesByTableOperationAndPrefix() {
		SequentialDispatcher chain = chain(new Choosing());
		TestChange other = TestChange.of(Operation.CREATE, new TableId("sales", "items"), null,
				TestChange.row(1, "ada"));
		deliver(chain, TestChange.create(1), TestChange.delete(1), other, TestChange.message("a", ""),
				TestChange.message("b", ""), TestChange.message("c", ""));
		assertThat(this.log).containsExactly("created public.orders", "all 0/65", "all 0/65", "sales.items",
				"message a", "message b");
		assertThat(this.handled).hasValue(6);
	}

	@Test
	void aChangeThatNobodyAsksForIsHandledAtOnce() {
		deliver(chain(), TestChange.create(1), TestChange.message("m", "text"));
		assertThat(this.handled).hasValue(2);
	}

	@Test
	void choosesUpdatesByColumns() {
		SequentialDispatcher chain = chain(new Columns());
		deliver(chain, TestChange.create(1), TestChange.update(2, "ada", "ada"), TestChange.update(3, "ada", "bob"),
				TestChange.delete(4));
		assertThat(this.log).containsExactly("CREATE 1", "UPDATE 3", "DELETE 4");
		assertThat(this.handled).hasValue(4);
	}

	@Test
	void callsListenersInTheirOrderAndHandlesAfterTheLast() {
		SequentialDispatcher chain = chain(new InOrder());
		chain.dispatch(TestChange.create(1), () -> this.log.add("handled"));
		assertThat(this.log).containsExactly("first", "second", "third", "handled");
	}

	@Test
	void mapsRecordOnceForAllListeners() {
		SequentialDispatcher chain = chain(new InOrder(), new Rows(), new Everything());
		TestChange change = TestChange.update(1, "ada", "bob");
		deliver(chain, change);
		assertThat(this.mappers).extracting(RowMapper::type)
			.containsExactlyInAnyOrder(io.github.cdcspring.internal.listener.Order.class, Map.class);
		for (RowMapper<?> mapper : this.mappers) {
			assertThat(change.mapped()).as("before and after").filteredOn(mapper::equals).hasSize(2);
		}
		deliver(chain, TestChange.update(1, "bob", "cid"));
		assertThat(this.log).last().asString().contains("customer=cid");
	}

	@Test
	void mapsMutableRowOnceForEachParameter() {
		TestChange change = TestChange.update(1, "ada", "bob");
		deliver(chain(new Maps()), change);
		assertThat(this.mappers).hasSize(1);
		assertThat(change.mapped()).as("before and after, four times").hasSize(8).containsOnly(this.mappers.get(0));
	}

	@Test
	void mapsNoRowWithoutParameterForIt() {
		deliver(chain(new Columns()), TestChange.create(1));
		assertThat(this.mappers).isEmpty();
	}

	@Test
	void collectsBatchesUntilTheyAreFlushed() {
		SequentialDispatcher chain = chain(new Batches());
		deliver(chain, TestChange.create(1), TestChange.update(2, "ada", "bob"), TestChange.delete(3));
		assertThat(this.log).isEmpty();
		assertThat(this.handled).hasValue(0);
		chain.flush();
		assertThat(this.log).containsExactly("rows [1, 2, 3]", "events [CREATE, UPDATE, DELETE]",
				"maps [ada, bob, ada]");
		assertThat(this.handled).hasValue(3);
		chain.flush();
		assertThat(this.log).hasSize(3);
		assertThat(this.handled).hasValue(3);
	}

	@Test
	void handsOverABatchThatIsFull() {
		SequentialDispatcher chain = chain(new Counting());
		for (int i = 0; i < 2 * SequentialDispatcher.MAX_BATCH + 1; i++) {
			deliver(chain, TestChange.create(i));
		}
		assertThat(this.log).containsExactly("1000 from 0", "1000 from 1000");
		assertThat(this.handled).hasValue(2 * SequentialDispatcher.MAX_BATCH);
		chain.flush();
		assertThat(this.log).last().isEqualTo("1 from 2000");
	}

	@Test
	void aChangeWithSingleAndBatchListenersIsHandledAfterBoth() {
		SequentialDispatcher chain = chain(new Counting(), new InOrder());
		deliver(chain, TestChange.create(1), TestChange.create(2));
		assertThat(this.log).containsExactly("first", "second", "third", "first", "second", "third");
		assertThat(this.handled).hasValue(0);
		chain.flush();
		assertThat(this.log).last().isEqualTo("2 from 1");
		assertThat(this.handled).hasValue(2);
	}

	@Test
	void collectsMessages() {
		SequentialDispatcher chain = chain(new MessageBatches());
		deliver(chain, TestChange.message("m", "a"), TestChange.message("m", "b"));
		chain.flush();
		assertThat(this.log).containsExactly("a b");
	}

	@Test
	void aBatchThatFailedIsKeptWhole() {
		FailingBatch listener = new FailingBatch();
		SequentialDispatcher chain = chain(retry(2), listener);
		deliver(chain, TestChange.create(1), TestChange.update(2, "ada", "bob"));
		assertFails(chain::flush, "Listener 'bean0.on' (method 'on' of bean 'bean0') failed in 2 attempts with "
				+ "java.lang.UnsupportedOperationException at a batch of 2 events, from CREATE of public.orders, key "
				+ KeyHash.of(TestChange.create(1)) + ", LSN 0/65, " + "transaction 7 to UPDATE of public.orders, key "
				+ KeyHash.of(TestChange.create(2)) + ", LSN 0/66, transaction 7. " + RESTARTED);
		assertThat(this.handled).hasValue(0);
		listener.cured = true;
		chain.flush();
		assertThat(listener.sizes).containsExactly(2, 2, 2);
		assertThat(this.handled).hasValue(2);
		listener.cured = false;
		deliver(chain, TestChange.delete(3));
		assertThatExceptionOfType(ListenerFailedException.class).isThrownBy(chain::flush)
			.withMessageContaining(" at DELETE of public.orders, key ");
	}

	@Test
	void triesAgainInPlace() {
		Failing listener = new Failing(2, new IllegalStateException("a row's secret"));
		SequentialDispatcher chain = chain(retry(3), listener);
		deliver(chain, TestChange.create(1), TestChange.create(2));
		assertThat(listener.calls).containsExactly(1L, 1L, 1L, 2L);
		assertThat(this.handled).hasValue(2);
	}

	@Test
	void failsWhenTheAttemptsAreSpent() {
		Failing listener = new Failing(100, new IllegalStateException("a row's secret"));
		SequentialDispatcher chain = chain(retry(3), listener, new Rows());
		assertFails(() -> deliver(chain, TestChange.create(1)),
				"Listener 'bean0.on' (method 'on' of bean 'bean0') failed in 3 attempts with "
						+ "java.lang.IllegalStateException at CREATE of public.orders, key "
						+ KeyHash.of(TestChange.create(1)) + ", LSN 0/65, transaction 7. " + RESTARTED)
			.hasCause(listener.failure);
		assertThat(listener.calls).hasSize(3);
		assertThat(this.log).isEmpty();
		assertThat(this.handled).hasValue(0);
	}

	@Test
	void namesSnapshotsAndMessagesThatFailed() {
		SequentialDispatcher chain = chain(new Failing(100, new IllegalStateException()), new FailingMessage());
		assertFails(() -> deliver(chain, TestChange
			.read(1)), "Listener 'bean0.on' (method 'on' of bean 'bean0') failed "
					+ "in 1 attempt with java.lang.IllegalStateException at READ of public.orders, LSN 0/65, snapshot. "
					+ RESTARTED);
		assertFails(() -> deliver(chain, TestChange.message("m", "secret")),
				"Listener 'bean1.on' (method 'on' of bean 'bean1') failed in 1 attempt with java.io.IOException at logical "
						+ "message 'm', LSN 0/64, transaction 7. " + RESTARTED);
	}

	@Test
	void letsNoTypeOutButItsOwn() {
		for (Throwable thrown : List.of(new RetriableException("kafka") {
		}, new AssertionError("error"), new StackOverflowError(), new Exception("checked"), new CdcException("ours"))) {
			SequentialDispatcher chain = chain(new Failing(100, thrown));
			assertThatThrownBy(() -> deliver(chain, TestChange.create(1)))
				.isExactlyInstanceOf(ListenerFailedException.class)
				.hasCause(thrown);
		}
	}

	@Test
	void anErrorIsNotTriedAgain() {
		Failing listener = new Failing(100, new AssertionError());
		SequentialDispatcher chain = chain(retry(3), listener);
		assertThatExceptionOfType(ListenerFailedException.class).isThrownBy(() -> deliver(chain, TestChange.create(1)));
		assertThat(listener.calls).hasSize(1);
	}

	@Test
	void interruptionIsRetriedAndDoesNotReachTheNextAttempt() {
		Failing listener = new Failing(2, new InterruptedException());
		listener.interrupt = true;
		deliver(chain(retry(3), listener), TestChange.create(1));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(listener.calls).hasSize(3);
		assertThat(this.handled).hasValue(1);
	}

	@Test
	void interruptionOfTheThreadDoesNotReachAListener() {
		Failing listener = new Failing(0, new IllegalStateException());
		SequentialDispatcher chain = chain(listener);
		Thread.currentThread().interrupt();
		deliver(chain, TestChange.create(1));
		assertThat(listener.interrupted).isFalse();
		assertThat(this.handled).hasValue(1);
	}

	@Test
	void interruptionAfterTheRunHasEndedIsNoFailureOfTheListener() {
		Failing listener = new Failing(100, new InterruptedException());
		CdcException ended = new CdcException("ended");
		this.guard = () -> {
			if (!listener.calls.isEmpty()) {
				throw new DeliveryStoppedException(ended);
			}
		};
		SequentialDispatcher chain = chain(retry(3), listener);
		assertThatExceptionOfType(DeliveryStoppedException.class).isThrownBy(() -> deliver(chain, TestChange.create(1)))
			.withCause(ended);
		assertThat(listener.calls).hasSize(1);
	}

	@Test
	void aRowThatCannotBeBoundIsNotTriedAgain() {
		Rows listener = new Rows();
		SequentialDispatcher chain = chain(retry(3), listener);
		TestChange poison = TestChange.of(Operation.CREATE, TestChange.ORDERS, null,
				Map.of("id", 1L, "customer", List.of("secret")));
		assertFails(() -> deliver(chain, poison),
				"Listener 'bean0.on' (method 'on' of bean 'bean0') could not be called with "
						+ "CREATE of public.orders, key " + KeyHash.of(TestChange.create(1))
						+ ", LSN 0/65, transaction 7: java.lang.ClassCastException. " + STOPPED);
		assertThat(this.log).isEmpty();
		deliver(chain, TestChange.create(2));
		assertThat(this.log).containsExactly("CREATE Order[id=2, customer=ada]");
	}

	@Test
	void waitsAsTheSettingsSay() {
		RetryPolicy policy = ListenerSet
			.retryPolicy(new EngineSettings.Retry(5, Duration.ofMillis(200), 3, Duration.ofSeconds(1), Set.of()));
		assertThat(policy.getBackOff()).isInstanceOf(ExponentialBackOff.class);
		BackOffExecution waits = policy.getBackOff().start();
		assertThat(IntStream.range(0, 5).mapToLong((i) -> waits.nextBackOff())).containsExactly(200L, 600L, 1_000L,
				1_000L, BackOffExecution.STOP);
	}

	private static EngineSettings.Retry retry(int attempts) {
		return new EngineSettings.Retry(attempts, Duration.ofNanos(1_000_000), 1, Duration.ofMillis(1), Set.of());
	}

	private SequentialDispatcher chain(Object... beans) {
		return chain(ONCE, beans);
	}

	private SequentialDispatcher chain(EngineSettings.Retry retry, Object... beans) {
		try (AnnotationConfigApplicationContext context = ListenerContext.of((registry) -> {
			for (int i = 0; i < beans.length; i++) {
				Object bean = beans[i];
				registry.registerBean("bean" + i, Object.class, () -> bean);
			}
		})) {
			EngineSettings.Listener settings = ListenerContext.settings(retry,
					new EngineSettings.Dispatch(1, 100, 32 << 20, 64 << 20, false));
			return (SequentialDispatcher) new ListenerSet("test", settings,
					context.getBean(ListenerRegistry.class).endpoints(), (type) -> {
						RowMapper<?> mapper = this.rowMappers.mapperFor(type);
						this.mappers.add(mapper);
						return mapper;
					}, DeliveryOptions.NONE, null)
				.dispatcher(this.guard, (failure) -> {
				});
		}
	}

	private void deliver(SequentialDispatcher chain, Change... changes) {
		for (Change change : changes) {
			chain.dispatch(change, this.handled::incrementAndGet);
		}
	}

	private static AbstractThrowableAssert<?, ?> assertFails(ThrowingCallable call, String message) {
		return assertThatThrownBy(call).isExactlyInstanceOf(ListenerFailedException.class).hasMessage(message);
	}

	class Rows {

		@CdcListener(tables = "orders", operations = { Operation.CREATE, Operation.UPDATE, Operation.DELETE,
				Operation.READ, Operation.TRUNCATE })
		void on(Operation operation, io.github.cdcspring.internal.listener.@Nullable Order order) {
			SequentialDispatcherTests.this.log.add(operation + " " + order);
		}

	}

	class Everything {

		@CdcListener(tables = "orders", messages = "audit")
		void on(Lsn lsn, @Nullable TableId table, @Nullable RowKey key, Operation operation,
				@Nullable LogicalMessage message, Instant committed,
				ChangeEvent<io.github.cdcspring.internal.listener.Order> event,
				ChangeEvent<Map<String, Object>> untyped) {
			SequentialDispatcherTests.this.log
				.add(lsn + " " + table + " " + ((key != null) ? "{id=" + key.single() + "}" : null) + " " + operation
						+ " " + ((message != null) ? message.text() : null) + " " + committed + " " + event.after()
						+ " " + event.before() + " "
						+ ((untyped.after() != null) ? "{id=" + untyped.after().get("id") + ", customer="
								+ untyped.after().get("customer") + "}" : null)
						+ " " + (event.row() == event.after() && event.after() != null) + " " + event.transactionId()
						+ " " + event.snapshot());
		}

		@CdcListener("orders")
		void reversed(Operation operation, io.github.cdcspring.internal.listener.Order order, Instant committed,
				@Before io.github.cdcspring.internal.listener.@Nullable Order before, RowKey key, Lsn lsn,
				TableId table) {
			SequentialDispatcherTests.this.log.add(operation + " " + order + " " + committed + " " + before + " "
					+ key.columns() + " " + lsn + " " + table);
		}

	}

	@SuppressWarnings("rawtypes")
	class Maps {

		@CdcListener("orders")
		void any(ChangeEvent<?> event) {
			SequentialDispatcherTests.this.log
				.add("any " + ((Map<?, ?>) Objects.requireNonNull(event.row())).get("customer"));
		}

		@CdcListener("orders")
		void raw(ChangeEvent event) {
			SequentialDispatcherTests.this.log.add("raw " + ((Map<?, ?>) event.row()).get("customer"));
		}

		@CdcListener("orders")
		void typed(ChangeEvent<Map<String, Object>> event) {
			SequentialDispatcherTests.this.log.add("typed " + Objects.requireNonNull(event.row()).get("customer"));
		}

		@CdcListener("orders")
		void row(Map<String, Object> row, @Before Map<String, ?> before) {
			SequentialDispatcherTests.this.log.add("row " + row.get("customer") + " before " + before.get("customer"));
		}

	}

	class BeforeOnly {

		@CdcListener("orders")
		void on(@Before io.github.cdcspring.internal.listener.@Nullable Order before) {
			SequentialDispatcherTests.this.log.add((before != null) ? before.customer() : "null");
		}

	}

	class Choosing {

		@CdcListener(tables = "*.*", operations = { Operation.CREATE, Operation.DELETE })
		@Order(2)
		void all(TableId table, Lsn lsn) {
			SequentialDispatcherTests.this.log.add(table.schema().equals("public") ? "all " + lsn : table.toString());
		}

		@CdcListener(tables = "orders", operations = Operation.CREATE)
		@Order(1)
		void created(TableId table) {
			SequentialDispatcherTests.this.log.add("created " + table);
		}

		@CdcListener(messages = { "a", "b" })
		void message(LogicalMessage message) {
			SequentialDispatcherTests.this.log.add("message " + message.prefix());
		}

	}

	class Columns {

		@CdcListener(tables = "orders", columns = "customer")
		void on(Operation operation, RowKey key) {
			SequentialDispatcherTests.this.log.add(operation + " " + key.single());
		}

	}

	class InOrder {

		@CdcListener("orders")
		@Order(3)
		void a(io.github.cdcspring.internal.listener.Order order) {
			SequentialDispatcherTests.this.log.add("third");
		}

		@CdcListener("orders")
		@Order(2)
		void b(ChangeEvent<io.github.cdcspring.internal.listener.Order> order) {
			SequentialDispatcherTests.this.log.add("second");
		}

		@CdcListener("orders")
		@Order(1)
		void c() {
			SequentialDispatcherTests.this.log.add("first");
		}

	}

	class Batches {

		@CdcListener("orders")
		@Order(1)
		void rows(List<io.github.cdcspring.internal.listener.Order> orders) {
			SequentialDispatcherTests.this.log
				.add("rows " + orders.stream().map(io.github.cdcspring.internal.listener.Order::id).toList());
		}

		@CdcListener("orders")
		@Order(2)
		void events(List<ChangeEvent<io.github.cdcspring.internal.listener.Order>> events) {
			SequentialDispatcherTests.this.log.add("events " + events.stream().map(ChangeEvent::operation).toList());
		}

		@CdcListener("orders")
		@Order(3)
		void maps(List<? extends Map<String, Object>> rows) {
			SequentialDispatcherTests.this.log.add("maps " + rows.stream().map((row) -> row.get("customer")).toList());
		}

	}

	class Counting {

		@CdcListener("orders")
		void on(List<io.github.cdcspring.internal.listener.Order> orders) {
			SequentialDispatcherTests.this.log.add(orders.size() + " from " + orders.get(0).id());
		}

	}

	class MessageBatches {

		@CdcListener(messages = "m")
		void on(List<LogicalMessage> messages) {
			SequentialDispatcherTests.this.log
				.add(String.join(" ", messages.stream().map(LogicalMessage::text).toList()));
		}

	}

	static class FailingBatch {

		private final List<Integer> sizes = new ArrayList<>();

		private boolean cured;

		@CdcListener("orders")
		void on(List<io.github.cdcspring.internal.listener.Order> orders) {
			this.sizes.add(orders.size());
			if (!this.cured) {
				orders.clear();
			}
		}

	}

	static class Failing {

		private final List<Long> calls = new ArrayList<>();

		private final Throwable failure;

		private int failures;

		private boolean interrupt;

		private boolean interrupted;

		Failing(int failures, Throwable failure) {
			this.failures = failures;
			this.failure = failure;
		}

		@CdcListener("orders")
		void on(io.github.cdcspring.internal.listener.Order order) throws Throwable {
			this.calls.add(order.id());
			this.interrupted |= Thread.currentThread().isInterrupted();
			if (this.failures-- > 0) {
				if (this.interrupt) {
					Thread.currentThread().interrupt();
				}
				throw this.failure;
			}
		}

	}

	static class FailingMessage {

		@CdcListener(messages = "m")
		void on() throws java.io.IOException {
			throw new java.io.IOException("secret");
		}

	}

}
