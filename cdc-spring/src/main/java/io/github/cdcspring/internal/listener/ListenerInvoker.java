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
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.KeyHash;
import org.jspecify.annotations.Nullable;

/**
 * Calls one listener, through what stands around each call. Safe for use by several
 * threads.
 */
final class ListenerInvoker {

	private final ListenerEndpoint endpoint;

	private final ArgumentResolver[] arguments;

	private final @Nullable Collection<String> columns;

	private final List<CdcListenerInterceptor> interceptors;

	private final @Nullable DeliveryObserver observer;

	ListenerInvoker(ListenerEndpoint endpoint, ToIntFunction<Type> slots, DeliveryOptions options) {
		this.endpoint = endpoint;
		this.arguments = endpoint.parameters()
			.stream()
			.map((parameter) -> parameter.argument(slots))
			.toArray(ArgumentResolver[]::new);
		this.columns = endpoint.columns().isEmpty() ? null : endpoint.columns();
		this.interceptors = options.interceptors();
		this.observer = options.observer();
	}

	ListenerEndpoint endpoint() {
		return this.endpoint;
	}

	/**
	 * Call the listener with one change, if it wants it.
	 * @throws UnboundException if it cannot be given the change
	 * @throws Throwable what the listener threw
	 */
	void call(RowCache bound, DeliveryAttempt attempt) throws Throwable {
		@Nullable Object[] values = new Object[this.arguments.length];
		Change change = bound.change();
		try {
			if (!wants(change)) {
				return;
			}
			for (int i = 0; i < values.length; i++) {
				values[i] = this.arguments[i].of(bound);
			}
		}
		catch (Throwable ex) {
			throw unbound(change, ex);
		}
		call(values, change, 1, attempt);
	}

	/**
	 * Call the listener with a list of those changes that it wants.
	 * @throws UnboundException if it cannot be given one of them
	 * @throws Throwable what the listener threw
	 */
	void callWithList(List<Change> changes, RowCache bound, DeliveryAttempt attempt) throws Throwable {
		List<@Nullable Object> elements = new ArrayList<>(changes.size());
		Change first = null;
		for (Change change : changes) {
			try {
				if (wants(change)) {
					bound.set(change);
					elements.add(this.arguments[0].of(bound));
					first = (first != null) ? first : change;
				}
			}
			catch (Throwable ex) {
				throw unbound(change, ex);
			}
		}
		if (first != null) {
			// Not the listener's to change
			call(new Object[] { Collections.unmodifiableList(elements) }, first, elements.size(), attempt);
		}
	}

	private boolean wants(Change change) {
		return this.columns == null || change.operation() != Operation.UPDATE || change.changed(this.columns);
	}

	private void call(@Nullable Object[] values, Change first, int events, DeliveryAttempt attempt) throws Throwable {
		DeliveryObserver observer = this.observer;
		if (observer == null) {
			intercepted(values, first, events, attempt);
			return;
		}
		long begin = System.nanoTime();
		Throwable failure = null;
		try {
			intercepted(values, first, events, attempt);
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			observer.called(this.endpoint, first, events, System.nanoTime() - begin, failure);
		}
	}

	private void intercepted(@Nullable Object[] values, Change first, int events, DeliveryAttempt attempt)
			throws Throwable {
		if (this.interceptors.isEmpty()) {
			this.endpoint.invoke(values);
		}
		else {
			new InterceptedCall(this.endpoint, this.interceptors, values, first, events, attempt.attempt()).proceed();
		}
	}

	private UnboundException unbound(Change change, Throwable cause) {
		// Only our own exceptions are known to keep row data to themselves
		String why = (cause instanceof CdcException) ? String.valueOf(cause.getMessage()) : cause.getClass().getName();
		return new UnboundException(this.endpoint + " could not be given " + describe(change) + ": " + why, cause);
	}

	static String describe(Change change) {
		StringBuilder text = new StringBuilder();
		LogicalMessage message = change.message();
		if (message != null) {
			text.append("logical message '").append(message.prefix()).append('\'');
		}
		else {
			text.append(change.operation()).append(" of ").append(change.table());
			if (change.key() != null) {
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

}
