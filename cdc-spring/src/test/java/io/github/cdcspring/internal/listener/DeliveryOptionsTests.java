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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.internal.parking.DefaultListenerErrorHandler;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OnFailure;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What surrounds a delivery, with one lane and with several.
 */
class DeliveryOptionsTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aScopeStandsAroundAllListenersOfAnEventAndEachAttemptBeginsAnew(int concurrency) throws Exception {
		List<String> log = new CopyOnWriteArrayList<>();
		DeliveryAdvice advice = (delivery, listeners) -> {
			log.add("begin " + delivery.attempt());
			try {
				listeners.call(delivery.changes());
				log.add("commit");
			}
			catch (Throwable ex) {
				log.add("rollback");
				throw ex;
			}
		};
		Two two = new Two(log);
		deliver(concurrency, new DeliveryOptions(advice, ListenerErrorHandler.STOP, List.of()), two,
				TestChange.create(1));
		assertThat(log).containsExactly("begin 1", "first", "second fails", "rollback", "begin 2", "first", "second",
				"third", "commit");
		assertThat(this.handled).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void withoutAScopeOnlyTheListenerThatFailedIsCalledAgain(int concurrency) throws Exception {
		List<String> log = new CopyOnWriteArrayList<>();
		deliver(concurrency, DeliveryOptions.NONE, new Two(log), TestChange.create(1));
		assertThat(log).containsExactly("first", "second fails", "second", "third");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aScopeMayLeaveOutWhatWasHandledBefore(int concurrency) throws Exception {
		DeliveryAdvice advice = (delivery, listeners) -> listeners
			.call(delivery.changes().stream().filter((change) -> change.lsn().value() % 2 == 0).toList());
		Lists lists = new Lists();
		deliver(concurrency, new DeliveryOptions(advice, ListenerErrorHandler.STOP, List.of()), lists,
				TestChange.create(1), TestChange.create(2), TestChange.create(3), TestChange.create(4));
		assertThat(lists.seen).containsExactlyInAnyOrder(2L, 4L);
		assertThat(this.handled).hasValue(4);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void whatIsSkippedStillReachesTheListenersBehind(int concurrency) throws Exception {
		List<String> log = new CopyOnWriteArrayList<>();
		Two two = new Two(log);
		two.failures = 100;
		deliver(concurrency, new DeliveryOptions(null, (delivery, failure) -> {
			log.add("decide about " + delivery.changes().size());
			return ListenerErrorHandler.Outcome.SKIP;
		}, List.of()), two, TestChange.create(1));
		assertThat(log).containsExactly("first", "second fails", "second fails", "second fails", "decide about 1",
				"third");
		assertThat(this.handled).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void anEventThatFailsABatchIsFoundAndThoseOfItsKeyAreAskedAboutFirst(int concurrency) throws Exception {
		Set<Long> aside = new ConcurrentSkipListSet<>();
		List<Long> decided = new CopyOnWriteArrayList<>();
		ListenerErrorHandler errorHandler = new ListenerErrorHandler() {

			@Override
			public boolean parkBehind(ListenerGroup group, Change change) {
				return aside.contains(id(change));
			}

			@Override
			public Outcome handle(Delivery delivery, ListenerFailedException failure) {
				assertThat(delivery.changes()).hasSize(1);
				aside.add(id(delivery.changes().get(0)));
				decided.add(delivery.changes().get(0).lsn().value());
				return Outcome.PARKED;
			}

			@Override
			public boolean splitsBatches() {
				return true;
			}

		};
		Poisoned poisoned = new Poisoned();
		deliver(concurrency, new DeliveryOptions(null, errorHandler, List.of()), poisoned, TestChange.create(1),
				TestChange.create(2), TestChange.update(2, "ada", "bob"), TestChange.create(3));
		assertThat(poisoned.seen).containsExactlyInAnyOrder(1L, 3L);
		assertThat(decided).as("the first of its key; the one behind it is asked about").hasSize(1);
		assertThat(this.handled).hasValue(4);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void whatIsPutAsideIsNotDelivered(int concurrency) throws Exception {
		ListenerErrorHandler errorHandler = new ListenerErrorHandler() {

			@Override
			public boolean parkBehind(ListenerGroup group, Change change) {
				return id(change) == 2;
			}

			@Override
			public Outcome handle(Delivery delivery, ListenerFailedException failure) {
				return Outcome.STOP;
			}

		};
		Lists lists = new Lists();
		deliver(concurrency, new DeliveryOptions(null, errorHandler, List.of()), lists, TestChange.create(1),
				TestChange.create(2), TestChange.create(3));
		assertThat(lists.seen).containsExactlyInAnyOrder(1L, 3L);
		assertThat(this.handled).hasValue(3);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void anObserverSeesEachCallAndEachEventThatIsHandled(int concurrency) throws Exception {
		List<String> log = new CopyOnWriteArrayList<>();
		DeliveryObserver observer = new DeliveryObserver() {

			@Override
			public void called(ListenerEndpoint listener, Change first, int events, long nanos,
					@Nullable Throwable failure) {
				log.add(listener.id() + ((failure != null) ? " failed" : "") + ((nanos > 0) ? "" : " in no time"));
			}

			@Override
			public void handled(Change change) {
				log.add("handled " + id(change));
			}

		};
		deliver(concurrency, DeliveryOptions.NONE, observer, new Two(new ArrayList<>()), TestChange.create(1));
		assertThat(log).containsExactly("first", "second failed", "second", "third", "handled 1");
	}

	private static long id(Change change) {
		return change.lsn().value() - 100;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void failuresOfTheStoreAreNotTheListeners(int concurrency) {
		StoreException failure = new StoreException("the store is away", null);
		AtomicInteger decided = new AtomicInteger();
		DeliveryOptions options = new DeliveryOptions((delivery, listeners) -> {
			throw failure;
		}, (delivery, ex) -> {
			decided.incrementAndGet();
			return ListenerErrorHandler.Outcome.SKIP;
		}, List.of());
		assertThat(failureOf(concurrency, options, DeliveryGuard.NONE, new Two(new CopyOnWriteArrayList<>())))
			.isSameAs(failure);
		assertThat(decided).hasValue(0);
		assertThat(this.handled).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void noFailureAroundTheListenersIsTheirs(int concurrency) {
		List<Throwable> failures = List.of(new NoClassDefFoundError("driver"), new StackOverflowError(),
				new IllegalStateException("pool"));
		AtomicInteger decided = new AtomicInteger();
		for (Throwable failure : failures) {
			for (boolean before : List.of(true, false)) {
				DeliveryOptions options = new DeliveryOptions((delivery, listeners) -> {
					if (!before) {
						listeners.call(delivery.changes());
					}
					throw failure;
				}, (delivery, ex) -> {
					decided.incrementAndGet();
					return ListenerErrorHandler.Outcome.SKIP;
				}, List.of());
				Two two = new Two(new CopyOnWriteArrayList<>());
				two.failures = 0;
				assertThat(failureOf(concurrency, options, DeliveryGuard.NONE, two)).isInstanceOf(StoreException.class)
					.hasCause(failure)
					.hasMessageContaining(failure.getClass().getName())
					.hasMessageNotContaining("driver");
				this.failure.set(null);
			}
		}
		assertThat(decided).hasValue(0);
		assertThat(this.handled).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void failedCommitOfTheirWorkIsTheListenersFailure(int concurrency) throws Exception {
		IllegalStateException failure = new IllegalStateException("deferred constraint");
		List<Throwable> causes = new CopyOnWriteArrayList<>();
		DeliveryAdvice advice = (delivery, listeners) -> {
			listeners.call(delivery.changes());
			throw new ListenerCommitException(failure);
		};
		deliver(concurrency, new DeliveryOptions(advice, (delivery, ex) -> {
			causes.add(ex.getCause());
			return ListenerErrorHandler.Outcome.SKIP;
		}, List.of()), new Lists(), TestChange.create(1));
		assertThat(causes).containsExactly(failure);
		assertThat(this.handled).hasValue(1);
	}

	@ParameterizedTest
	@MethodSource
	void failedCommitIsHandledAsTheListenerThatLosesTheLeastSays(OnFailure engine, Object bean, boolean skipped)
			throws Exception {
		DeliveryAdvice advice = (delivery, listeners) -> {
			listeners.call(delivery.changes());
			throw new ListenerCommitException(new IllegalStateException("deferred constraint"));
		};
		// Nothing can be parked, so that PARK stops
		DeliveryOptions options = new DeliveryOptions(advice,
				new DefaultListenerErrorHandler("test", engine, null, false, true), List.of());
		if (skipped) {
			deliver(1, options, bean, TestChange.create(1));
			assertThat(this.handled).hasValue(1);
		}
		else {
			assertThat(failureOf(1, options, DeliveryGuard.NONE, bean)).isInstanceOf(ListenerFailedException.class);
			assertThat(this.handled).hasValue(0);
		}
	}

	static Stream<Arguments> failedCommitIsHandledAsTheListenerThatLosesTheLeastSays() {
		return Stream.of(Arguments.of(OnFailure.SKIP, new SkipPark(), false),
				Arguments.of(OnFailure.SKIP, new StopSkip(), false),
				Arguments.of(OnFailure.SKIP, new DefaultStop(), false),
				Arguments.of(OnFailure.STOP, new SkipDefault(), false),
				Arguments.of(OnFailure.SKIP, new SkipDefault(), true),
				Arguments.of(OnFailure.STOP, new SkipSkip(), true), Arguments.of(OnFailure.PARK, new SkipSkip(), true));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void eventWhoseKeyIsUnreadableIsAFailureOfItsListener(int concurrency) throws Exception {
		Change change = TestChange.create(1).failingIn("key", () -> {
		});
		List<String> failures = new CopyOnWriteArrayList<>();
		deliver(concurrency, new DeliveryOptions(null, (delivery, failure) -> {
			failures.add(failure.getMessage());
			return ListenerErrorHandler.Outcome.SKIP;
		}, List.of()), new Lists(), change);
		assertThat(failures).singleElement(InstanceOfAssertFactories.STRING)
			.contains("could not be called with CREATE of public.orders, key ")
			.contains(": unreadable");
		assertThat(this.handled).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void deliversNothingThatTheGuardForbids(int concurrency) {
		DeliveryStoppedException stopped = new DeliveryStoppedException(new IllegalStateException("gone"));
		List<String> log = new CopyOnWriteArrayList<>();
		DeliveryOptions options = new DeliveryOptions(null, (delivery, ex) -> ListenerErrorHandler.Outcome.SKIP,
				List.of());
		assertThat(failureOf(concurrency, options, () -> {
			if (!log.isEmpty()) {
				throw stopped;
			}
		}, new Two(log))).isSameAs(stopped);
		assertThat(log).containsExactly("first");
		assertThat(this.handled).hasValue(0);
	}

	private @Nullable Throwable failureOf(int concurrency, DeliveryOptions options, DeliveryGuard guard, Object bean) {
		ListenerDispatcher dispatcher = dispatcher(concurrency, options, null, bean, guard);
		try {
			dispatcher.dispatch(TestChange.create(1), this.handled::incrementAndGet);
			dispatcher.flush();
		}
		catch (Exception ex) {
			this.failure.set(ex);
		}
		await().until(() -> this.failure.get() != null);
		dispatcher.close(null);
		return this.failure.get();
	}

	private void deliver(int concurrency, DeliveryOptions options, Object bean, Change... changes) throws Exception {
		deliver(concurrency, options, null, bean, changes);
	}

	private void deliver(int concurrency, DeliveryOptions options, @Nullable DeliveryObserver observer, Object bean,
			Change... changes) throws Exception {
		ListenerDispatcher dispatcher = dispatcher(concurrency, options, observer, bean);
		for (Change change : changes) {
			dispatcher.dispatch(change, this.handled::incrementAndGet);
		}
		dispatcher.flush();
		assertThat(dispatcher.awaitHandled(LONG)).isTrue();
		assertThat(this.failure).hasValue(null);
		assertThat(dispatcher.close(null)).isTrue();
	}

	private ListenerDispatcher dispatcher(int concurrency, DeliveryOptions options, @Nullable DeliveryObserver observer,
			Object bean) {
		return dispatcher(concurrency, options, observer, bean, DeliveryGuard.NONE);
	}

	private ListenerDispatcher dispatcher(int concurrency, DeliveryOptions options, @Nullable DeliveryObserver observer,
			Object bean, DeliveryGuard guard) {
		try (AnnotationConfigApplicationContext context = ListenerContext
			.of((registry) -> registry.registerBean("bean", Object.class, () -> bean))) {
			EngineSettings.Listener settings = ListenerContext.settings(
					new EngineSettings.Retry(3, Duration.ofMillis(1), 1, Duration.ofMillis(1), Set.of()),
					new EngineSettings.Dispatch(concurrency, 100, 1 << 20, 1 << 20, false));
			return new ListenerSet("test", settings, context.getBean(ListenerRegistry.class).endpoints(),
					new RowMappers(new DefaultConversionService(), null)::mapperFor, options, observer)
				.dispatcher(guard, this.failure::set);
		}
	}

	static class Two {

		final List<String> log;

		volatile int failures = 1;

		Two(List<String> log) {
			this.log = log;
		}

		@CdcListener(id = "first", tables = "orders")
		@org.springframework.core.annotation.Order(1)
		void first(Order order) {
			this.log.add("first");
		}

		@CdcListener(id = "second", tables = "orders")
		@org.springframework.core.annotation.Order(2)
		void second(Order order) {
			if (this.failures-- > 0) {
				this.log.add("second fails");
				throw new IllegalStateException();
			}
			this.log.add("second");
		}

		@CdcListener(id = "third", tables = "orders", operations = io.github.cdcspring.Operation.CREATE)
		@org.springframework.core.annotation.Order(3)
		void third(Order order) {
			this.log.add("third");
		}

	}

	static class Lists {

		final List<Long> seen = new CopyOnWriteArrayList<>();

		@CdcListener("orders")
		void on(List<ChangeEvent<Order>> events) {
			events.forEach((event) -> this.seen.add(event.lsn().value() - 100));
		}

	}

	static class SkipPark {

		@CdcListener(tables = "orders", onFailure = "skip")
		void first(Order order) {
		}

		@CdcListener(tables = "orders", onFailure = "park")
		void second(Order order) {
		}

	}

	static class StopSkip {

		@CdcListener(tables = "orders", onFailure = "stop")
		void first(Order order) {
		}

		@CdcListener(tables = "orders", onFailure = "skip")
		void second(Order order) {
		}

	}

	static class DefaultStop {

		@CdcListener("orders")
		void first(Order order) {
		}

		@CdcListener(tables = "orders", onFailure = "stop")
		void second(Order order) {
		}

	}

	static class SkipSkip {

		@CdcListener(tables = "orders", onFailure = "skip")
		void first(Order order) {
		}

		@CdcListener(tables = "orders", onFailure = "skip")
		void second(Order order) {
		}

	}

	static class SkipDefault {

		@CdcListener(tables = "orders", onFailure = "skip")
		void first(Order order) {
		}

		@CdcListener("orders")
		void second(Order order) {
		}

	}

	static class Poisoned extends Lists {

		@Override
		void on(List<ChangeEvent<Order>> events) {
			if (events.stream().anyMatch((event) -> event.lsn().value() == 102)) {
				throw new IllegalStateException("poison");
			}
			super.on(events);
		}

	}

}
