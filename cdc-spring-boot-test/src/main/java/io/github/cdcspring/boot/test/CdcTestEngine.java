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

package io.github.cdcspring.boot.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.engine.DirectDelivery;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.convert.ApplicationConversionService;

/**
 * Delivers events that a test makes to listeners, without a replication slot. Everything
 * between the slot and the listeners is the same: mapping of rows, order, retries,
 * interceptors, transactions and parking.
 * <p>
 * As a bean of {@link CdcTest @CdcTest(startEngines = false)}, it has the application's
 * listeners and settings, and its database. Made with {@link #of}, it needs neither
 * Spring nor a database. Not for use by several threads.
 *
 * @since 0.1.0
 */
public final class CdcTestEngine {

	/** One attempt, one thread, and a failure is a failure of the test. */
	private static final EngineSettings.Listener PLAIN = new EngineSettings.Listener(
			new EngineSettings.Retry(1, Duration.ofMillis(1), 1, Duration.ofMillis(1), Set.of()), Duration.ofSeconds(1),
			new EngineSettings.Timeout(Duration.ofMinutes(1), false),
			new EngineSettings.Dispatch(1, 1_000, Integer.MAX_VALUE, Integer.MAX_VALUE, false),
			new EngineSettings.FailureHandling(OnFailure.STOP, false, "", "", false), EngineSettings.Restart.DEFAULT);

	private final @Nullable EmbeddedEngineRegistry engines;

	private final Supplier<DirectDelivery> opening;

	private @Nullable DirectDelivery delivery;

	private CdcTestEngine(@Nullable EmbeddedEngineRegistry engines, Supplier<DirectDelivery> opening) {
		this.engines = engines;
		this.opening = opening;
	}

	CdcTestEngine(EmbeddedEngineRegistry engines, String engine) {
		this(engines, () -> open(engines, engine));
	}

	/**
	 * Create an engine for the listeners of some objects. Each event is delivered in one
	 * attempt, without a transaction.
	 * @param listeners objects with {@code @CdcListener} methods
	 * @return the engine
	 * @throws IllegalArgumentException if none has such a method
	 */
	public static CdcTestEngine of(Object... listeners) {
		ListenerRegistry registry = new ListenerRegistry();
		CdcListenerAnnotationBeanPostProcessor finder = new CdcListenerAnnotationBeanPostProcessor(
				new StaticListableBeanFactory(Map.of("registry", registry)).getBeanProvider(ListenerRegistry.class));
		for (int i = 0; i < listeners.length; i++) {
			finder.postProcessAfterInitialization(listeners[i], "listener" + i);
		}
		if (registry.endpoints().isEmpty()) {
			throw new IllegalArgumentException("No object has a @CdcListener method");
		}
		RowMappers mappers = new RowMappers(ApplicationConversionService.getSharedInstance(), null);
		ListenerSet set = new ListenerSet(ListenerRegistry.DEFAULT_ENGINE, PLAIN, registry.endpoints(),
				mappers::mapperFor, DeliveryOptions.NONE, null);
		return new CdcTestEngine(null, () -> new DirectDelivery(set, 0));
	}

	private static DirectDelivery open(EmbeddedEngineRegistry engines, String name) {
		if (engines.isRunning()) {
			throw new IllegalStateException(
					"The engines of the application are started and receive from their slots. Use startEngines = false, "
							+ "or a CdcScenario.");
		}
		engines.create();
		SupervisedCdcEngine engine = engines.engine(name);
		if (engine == null) {
			throw new IllegalStateException("No bean has a @CdcListener method of engine '" + name + "'");
		}
		return engine.deliverDirectly();
	}

	/**
	 * Return what delivers to another engine's listeners of the application.
	 * @param engine the engine's name
	 * @return the engine
	 * @throws IllegalStateException if this engine was made with {@link #of}
	 */
	public CdcTestEngine onEngine(String engine) {
		if (this.engines == null) {
			throw new IllegalStateException("All listeners are of one engine");
		}
		return new CdcTestEngine(this.engines, engine);
	}

	/**
	 * Deliver events, each one in a transaction of its own, and wait until the listeners
	 * have processed them. Parked and skipped events count as processed.
	 * @param events the events
	 * @throws CdcException if a listener failed in all attempts, so that the engine would
	 * stop; the cause is what the listener threw
	 */
	public void deliver(CdcTestEvent... events) {
		for (CdcTestEvent event : events) {
			deliverTransaction(event);
		}
	}

	/**
	 * Deliver the events of one transaction, and wait until the listeners have processed
	 * them. Parked and skipped events count as processed. The id of the transaction is
	 * part of the events' positions. To deliver them again, deliver the transaction
	 * again, as a server does.
	 * @param events the events in their order
	 * @throws CdcException if a listener failed in all attempts, so that the engine would
	 * stop; the cause is what the listener threw
	 */
	public void deliverTransaction(CdcTestEvent... events) {
		List<Change> changes = new ArrayList<>();
		for (CdcTestEvent event : events) {
			changes.add(TestRecords.change(event, events[0].transactionId()));
		}
		try {
			delivery().deliver(changes);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CdcException("The test was interrupted", ex);
		}
	}

	private DirectDelivery delivery() {
		DirectDelivery delivery = this.delivery;
		if (delivery == null) {
			delivery = this.opening.get();
			this.delivery = delivery;
		}
		return delivery;
	}

	/**
	 * Assert that the listeners leave the same state behind if an event is delivered
	 * twice.
	 * @param event the event
	 * @param state returns what the listeners have done, as an object with {@code equals}
	 * @throws AssertionError if the state differs
	 */
	public void assertIdempotent(CdcTestEvent event, Supplier<?> state) {
		deliver(event);
		Object first = state.get();
		deliver(event);
		Object second = state.get();
		if (!Objects.deepEquals(first, second)) {
			throw new AssertionError("A listener is not idempotent. After one delivery of " + event
					+ ", the state is\n  " + first + "\nand after two\n  " + second);
		}
	}

	/**
	 * Assert that the listeners leave the same state behind in all orders in which
	 * parallel delivery may process events: those of each key keep their order. With more
	 * than four keys, not all orders are tried.
	 * @param events the events of at least two keys
	 * @param reset sets the state back before each order
	 * @param state returns what the listeners have done, as an object with {@code equals}
	 * @throws AssertionError if the state differs
	 */
	public void assertOrderIndependent(List<CdcTestEvent> events, Runnable reset, Supplier<?> state) {
		List<CdcTestEvent> firstOrder = null;
		Object first = null;
		for (List<Integer> order : new EventOrders(events).orders()) {
			// Positions of their own, so that nothing is taken for a second delivery
			List<CdcTestEvent> stream = events.stream().map(CdcTestEvent::again).toList();
			List<CdcTestEvent> ordered = order.stream().map(stream::get).toList();
			reset.run();
			ordered.forEach(this::deliver);
			Object now = state.get();
			if (firstOrder == null) {
				firstOrder = ordered;
				first = now;
			}
			else if (!Objects.deepEquals(first, now)) {
				throw new AssertionError("The state depends on the order of events with different keys. After\n  "
						+ firstOrder + "\nit is\n  " + first + "\nand after\n  " + ordered + "\nit is\n  " + now);
			}
		}
	}

}
