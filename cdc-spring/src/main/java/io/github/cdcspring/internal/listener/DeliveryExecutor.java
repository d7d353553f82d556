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
import java.util.concurrent.TimeoutException;

import io.github.cdcspring.internal.listener.ListenerErrorHandler.Outcome;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Makes the attempts of deliveries: asks whether the event is put aside, calls the
 * listeners within the scope, and decides about a failure. This is the one place where
 * all of that happens. Serves one thread.
 */
final class DeliveryExecutor {

	/** Nothing is left to do. */
	static final long DONE = -2;

	private static final Logger logger = LoggerFactory.getLogger(DeliveryExecutor.class);

	/** The policy has decided, and the listeners behind the failed one are next. */
	private static final long GO_ON = -3;

	private final RowCache bound;

	private final RetryPolicy retry;

	private final @Nullable DeliveryAdvice advice;

	private final ListenerErrorHandler errorHandler;

	private final @Nullable DeliveryObserver observer;

	private final boolean asks;

	private final CallTracker slot;

	DeliveryExecutor(List<RowMapper<?>> binders, RetryPolicy retry, DeliveryOptions options, CallTracker slot) {
		this.slot = slot;
		this.bound = new RowCache(binders);
		this.retry = retry;
		this.advice = options.advice();
		this.errorHandler = options.errorHandler();
		this.observer = options.observer();
		this.asks = options.errorHandler() != ListenerErrorHandler.STOP;
	}

	/**
	 * Try once.
	 * @return {@link #DONE}, or after how many milliseconds to try again
	 * @throws ListenerFailedException if it failed and the engine is to stop, or the
	 * thread was interrupted
	 */
	long attempt(DeliveryAttempt handover) {
		if (this.asks && handover.askFirst() && !handover.group().wholeTransactions() && isPutAside(handover)) {
			return DONE;
		}
		long wait;
		do {
			wait = attemptOnce(handover);
		}
		while (wait == GO_ON);
		return wait;
	}

	/** What is put aside is taken out of the delivery. */
	private boolean isPutAside(DeliveryAttempt handover) {
		Change single = handover.single();
		if (single != null) {
			return isPutAside(handover, single);
		}
		List<Change> others = new ArrayList<>(handover.changes().size());
		for (Change change : handover.changes()) {
			if (!isPutAside(handover, change)) {
				others.add(change);
			}
		}
		handover.keepOnly(others);
		return others.isEmpty();
	}

	private boolean isPutAside(DeliveryAttempt handover, Change change) {
		if (!this.errorHandler.putsAside(handover.group(), change)) {
			return false;
		}
		gaveUp(change, Outcome.PUT_ASIDE);
		return true;
	}

	private void gaveUp(Change change, Outcome outcome) {
		if (this.observer != null) {
			this.observer.gaveUp(change, outcome);
		}
	}

	private long attemptOnce(DeliveryAttempt handover) {
		try {
			DeliveryAdvice advice = this.advice;
			if (advice == null) {
				callListeners(handover, null);
			}
			else {
				handover.rewind();
				advice.around(handover, (changes) -> callListeners(handover, changes));
			}
			return DONE;
		}
		catch (Throwable ex) {
			return failed(handover, ex);
		}
		finally {
			this.bound.clear();
		}
	}

	/**
	 * Call the listeners from the next one on.
	 * @param changes the events, {@code null} for all of the delivery
	 */
	private void callListeners(DeliveryAttempt handover, @Nullable List<Change> changes) throws Throwable {
		if (changes != null && changes.isEmpty()) {
			return;
		}
		boolean list = handover.group().batch();
		if (!list) {
			Change single = handover.single();
			this.bound.set((single != null) ? single : handover.changes().get(0));
		}
		for (ListenerInvoker listener = handover.listener(); listener != null; listener = handover.listener()) {
			if (list) {
				callWithList(listener, (changes != null) ? changes : handover.changes(), handover);
			}
			else {
				call(listener, handover);
			}
			handover.passListener();
		}
	}

	private void call(ListenerInvoker listener, DeliveryAttempt handover) throws Throwable {
		this.slot.begin(listener.endpoint(), this.bound.change());
		try {
			listener.call(this.bound, handover);
		}
		catch (Throwable ex) {
			throw unlessOverdue(ex);
		}
		this.slot.end();
	}

	private void callWithList(ListenerInvoker listener, List<Change> changes, DeliveryAttempt handover)
			throws Throwable {
		this.slot.begin(listener.endpoint(), changes.get(0));
		try {
			listener.callWithList(changes, this.bound, handover);
		}
		catch (Throwable ex) {
			throw unlessOverdue(ex);
		}
		this.slot.end();
	}

	/** An interruption for the length of the call does not mean that the engine ends. */
	private Throwable unlessOverdue(Throwable failure) {
		return this.slot.end() ? new TimeoutException("The listener was interrupted for not returning in time")
				: failure;
	}

	private long failed(DeliveryAttempt handover, Throwable failure) {
		ListenerInvoker listener = handover.listener();
		String what = (listener != null) ? listener.endpoint().toString()
				: "The delivery to group '" + handover.group() + "'";
		boolean unbound = failure instanceof UnboundException;
		if (!unbound) {
			logger.warn(what + " failed in attempt " + handover.attempt() + " with " + failure.getClass().getName()
					+ " at " + handover.position());
			logger.debug("Failure of {}", what, failure);
		}
		long wait = handover.failed(this.retry, failure);
		if (!unbound && isInterruption(failure)) {
			throw interrupted(handover, failure);
		}
		if (!unbound && wait != BackOffExecution.STOP) {
			return wait;
		}
		return decide(handover, unbound ? unbound(failure) : spent(handover, what, failure));
	}

	private long decide(DeliveryAttempt handover, ListenerFailedException failure) {
		if (handover.changes().size() > 1 && !handover.group().wholeTransactions() && this.errorHandler.isolates()) {
			deliverOneByOne(handover);
			return DONE;
		}
		Outcome outcome = this.errorHandler.failed(handover, failure);
		handover.changes().forEach((change) -> gaveUp(change, outcome));
		if (outcome == Outcome.STOP) {
			throw failure;
		}
		if (outcome == Outcome.SKIP && this.advice == null) {
			handover.passListener();
			return GO_ON;
		}
		if (outcome == Outcome.SKIP && handover.listener() != null) {
			// What the others did was undone with it
			handover.leaveOutListener();
			return GO_ON;
		}
		return DONE;
	}

	/** One event of a batch fails it: find out which. */
	private void deliverOneByOne(DeliveryAttempt batch) {
		DeliveryAttempt one = new DeliveryAttempt();
		for (Change change : batch.copyOfChanges()) {
			one.begin(batch.route(), List.of(change));
			one.lastAttempt();
			attempt(one);
		}
	}

	/** The listener was interrupted, or the wait for the next attempt. */
	static ListenerFailedException interrupted(DeliveryAttempt handover, Throwable cause) {
		Thread.currentThread().interrupt();
		ListenerInvoker listener = handover.listener();
		return new ListenerFailedException(
				((listener != null) ? listener.endpoint() : "The delivery to group '" + handover.group() + "'")
						+ " was interrupted in attempt " + handover.failures() + " at " + handover.position()
						+ ". Nothing from there on is acknowledged: it is sent again at the next start.",
				cause);
	}

	private static ListenerFailedException unbound(Throwable failure) {
		Throwable cause = failure.getCause();
		return new ListenerFailedException(String.valueOf(failure.getMessage()), (cause != null) ? cause : failure);
	}

	private static ListenerFailedException spent(DeliveryAttempt handover, String what, Throwable failure) {
		return new ListenerFailedException(
				what + " failed in " + handover.failures() + ((handover.failures() == 1) ? " attempt" : " attempts")
						+ " with " + failure.getClass().getName() + " at " + handover.position()
						+ ". Nothing from there on is acknowledged: cure the cause, and it is sent again.",
				failure);
	}

	/** Applications wrap it, and it means that the engine waits to be closed. */
	static boolean isInterruption(Throwable throwable) {
		if (Thread.currentThread().isInterrupted()) {
			return true;
		}
		for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
			if (cause instanceof InterruptedException) {
				return true;
			}
		}
		return false;
	}

}
