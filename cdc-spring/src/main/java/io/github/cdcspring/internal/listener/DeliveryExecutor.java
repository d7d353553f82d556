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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.cdcspring.internal.listener.ListenerErrorHandler.Outcome;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Executes deliveries: parks events behind earlier ones, calls the listeners within the
 * advice, and handles failures. Serves one thread.
 */
final class DeliveryExecutor implements AutoCloseable {

	/** The delivery is complete. */
	static final long DONE = -2;

	private static final Logger logger = LoggerFactory.getLogger(DeliveryExecutor.class);

	private static final String STOPPED = "Nothing from this position on is acknowledged. Fix the cause, then restart the "
			+ "engine to receive it again.";

	private static final String RESTARTED = "Nothing from this position on is acknowledged, and the event is delivered again "
			+ "after each restart of the engine. Fix the cause if it does not pass by itself.";

	/** The error handler has decided, and the next listener has to be called. */
	private static final long CONTINUE = -3;

	private final RowCache rows;

	private final RetryPolicy retry;

	private final @Nullable DeliveryAdvice advice;

	private final ListenerErrorHandler errorHandler;

	private final @Nullable DeliveryObserver observer;

	private final ListenerTimeoutMonitor monitor;

	private final CallTracker tracker;

	private final DeliveryGuard guard;

	/** What a listener threw last, to tell it from what the store threw around it. */
	private @Nullable Throwable thrownByListener;

	DeliveryExecutor(List<RowMapper<?>> mappers, RetryPolicy retry, DeliveryOptions options,
			@Nullable DeliveryObserver observer, ListenerTimeoutMonitor monitor, DeliveryGuard guard) {
		this.guard = guard;
		this.rows = new RowCache(mappers);
		this.retry = retry;
		this.advice = options.advice();
		this.errorHandler = options.errorHandler();
		this.observer = observer;
		this.monitor = monitor;
		this.tracker = monitor.open();
	}

	/**
	 * Complete a delivery, and sleep between its attempts.
	 * @throws ListenerFailedException if the engine has to stop
	 * @throws DeliveryStoppedException if the run has ended
	 */
	void execute(DeliveryAttempt delivery) {
		for (long wait = attempt(delivery); wait != DONE; wait = attempt(delivery)) {
			try {
				TimeUnit.MILLISECONDS.sleep(wait);
			}
			catch (InterruptedException ex) {
				// The next attempt finds out whether the run has ended
			}
		}
	}

	/**
	 * Make one attempt.
	 * @return {@link #DONE}, or how long to wait for the next attempt, in milliseconds
	 * @throws ListenerFailedException if the engine has to stop
	 * @throws DeliveryStoppedException if the run has ended
	 */
	long attempt(DeliveryAttempt delivery) {
		forgetInterruption();
		this.guard.check();
		if (delivery.checkForParking() && !delivery.group().wholeTransactions() && parkAll(delivery)) {
			return DONE;
		}
		long wait;
		do {
			wait = attemptOnce(delivery);
		}
		while (wait == CONTINUE);
		if (wait == DONE) {
			this.guard.handled();
		}
		return wait;
	}

	/**
	 * Park the events that have to wait behind earlier ones, and remove them from the
	 * delivery.
	 * @return whether no event is left
	 */
	private boolean parkAll(DeliveryAttempt delivery) {
		Change single = delivery.single();
		if (single != null) {
			return park(delivery, single);
		}
		List<Change> changes = delivery.changes();
		List<Change> others = new ArrayList<>(changes.size());
		for (Change change : changes) {
			if (!park(delivery, change)) {
				others.add(change);
			}
		}
		if (others.size() < changes.size()) {
			delivery.retain(others);
		}
		return others.isEmpty();
	}

	private boolean park(DeliveryAttempt delivery, Change change) {
		if (!this.errorHandler.parkBehind(delivery.group(), change)) {
			return false;
		}
		recovered(change, Outcome.PARKED);
		return true;
	}

	private void recovered(Change change, Outcome outcome) {
		if (this.observer != null) {
			this.observer.recovered(change, outcome);
		}
	}

	private long attemptOnce(DeliveryAttempt delivery) {
		this.thrownByListener = null;
		try {
			DeliveryAdvice advice = this.advice;
			if (advice == null) {
				callListeners(delivery, null);
			}
			else {
				delivery.rewind();
				advice.around(delivery, (changes) -> callListeners(delivery, changes));
			}
			return DONE;
		}
		catch (Throwable ex) {
			return fail(delivery, listenersFailure(ex));
		}
		finally {
			this.thrownByListener = null;
			this.rows.clear();
		}
	}

	/**
	 * Return what a listener threw, or what the commit threw because of a listener. For
	 * anything else no listener is to blame, whatever its type, and the event was not
	 * processed.
	 */
	private Throwable listenersFailure(Throwable thrown) {
		if (thrown == this.thrownByListener) {
			return thrown;
		}
		if (thrown instanceof ListenerCommitException ex) {
			return ex.failure();
		}
		if (thrown instanceof StoreException ex) {
			throw ex;
		}
		if (thrown instanceof DeliveryStoppedException ex) {
			throw ex;
		}
		throw new StoreException("An event could not be processed because of " + thrown.getClass().getName()
				+ ", which no listener threw. The event will be delivered again. Check the offset store, the "
				+ "transaction manager and the connection pool.", thrown);
	}

	/**
	 * Call the listeners from the next one on.
	 * @param changes the events, {@code null} for all events of the delivery
	 */
	private void callListeners(DeliveryAttempt delivery, @Nullable List<Change> changes) throws Throwable {
		if (changes != null && changes.isEmpty()) {
			return;
		}
		boolean batch = delivery.group().batch();
		if (!batch) {
			Change single = delivery.single();
			this.rows.set((single != null) ? single : delivery.changes().get(0));
		}
		for (ListenerInvoker listener = delivery.nextListener(); listener != null; listener = delivery.nextListener()) {
			forgetInterruption();
			this.guard.check();
			if (batch) {
				call(listener, (changes != null) ? changes : delivery.changes(), delivery);
			}
			else {
				call(listener, delivery);
			}
			delivery.advance();
		}
	}

	private void call(ListenerInvoker listener, DeliveryAttempt delivery) throws Throwable {
		this.tracker.begin(listener.endpoint(), this.rows.change());
		try {
			listener.call(this.rows, delivery);
		}
		catch (Throwable ex) {
			throw endFailed(ex);
		}
		this.tracker.end();
		forgetInterruption();
	}

	private void call(ListenerInvoker listener, List<Change> changes, DeliveryAttempt delivery) throws Throwable {
		this.tracker.begin(listener.endpoint(), changes.get(0));
		try {
			listener.callWithList(changes, this.rows, delivery);
		}
		catch (Throwable ex) {
			throw endFailed(ex);
		}
		this.tracker.end();
		forgetInterruption();
	}

	/**
	 * Clear the thread's interrupted status, which a listener may have left behind, so
	 * that it hurts neither the transaction nor a later event. An interruption that is
	 * meant for the run comes after the run has ended, which the guard knows.
	 */
	private static void forgetInterruption() {
		Thread.interrupted();
	}

	/** An interruption because of the timeout is a failure of the listener. */
	private Throwable endFailed(Throwable failure) {
		Throwable thrown = this.tracker.end()
				? new TimeoutException("The listener was interrupted for not returning in time") : failure;
		this.thrownByListener = thrown;
		return thrown;
	}

	private long fail(DeliveryAttempt delivery, Throwable failure) {
		forgetInterruption();
		this.guard.check();
		long wait = delivery.fail(this.retry, failure);
		logger.debug("Failure of attempt {}", delivery.failures(), failure);
		if (failure instanceof ListenerInvoker.ArgumentException unresolved) {
			Throwable cause = (unresolved.getCause() != null) ? unresolved.getCause() : unresolved;
			return recover(delivery, new ListenerFailedException(String.valueOf(unresolved.getMessage()), STOPPED,
					cause, null, FailedDelivery.of(delivery, cause)));
		}
		if (wait == BackOffExecution.STOP) {
			return recover(delivery, exhausted(delivery, failure));
		}
		logger.warn("{} failed in attempt {} with {} at {}. Next attempt in {} ms.", delivery.describeListener(),
				delivery.failures(), failure.getClass().getName(), delivery.describeEvents(), wait);
		return wait;
	}

	private long recover(DeliveryAttempt delivery, ListenerFailedException failure) {
		if (delivery.changes().size() > 1 && !delivery.group().wholeTransactions()
				&& this.errorHandler.splitsBatches()) {
			executeOneByOne(delivery);
			return DONE;
		}
		this.guard.check();
		Outcome outcome = this.errorHandler.handle(delivery, failure);
		delivery.changes().forEach((change) -> recovered(change, outcome));
		if (outcome == Outcome.STOP) {
			throw failure;
		}
		if (outcome == Outcome.SKIP && this.advice == null) {
			delivery.advance();
			return CONTINUE;
		}
		if (outcome == Outcome.SKIP && delivery.nextListener() != null) {
			// The advice has undone the work of the other listeners
			delivery.skipListener();
			return CONTINUE;
		}
		return DONE;
	}

	/** Find out which events of a batch fail. */
	private void executeOneByOne(DeliveryAttempt batch) {
		DeliveryAttempt single = new DeliveryAttempt();
		for (Change change : List.copyOf(batch.changes())) {
			single.start(batch.route(), List.of(change));
			single.disableRetry();
			attempt(single);
		}
	}

	private ListenerFailedException exhausted(DeliveryAttempt delivery, Throwable failure) {
		int failures = delivery.failures();
		boolean passing = this.retry.shouldRetry(failure);
		return new ListenerFailedException(
				delivery.describeListener() + " failed in " + failures + ((failures == 1) ? " attempt" : " attempts")
						+ " with " + failure.getClass().getName() + " at " + delivery.describeEvents(),
				passing ? RESTARTED : STOPPED, failure, passing ? delivery.changes() : null,
				FailedDelivery.of(delivery, failure));
	}

	@Override
	public void close() {
		this.monitor.close(this.tracker);
	}

}
