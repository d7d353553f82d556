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

package io.github.cdcspring.listener;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.function.ToIntFunction;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.decode.Change;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.core.retry.Retryable;

/**
 * Calls one listener, again where it fails and the policy has attempts left. Serves one
 * thread.
 */
abstract sealed class ListenerInvoker implements Retryable<@Nullable Object> permits EventInvoker, BatchInvoker {

	private static final Logger logger = LoggerFactory.getLogger(ListenerInvoker.class);

	private final ListenerEndpoint endpoint;

	private final Argument[] arguments;

	private final @Nullable Collection<String> columns;

	private final RetryTemplate retry;

	private @Nullable Object[] call = {};

	private int attempts;

	private @Nullable Throwable firstFailure;

	ListenerInvoker(ListenerEndpoint endpoint, ToIntFunction<Type> slots, RetryTemplate retry) {
		this.endpoint = endpoint;
		this.arguments = endpoint.parameters()
			.stream()
			.map((parameter) -> parameter.argument(slots))
			.toArray(Argument[]::new);
		this.columns = endpoint.columns().isEmpty() ? null : endpoint.columns();
		this.retry = retry;
	}

	static ListenerInvoker of(ListenerEndpoint endpoint, ToIntFunction<Type> slots, RetryTemplate retry) {
		return endpoint.batch() ? new BatchInvoker(endpoint, slots, retry) : new EventInvoker(endpoint, slots, retry);
	}

	/**
	 * Give the listener a change.
	 * @param bound the change
	 * @return {@code true} if it is kept for a batch
	 */
	final boolean deliver(BoundChange bound) {
		@Nullable Object[] values = new Object[this.arguments.length];
		try {
			if (!wants(bound.change())) {
				return false;
			}
			for (int i = 0; i < values.length; i++) {
				values[i] = this.arguments[i].of(bound);
			}
		}
		catch (Throwable ex) {
			throw unbound(bound.change(), ex);
		}
		return accept(bound.change(), values);
	}

	private boolean wants(Change change) {
		return this.columns == null || change.operation() != Operation.UPDATE || change.changed(this.columns);
	}

	abstract boolean accept(Change change, @Nullable Object[] values);

	/** The event or events in hand, without their rows. */
	abstract String position();

	final ListenerEndpoint endpoint() {
		return this.endpoint;
	}

	final void call(@Nullable Object... arguments) {
		this.attempts = 0;
		try {
			attempt(arguments);
		}
		catch (Throwable ex) {
			retry(arguments, ex);
		}
	}

	/**
	 * The template begins with the failure of the first attempt: what works does without
	 * it.
	 */
	private void retry(@Nullable Object[] arguments, Throwable firstFailure) {
		this.call = arguments;
		this.firstFailure = firstFailure;
		try {
			this.retry.execute(this);
		}
		catch (RetryException ex) {
			throw failed(ex.getCause());
		}
		finally {
			this.call = new Object[0];
		}
	}

	@Override
	public final @Nullable Object execute() throws Throwable {
		Throwable failure = this.firstFailure;
		if (failure != null) {
			this.firstFailure = null;
			throw failure;
		}
		attempt(this.call);
		return null;
	}

	private void attempt(@Nullable Object[] arguments) throws Throwable {
		this.attempts++;
		try {
			this.endpoint.invoke(arguments);
		}
		catch (Throwable ex) {
			logger.warn(this.endpoint + " failed in attempt " + this.attempts + " with " + ex.getClass().getName()
					+ " at " + position());
			logger.debug("Failure of listener '" + this.endpoint.id() + "'", ex);
			throw ex;
		}
	}

	@Override
	public final String getName() {
		return this.endpoint.id();
	}

	private ListenerFailedException failed(Throwable cause) {
		if (cause instanceof InterruptedException) {
			Thread.currentThread().interrupt();
		}
		if (Thread.currentThread().isInterrupted()) {
			return new ListenerFailedException(this.endpoint + " was interrupted in attempt " + this.attempts + " at "
					+ position() + ". Nothing from there on is acknowledged: it is sent again at the next start.",
					cause);
		}
		return new ListenerFailedException(this.endpoint + " failed in " + this.attempts
				+ ((this.attempts == 1) ? " attempt" : " attempts") + " with " + cause.getClass().getName() + " at "
				+ position() + ". Nothing from there on is acknowledged: cure the cause, and it is sent again.", cause);
	}

	private ListenerFailedException unbound(Change change, Throwable cause) {
		// Only our own exceptions are known to keep row data to themselves
		String why = (cause instanceof CdcException) ? String.valueOf(cause.getMessage()) : cause.getClass().getName();
		return new ListenerFailedException(this.endpoint + " could not be given " + describe(change) + ": " + why,
				cause);
	}

	static String describe(Change change) {
		StringBuilder text = new StringBuilder();
		LogicalMessage message = change.message();
		if (message != null) {
			text.append("logical message '").append(message.prefix()).append('\'');
		}
		else {
			text.append(change.operation()).append(" of ").append(change.table());
		}
		text.append(", LSN ").append(change.lsn());
		if (change.snapshot()) {
			text.append(", snapshot");
		}
		else if (change.transactionId() != null) {
			text.append(", transaction ").append(change.transactionId());
		}
		return text.toString();
	}

}
