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

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.listener.ListenerParameter.Argument;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.KeyHash;
import org.jspecify.annotations.Nullable;

/**
 * Calls one listener through its interceptors. Safe for use by several threads.
 */
final class ListenerInvoker {

	private final ListenerEndpoint endpoint;

	private final Argument[] arguments;

	private final @Nullable Collection<String> columns;

	private final List<CdcListenerInterceptor> interceptors;

	private final @Nullable DeliveryObserver observer;

	/**
	 * Create an invoker.
	 * @param rowIndex returns the index of a row type in {@link RowCache}
	 */
	ListenerInvoker(ListenerEndpoint endpoint, ToIntFunction<Type> rowIndex, List<CdcListenerInterceptor> interceptors,
			@Nullable DeliveryObserver observer) {
		this.endpoint = endpoint;
		this.arguments = endpoint.parameters()
			.stream()
			.map((parameter) -> parameter.argument(rowIndex))
			.toArray(Argument[]::new);
		this.columns = endpoint.columns().isEmpty() ? null : endpoint.columns();
		this.interceptors = interceptors;
		this.observer = observer;
	}

	ListenerEndpoint endpoint() {
		return this.endpoint;
	}

	/**
	 * Call the listener with one event, if it subscribes to the columns that changed.
	 * @throws ArgumentException if an argument cannot be resolved
	 * @throws Throwable the exception of the listener
	 */
	void call(RowCache rows, DeliveryAttempt delivery) throws Throwable {
		@Nullable Object[] values = new Object[this.arguments.length];
		Change change = rows.change();
		try {
			if (!accepts(change)) {
				return;
			}
			for (int i = 0; i < values.length; i++) {
				values[i] = this.arguments[i].resolve(rows);
			}
		}
		catch (Throwable ex) {
			throw unresolved(change, ex);
		}
		call(values, change, 1, delivery);
	}

	/**
	 * Call the listener with a list of those events whose changed columns it subscribes
	 * to.
	 * @throws ArgumentException if an element of the list cannot be resolved
	 * @throws Throwable the exception of the listener
	 */
	void callWithList(List<Change> changes, RowCache rows, DeliveryAttempt delivery) throws Throwable {
		List<@Nullable Object> elements = new ArrayList<>(changes.size());
		Change first = null;
		for (Change change : changes) {
			try {
				if (accepts(change)) {
					rows.set(change);
					elements.add(this.arguments[0].resolve(rows));
					first = (first != null) ? first : change;
				}
			}
			catch (Throwable ex) {
				throw unresolved(change, ex);
			}
		}
		if (first != null) {
			// A listener must not change the list, because it is called with it again
			call(new Object[] { Collections.unmodifiableList(elements) }, first, elements.size(), delivery);
		}
	}

	private boolean accepts(Change change) {
		return this.columns == null || change.operation() != Operation.UPDATE || change.changed(this.columns);
	}

	private void call(@Nullable Object[] values, Change first, int events, DeliveryAttempt delivery) throws Throwable {
		DeliveryObserver observer = this.observer;
		if (observer == null) {
			intercept(values, first, events, delivery);
			return;
		}
		long start = System.nanoTime();
		Throwable failure = null;
		try {
			intercept(values, first, events, delivery);
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			observer.called(this.endpoint, first, events, System.nanoTime() - start, failure);
		}
	}

	private void intercept(@Nullable Object[] values, Change first, int events, DeliveryAttempt delivery)
			throws Throwable {
		if (this.interceptors.isEmpty()) {
			this.endpoint.invoke(values);
		}
		else {
			new InterceptedCall(this.endpoint, this.interceptors, values, first, events, delivery.attempt()).proceed();
		}
	}

	private ArgumentException unresolved(Change change, Throwable cause) {
		// The message of any other exception may contain row data
		String reason = (cause instanceof CdcException) ? String.valueOf(cause.getMessage())
				: cause.getClass().getName();
		return new ArgumentException(this.endpoint + " could not be called with " + describe(change) + ": " + reason,
				cause);
	}

	/** Describe an event without its row. */
	static String describe(Change change) {
		StringBuilder text = new StringBuilder();
		LogicalMessage message = change.message();
		if (message != null) {
			text.append("logical message '").append(message.prefix()).append('\'');
		}
		else {
			text.append(change.operation()).append(" of ").append(change.table());
			// The key itself may be unreadable, which is what has to be described
			if (!change.exactKeys().isEmpty()) {
				text.append(", key ").append(KeyHash.of(change));
			}
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

	/**
	 * An argument of a listener cannot be resolved, so that a retry is useless. The
	 * message contains no row data, but the cause may.
	 */
	static final class ArgumentException extends RuntimeException {

		ArgumentException(String message, Throwable cause) {
			super(message, cause);
		}

	}

}
